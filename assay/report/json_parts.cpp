#include "assay/report/json_parts.hpp"

#include "assay/base/text.hpp"

namespace assay::report {

Json json_of(std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
}

/// A reason is there only where there is something to explain.
void add_why(Json& out, const std::string& why) {
    if (!why.empty()) {
        out["why"] = to_valid_utf8(why);
    }
}

Json json_of(const Estimate& estimate) {
    Json out{{"value", json_of(estimate.value)},
             {"low", json_of(estimate.low)},
             {"high", json_of(estimate.high)},
             {"confidence", estimate.confidence},
             {"n", estimate.n},
             {"method", estimate.method}};
    add_why(out, estimate.why);
    return out;
}

Json texts(const std::vector<std::string>& values) {
    Json out = Json::array();
    for (const std::string& value : values) {
        out.push_back(to_valid_utf8(value));
    }
    return out;
}

}  // namespace assay::report
