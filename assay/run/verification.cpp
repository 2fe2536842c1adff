#include "assay/run/verification.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace assay::run {

std::string verification_text(const Verification& verification) {
    std::string out;
    for (const Check& check : verification.checks) {
        out += fmt::format("checked      {} {}\n", check.n, check.what);
    }
    for (const Finding& finding : verification.not_checked) {
        out += fmt::format("not checked  {}: {}\n", finding.place, finding.sentence);
    }
    for (const Finding& finding : verification.differences) {
        out += fmt::format("DIFFERS      {}: {}\n", finding.place, finding.sentence);
    }
    const std::size_t n = verification.differences.size();
    if (n == 0) {
        return out + "Nothing differs.\n";
    }
    return out + fmt::format("{} {}.\n", n, n == 1 ? "thing differs" : "things differ");
}

std::string verification_json(const Verification& verification) {
    using nlohmann::ordered_json;
    const auto rows_of = [](const std::vector<Finding>& findings) {
        ordered_json rows = ordered_json::array();
        for (const Finding& finding : findings) {
            rows.push_back({{"place", finding.place}, {"what", finding.sentence}});
        }
        return rows;
    };
    ordered_json checks = ordered_json::array();
    for (const Check& check : verification.checks) {
        checks.push_back({{"what", check.what}, {"n", check.n}});
    }
    const ordered_json document{{"schema_version", 1},
                                {"run", verification.run_dir},
                                {"plan_sha256", verification.plan_sha256},
                                {"differs", verification.differs()},
                                {"checks", std::move(checks)},
                                {"differences", rows_of(verification.differences)},
                                {"not_checked", rows_of(verification.not_checked)}};
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay::run
