#pragma once
// What must stay as it is once a decision was shown: the fingerprint of an experiment.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/run/frozen_judges.hpp"

namespace assay::run {

/// A question as judges are shown it.
struct FrozenQuestion {
    std::string id;
    std::string shown;    ///< hash of text, expected answer with alternatives, and contexts
    std::string cluster;  ///< empty: none
    friend bool operator==(const FrozenQuestion&, const FrozenQuestion&) = default;
};

/// Between a question's id and the number of a sample that is not the first, in the ids of answers.
inline constexpr std::string_view kSampleMark = " (sample ";

struct FrozenVariant {
    std::string name;
    std::map<std::string, std::string> answers;  ///< question id -> hash of the answer's key
    friend bool operator==(const FrozenVariant&, const FrozenVariant&) = default;
};

struct FrozenExperiment {
    std::vector<FrozenQuestion> questions;
    std::vector<FrozenVariant> variants;  ///< the baseline first
    std::string known_bad;                ///< name of a variant; empty: none
    std::vector<FrozenJudge> judges;      ///< the first decides, or all together
    bool panel = false;                   ///< all together
    friend bool operator==(const FrozenExperiment&, const FrozenExperiment&) = default;
};

/// 128 bits of a SHA-256, as hexadecimal digits: what a long text or key is known by.
[[nodiscard]] std::string short_hash(const std::string& text);

/// How `now` differs from what was frozen, in words without a full stop; empty: in nothing, or
/// `now` is an extension of it: further questions, further variants behind those that were there,
/// further judges behind, further verdicts. Not looked at: how a judge is reached, names of files,
/// the order of the questions, the names of clusters.
[[nodiscard]] std::vector<std::string> differences(const FrozenExperiment& frozen,
                                                   const FrozenExperiment& now);
/// What an extension added, likewise; empty: nothing.
[[nodiscard]] std::vector<std::string> additions(const FrozenExperiment& frozen,
                                                 const FrozenExperiment& now);

[[nodiscard]] std::string to_json_text(const FrozenExperiment& experiment);
/// Throws Error kOperational where it cannot be read.
[[nodiscard]] FrozenExperiment frozen_from_json(const std::string& text);

}  // namespace assay::run
