#include "assay/run/freeze.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"

namespace assay::run {
namespace {

FrozenQuestion frozen_question(const Question& question) {
    std::vector<std::string> fields{question.text,
                                    question.expected ? "expected " + *question.expected : ""};
    for (const std::string& alternative : question.alternatives) {
        fields.push_back("alternative " + alternative);
    }
    for (const std::string& context : question.contexts) {
        fields.push_back("context " + context);
    }
    return {to_valid_utf8(question.id),
            short_hash(sha256_of_fields(fields)),
            to_valid_utf8(question.cluster.value_or(""))};
}

FrozenVariant frozen_variant(const StoredRun& stored, std::size_t v) {
    FrozenVariant out{to_valid_utf8(stored.variants[v].name), {}};
    const std::vector<std::string>& keys = stored.facts.variants[v].keys_for_judges();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        std::string id = to_valid_utf8(stored.question_at(i).id);
        if (const std::size_t sample = i / stored.questions.size(); sample > 0) {
            id += fmt::format("{}{})", kSampleMark, sample + 1);
        }
        out.answers.emplace(std::move(id), short_hash(keys[i]));
    }
    return out;
}

/// ERROR is no verdict yet: it is asked again. Controls are left out: which of them a judge is
/// shown depends on what else the run was asked before.
FrozenJudge frozen_judge(const StoredJudge& judge) {
    FrozenJudge out{to_valid_utf8(judge.facts.name),
                    judge.facts.key,
                    is_by_hand(judge.facts.provider),
                    judge.facts.both_orders,
                    {}};
    for (const Asked& of_variant : judge.asked) {
        for (const Comparison& comparison : of_variant.in_order) {
            const Verdict* verdict = judge.verdict(comparison.id);
            const bool counts = verdict != nullptr && verdict->state != VerdictState::kError;
            out.verdicts.emplace(short_hash(comparison.id), counts ? name_of(verdict->state) : "");
        }
    }
    return out;
}

}  // namespace

FrozenExperiment frozen_experiment_of(const StoredRun& stored) {
    FrozenExperiment out;
    for (const Question& question : stored.questions) {
        out.questions.push_back(frozen_question(question));
    }
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        out.variants.push_back(frozen_variant(stored, v));
    }
    out.known_bad = to_valid_utf8(stored.plan.known_bad);
    for (const StoredJudge& judge : stored.judges) {
        out.judges.push_back(frozen_judge(judge));
    }
    out.panel = stored.plan.judging.panel;
    return out;
}

}  // namespace assay::run
