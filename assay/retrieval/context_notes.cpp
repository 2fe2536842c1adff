#include "assay/retrieval/context_notes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/retrieval/quality.hpp"

namespace assay::retrieval {
namespace {

constexpr std::size_t kIdsShown = 5;

/// The ids of the questions for which `of` holds, in their order.
template <class Which>
std::vector<std::string> ids_of(std::span<const Question> questions, const Which& of) {
    std::vector<std::string> out;
    for (const Question& question : questions) {
        if (of(question)) {
            out.push_back(question.id);
        }
    }
    return out;
}

std::vector<std::string> without_contexts(std::span<const Question> questions) {
    return ids_of(questions, [](const Question& question) { return question.contexts.empty(); });
}

/// "q1, q2, q3, q4, q5 and 7 more"
std::string first_ids(const std::vector<std::string>& ids) {
    std::string out;
    const std::size_t n_shown = std::min(kIdsShown, ids.size());
    for (std::size_t i = 0; i < n_shown; ++i) {
        out += (i == 0 ? "" : ", ") + shorten(ids[i], 60);
    }
    return ids.size() > n_shown ? fmt::format("{} and {} more", out, ids.size() - n_shown) : out;
}

}  // namespace

void refuse_few_contexts(const std::string& corpus, std::span<const Question> questions) {
    const std::vector<std::string> without = without_contexts(questions);
    if (2 * without.size() <= questions.size()) {
        return;
    }
    throw_usage(fmt::format("for {} of {} questions ({}) no passage of the corpus has a word of "
                            "the question",
                            without.size(),
                            questions.size(),
                            first_ids(without)),
                corpus,
                "Name the corpus that these questions are about, in their language, or an embedder "
                "(--embedder MODEL.gguf), which does not search by words.");
}

std::vector<std::string> context_notes(const FrozenRetrieval& frozen,
                                       std::span<const Question> questions) {
    std::vector<std::string> out;
    const std::vector<std::string> without = without_contexts(questions);
    if (!without.empty()) {
        out.push_back(
            fmt::format("no passage was found for {} of {} questions ({}), which are "
                        "asked without contexts",
                        without.size(),
                        questions.size(),
                        first_ids(without)));
    }
    const auto [hits, misses] = hits_and_misses(frozen, questions);
    if (hits.size() < misses.size()) {
        const auto is_missed = [&missed = misses](const Question& question) {
            return missed.contains(question.id);
        };
        out.push_back(
            fmt::format("only {} of {} questions with gold passages have one among their "
                        "contexts; it was not found for {}",
                        hits.size(),
                        hits.size() + misses.size(),
                        first_ids(ids_of(questions, is_missed))));
    }
    return out;
}

}  // namespace assay::retrieval
