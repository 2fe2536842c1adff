#pragma once
// The judges in the fingerprint of an experiment (frozen_experiment.hpp).

#include <map>
#include <span>
#include <string>
#include <vector>

namespace assay::run {

struct FrozenJudge {
    std::string name;
    std::string key;  ///< of its identity: all that a verdict of it depends on
    bool by_hand = false;
    bool both_orders = false;
    std::map<std::string, std::string> verdicts;  ///< hash of a comparison's id -> "A", "TIE" ...;
                                                  ///< empty: no verdict counts yet
    friend bool operator==(const FrozenJudge&, const FrozenJudge&) = default;
};

/// Those of an experiment: the first decides, or all together.
struct FrozenJudges {
    std::span<const FrozenJudge> judges;  ///< at least one
    bool panel = false;
};

/// How `now` differs from what was frozen, in words without a full stop. Further judges behind the
/// others are no difference, but of a panel.
void add_judge_differences(std::vector<std::string>& out,
                           const FrozenJudges& frozen,
                           const FrozenJudges& now);

}  // namespace assay::run
