#include "assay/stats_oracle/outputs.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace assay::stats_oracle {
namespace {

using Json = nlohmann::ordered_json;

struct ToJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool x) const { return x; }
    Json operator()(std::int64_t x) const { return x; }
    Json operator()(double x) const {
        if (std::isnan(x)) {
            return "nan";
        }
        if (std::isinf(x)) {
            return x > 0 ? "inf" : "-inf";
        }
        return x;
    }
    Json operator()(const std::string& x) const { return x; }
    Json operator()(const std::vector<double>& x) const {
        Json out = Json::array();
        for (const double item : x) {
            out.push_back((*this)(item));
        }
        return out;
    }
};

}  // namespace

Outputs Outputs::undefined(std::initializer_list<const char*> names) {
    Outputs out;
    for (const char* name : names) {
        out.add(name, Value());
    }
    return out;
}

std::string Outputs::to_json() const {
    Json out = Json::object();
    for (const auto& [name, value] : values_) {
        out[name] = std::visit(ToJson(), value.kind());
    }
    return out.dump();
}

}  // namespace assay::stats_oracle
