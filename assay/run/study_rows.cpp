#include "assay/run/study_rows.hpp"

#include <map>
#include <utility>

#include "assay/pairing/controls.hpp"
#include "assay/pairing/unblind.hpp"

namespace assay::run {
namespace {

std::optional<Verdict> verdict_of(const StoredJudge& judge, const std::string& item_id) {
    const Verdict* verdict = judge.verdict(item_id);
    return verdict != nullptr ? std::optional(*verdict) : std::nullopt;
}

/// The number of the sample that each of a variant's answers is; empty: each question has one.
std::map<std::string, std::int64_t> samples_by_key(const StoredRun& stored, std::size_t variant) {
    std::map<std::string, std::int64_t> out;
    const std::vector<std::string>& keys = stored.facts.variants[variant].keys_for_judges();
    const std::size_t n = stored.questions.size();
    for (std::size_t i = 0; i < keys.size() && keys.size() > n; ++i) {
        out.emplace(keys[i], static_cast<std::int64_t>(i / n));
    }
    return out;
}

/// Why the study's files hold no prompt's hash; empty: they do.
std::string why_no_prompt(const Variant& variant) {
    if (variant.answers) {
        return "the answers were made elsewhere and read from a file";
    }
    if (variant.served) {
        return "the server does not tell them";
    }
    return {};
}

}  // namespace

std::vector<exchange::StudyItem> study_items(const StoredRun& stored,
                                             const ComparisonAnalysis& analysis) {
    const StoredJudge& judge = stored.judge(analysis.judge);
    const std::size_t variant = stored.variant_index(analysis.variant);
    const std::map<std::string, std::int64_t> samples = samples_by_key(stored, variant);
    std::vector<exchange::StudyItem> out;
    for (const Comparison& comparison : judge.asked[variant].in_order) {
        exchange::StudyItem item;
        if (!samples.empty()) {
            item.sample = samples.at(comparison.variant_answer_key);
        }
        item.left_out = is_left_out(analysis, out.size()) || pairing::neither_answers(comparison);
        item.comparison = comparison;
        // Two variants with the same file share a comparison's id.
        item.comparison.variant = analysis.variant;
        item.baseline = stored.variants.front().name;
        item.verdict = verdict_of(judge, comparison.id);
        out.push_back(std::move(item));
    }
    return out;
}

std::vector<exchange::StudyControl> study_controls(const StoredRun& stored,
                                                   const std::string& variant,
                                                   const std::string& judge_name) {
    const StoredJudge& judge = stored.judge(judge_name);
    std::vector<exchange::StudyControl> out;
    for (const Control& control : judge.controls) {
        if (control.variant == variant) {
            out.push_back({control, verdict_of(judge, control.id)});
        }
    }
    return out;
}

std::vector<exchange::StudyAnswer> study_answers(const StoredRun& stored,
                                                 const std::string& variant) {
    const std::size_t index = stored.variant_index(variant);
    const std::string why = why_no_prompt(stored.variants[index]);
    std::vector<exchange::StudyAnswer> out;
    const std::size_t n = stored.questions.size(), n_answers = stored.answers[index].size();
    for (std::size_t q = 0; q < n; ++q) {
        for (std::size_t i = q; i < n_answers; i += n) {
            if (const auto& answer = stored.answers[index][i]) {
                const auto sample = n_answers > n ? std::optional<std::int64_t>(i / n)
                                                  : std::nullopt;
                out.push_back({stored.questions[q], *answer, why, sample});
            }
        }
    }
    return out;
}

BlindedPair blinded(const StoredRun& stored, const Comparison& comparison) {
    return pairing::blind(stored.question(comparison.question_id),
                          comparison,
                          stored.answer(comparison.baseline_answer_key),
                          stored.answer(comparison.variant_answer_key));
}

BlindedPair blinded(const StoredRun& stored, const Control& control) {
    return pairing::blind(stored.question(control.question_id),
                          control,
                          stored.answer(control.honest_answer_key),
                          stored.answer(control.other_answer_key));
}

}  // namespace assay::run
