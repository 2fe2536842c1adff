#include "assay/run/said_answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/clock.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/records/thoughts.hpp"

namespace assay::run {
namespace {

std::string note_on_shown(const StoredRun& stored, std::size_t variant) {
    const auto has_thoughts = [](const std::optional<Answer>& answer) {
        return answer && said_answer(*answer);
    };
    const auto& answers = stored.answers[variant];
    const auto n = std::count_if(answers.begin(), answers.end(), has_thoughts);
    if (n == 0) {
        return "";
    }
    return fmt::format(
        "{}: {} of {} answers begin with thoughts, which the judges saw (strip-thoughts: false)",
        stored.variants[variant].name,
        n,
        answers.size());
}

std::string note_on_stripped(const StoredRun& stored, std::size_t variant) {
    const VariantFacts& facts = stored.facts.variants[variant];
    std::size_t n = 0, n_silent = 0;
    for (std::size_t q = 0; q < facts.judged_keys.size(); ++q) {
        const std::optional<Answer>& judged = stored.judged_answers(variant)[q];
        if (facts.judged_keys[q] == facts.answer_keys[q] || !judged) {
            continue;
        }
        ++n;
        n_silent += trim(judged->text).empty();
    }
    if (n == 0) {
        return "";
    }
    std::string out = fmt::format(
        "{}: {} of {} answers begin with thoughts, which were taken off before judging "
        "(strip-thoughts: true); they are stored as they were written",
        stored.variants[variant].name,
        n,
        facts.judged_keys.size());
    if (n_silent > 0) {
        out += fmt::format("; {} of them say nothing else", n_silent);
    }
    return out;
}

}  // namespace

std::optional<Answer> said_answer(const Answer& answer) {
    if (answer.stop_reason == StopReason::kFailed || !find_thoughts(answer.text).any) {
        return std::nullopt;
    }
    Answer out;
    out.question_id = answer.question_id;
    out.text = said_of(answer.text);
    out.stop_reason = answer.stop_reason;
    out.n_contexts_used = answer.n_contexts_used;
    out.contexts_cut = answer.contexts_cut;
    return out;
}

std::string said_key(const std::string& answer_key, const std::string& said) {
    return sha256_of_fields(std::vector<std::string>{"said 1", answer_key, said});
}

std::vector<std::string> save_said_answers(store::Store& store,
                                           const std::vector<std::string>& answer_keys) {
    std::vector<std::string> out = answer_keys;
    for (std::string& key : out) {
        const auto row = store.answer(key);
        const auto said = row ? said_answer(row->answer) : std::nullopt;
        if (!said) {
            continue;
        }
        key = said_key(key, said->text);
        if (!store.has_answer(key)) {
            store.save_answer({key, row->variant_name, row->model_sha256, *said, utc_now()});
        }
    }
    return out == answer_keys ? std::vector<std::string>() : out;
}

std::vector<std::string> notes_on_thoughts(const StoredRun& stored) {
    std::vector<std::string> out;
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        std::string note = stored.plan.judging.strip_thoughts ? note_on_stripped(stored, v)
                                                              : note_on_shown(stored, v);
        if (!note.empty()) {
            out.push_back(std::move(note));
        }
    }
    return out;
}

}  // namespace assay::run
