#include "assay/stats_oracle/cases.hpp"

#include <exception>
#include <map>
#include <string>

#include "assay/base/result.hpp"
#include "assay/stats_oracle/case_table.hpp"

namespace assay::stats_oracle {
namespace {

using Known = std::map<std::string_view, Outputs (*)(const Inputs&)>;

const Known& known_cases() {
    static const Known known = [] {
        Known out;
        for (const auto& subject : {interval_cases(),
                                    equivalence_cases(),
                                    sample_size_cases(),
                                    rating_cases(),
                                    dependence_cases(),
                                    sequential_cases(),
                                    sensitivity_cases(),
                                    study_cases(),
                                    question_cases()}) {
            for (const Case& row : subject) {
                ASSAY_CHECK(out.emplace(row.fn, row.compute).second);
            }
        }
        return out;
    }();
    return known;
}

}  // namespace

Result<std::string> evaluate(std::string_view fn, std::string_view inputs) {
    const auto found = known_cases().find(fn);
    if (found == known_cases().end()) {
        return fail("unknown function \"" + std::string(fn) + "\"");
    }
    try {
        return found->second(Inputs(inputs)).to_json();
    } catch (const std::exception& error) {  // what a file can say is unlimited: missing inputs,
                                             // text for a number, counts below 0
        return fail(std::string("the inputs are not accepted: ") + error.what());
    }
}

}  // namespace assay::stats_oracle
