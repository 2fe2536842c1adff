#include "assay/app/check_copies.hpp"

#include <fmt/format.h>

#include "assay/analysis/copies.hpp"
#include "assay/base/result.hpp"

namespace assay::app {

void check_copies(const Plan& plan, std::span<const Question> questions) {
    if (!plan.analysis.on_these_questions()) {
        return;
    }
    if (const auto copies = analysis::first_copies(questions)) {
        const Question& one = questions[copies->first];
        const Question& other = questions[copies->second];
        throw_usage(
            fmt::format("questions {} and {} are copies of each other, and dataset.population is "
                        "these-questions: a question that stands twice in the set would count "
                        "twice, and its verdicts vary together",
                        one.id,
                        other.id),
            other.place,
            "Take one of them out, or leave population out: then copies count as one cluster.");
    }
}

}  // namespace assay::app
