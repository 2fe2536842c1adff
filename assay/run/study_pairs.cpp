#include "assay/run/study_pairs.hpp"

#include <utility>

#include "assay/base/result.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/unblind.hpp"

namespace assay::run {
namespace {

Answer stored_answer(const store::Store& store, const std::string& key) {
    auto row = store.answer(key);
    ASSAY_CHECK(row.has_value());
    return std::move(row->answer);
}

}  // namespace

StudyPairs::StudyPairs(const store::Store& store, const std::string& plan_sha256) : store_(store) {
    for (Question& question : store.questions(plan_sha256)) {
        const std::string id = question.id;
        questions_.emplace(id, std::move(question));
    }
}

BlindedPair StudyPairs::of(const Comparison& comparison) const {
    return pairing::blind(questions_.at(comparison.question_id),
                          comparison,
                          stored_answer(store_, comparison.baseline_answer_key),
                          stored_answer(store_, comparison.variant_answer_key));
}

BlindedPair StudyPairs::of(const Control& control) const {
    return pairing::blind(questions_.at(control.question_id),
                          control,
                          stored_answer(store_, control.honest_answer_key),
                          stored_answer(store_, control.other_answer_key));
}

}  // namespace assay::run
