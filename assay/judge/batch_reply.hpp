#pragma once
// What was said of the items of batches: replies from a chat, forms that a person filled in, and
// the study's files raw_judge_responses.json and evaluation_results.json. Tolerant about form,
// strict about meaning, as parse.hpp.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/batch_name.hpp"
#include "assay/judge/parse.hpp"

namespace assay::judge {

/// Counted up whenever a reply could be read differently than before; part of a judge's identity.
inline constexpr int kBatchParserVersion = 1;

/// What was said of one item.
struct BatchEvaluation {
    std::optional<BatchName> batch;  ///< empty: nothing says which batch the reply is of
    std::optional<int> example;      ///< empty: nothing says which item it is
    std::string task_id;             ///< in a results file; else empty
    std::string winner;              ///< likewise
    VerdictState state = VerdictState::kInvalid;  ///< never kError
    Confidence confidence = Confidence::kNone;
    std::string reasoning;
    std::string failure;  ///< a sentence, for kInvalid and kRefused
    std::string raw;      ///< the whole reply that it stands in
    std::string object;   ///< the evaluation alone, as JSON
};

struct BatchReplies {
    std::vector<BatchEvaluation> evaluations;  ///< in the order of the text
    std::vector<std::string> unread;  ///< sentences: replies of which nothing was taken; what they
                                      ///< were to judge stays pending
    std::vector<std::string> contradictions;  ///< sentences: what says two things at once, so that
                                              ///< nothing should be taken
};

/// Reads all replies of a text. Counted are JSON documents at its top level: {"evaluations":
/// [...]}, a list of evaluations, or evaluations one after another, each {"example", "reasoning",
/// "verdict", "confidence"} in any order of fields; {"batch_01": reply} and {"batch_01/3": reply}
/// with replies as texts or as JSON; rows of evaluation_results.json. Chat around them, Markdown
/// fences, thoughts and a repeated batch text (the blocks between BEGIN and
/// END) are skipped. Where a reply holds a list, evaluations outside of lists do not count.
///
/// Which batch a reply is of is said by its "batch", by its key, by a line of its own before it
/// ("## batch_02"), or by `hint`; two that differ are a contradiction. A verdict that is null,
/// empty or the one of the wanted form was not given; rows of a results file that say ERROR
/// neither. One that is none of A, B, TIE is INVALID. A reply whose JSON is cut off or malformed,
/// or that holds no verdict, is unread as a whole. Never throws, whatever the bytes; cost: linear
/// in the length.
[[nodiscard]] BatchReplies read_batch_replies(std::string_view text,
                                              const std::optional<BatchName>& hint);

}  // namespace assay::judge
