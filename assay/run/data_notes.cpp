#include "assay/run/data_notes.hpp"

#include "assay/analysis/copies.hpp"
#include "assay/analysis/metric_fit.hpp"

namespace assay::run {

std::vector<std::string> data_notes_of(const StoredRun& stored) {
    std::vector<std::string> out = analysis::notes_on_copies(stored.questions);
    std::vector<const analysis::AnswersOfVariant*> answers;
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        answers.push_back(&stored.judged_answers(v));
    }
    for (std::string& note :
         analysis::short_answers_notes(stored.plan.judges, stored.questions, answers)) {
        out.push_back(std::move(note));
    }
    return out;
}

}  // namespace assay::run
