#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// One question, two answers, and which of them is shown first. The key of the blinding; judge/ may
/// not include this file.
struct Comparison {
    std::string id;  ///< hash of question id and both answer keys; of order and repeat besides, if
                     ///< one of them is not 0
    std::string question_id;
    std::string variant;  ///< name
    std::string baseline_answer_key;
    std::string variant_answer_key;
    std::string answers_sha256;    ///< of both texts, baseline's first
    bool variant_is_a = false;     ///< the variant's answer is shown first, as A
    bool identical = false;        ///< byte-identical answers: a tie without a call
    bool variant_failed = false;   ///< the variant alone gave no answer: a loss without a call
    std::int64_t order_index = 0;  ///< place in the seeded order of judging, from 0, growing with
                                   ///< every extension; both orders and all repeats of a pair share
                                   ///< it, but for those of an extension, which stand in it
    int order = 0;  ///< 0: as drawn; 1: the same answers the other way round, where both orders are
                    ///< judged
    int repeat = 0;  ///< 0: in the counts; k: asked the k-th time again, in no count; -k: asked
                     ///< again among what the k-th extension of the run added, in no count, too
};

}  // namespace assay
