#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/answer_tag.hpp"

namespace assay {

/// What a judge gets. There is no field that could name a variant.
struct BlindedPair {
    std::string item_id;  ///< opaque; the store's comparison id
    std::string question;
    std::optional<std::string> expected;
    std::vector<std::string> contexts;
    std::string answer_a;  ///< valid UTF-8
    std::string answer_b;
    std::vector<std::string> alternatives{};  ///< further texts that are as right as `expected`
};

/// The expected answer as a judge that reads is shown it: itself, and below it each alternative on
/// a line that says so. Empty without an expected answer.
[[nodiscard]] std::optional<std::string> shown_expected(const BlindedPair& pair);

/// The texts of a pair, those that a judge is not shown included: question, both answers, expected
/// answer, contexts. The same list whichever way round the answers stand, and so is a boundary that
/// is derived from it: prompts of the two orders then differ in the answers alone, and who computes
/// or bills a common beginning once (our engine, prompt caches of providers) does so for nearly all
/// of a prompt. The views are of `pair`.
[[nodiscard]] std::vector<std::string_view> texts_of(const BlindedPair& pair);

enum class VerdictState {
    kA,
    kB,
    kTie,
    kInvalid,  ///< a reply without a usable verdict; final unless --rejudge
    kError,    ///< no reply: transport, HTTP status, timeout; tried again by the next run
    kRefused,  ///< the judge or its provider declined; final unless --rejudge
};

enum class Confidence { kHigh, kMedium, kLow, kNone };

/// What a judge said.
struct Verdict {
    std::string item_id;
    VerdictState state = VerdictState::kError;
    Confidence confidence = Confidence::kNone;
    std::string reasoning;
    std::optional<PairTags> tags{};  ///< empty: it was not asked for them, or gave none in the
                                     ///< wanted form
    std::string raw;  ///< the reply's text as it came, or the body of an error reply; never a key
    std::string failure;  ///< a sentence, for the last three states
    std::string prompt_sha256;
    std::string model_version;  ///< the model that the reply names; empty: it names none
    std::int64_t n_prompt_tokens = 0;
    std::int64_t n_reply_tokens = 0;
    int n_attempts = 0;  ///< requests that were sent for it; 0: a verdict of another run that was
                         ///< taken from the cache, or an ERROR before any
    double elapsed_ms = 0;
};

/// Whether nobody was asked for it in this run.
[[nodiscard]] inline bool is_from_cache(const Verdict& verdict) {
    return verdict.n_attempts == 0 && verdict.state != VerdictState::kError;
}

}  // namespace assay
