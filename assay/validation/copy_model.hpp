#pragma once
// Several verdicts of a question, with the correlations that are wanted. Each level takes the value
// of the level above with a probability of its own, else draws a fresh one from (loss, tie, win):
// cluster -> question -> answer pair -> judge -> order. Some answer pairs are equal: they are ties
// whoever judges them.

#include <optional>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/validation/draws.hpp"

namespace assay::validation {

struct CopyModel {
    Truth truth{};           ///< of a verdict, equal pairs included
    double share_equal = 0;  ///< of answer pairs, in [0, 1)
    /// Correlations of two verdicts of a question that first differ in the sample, the judge or the
    /// order, about pairs that are not equal; 0 <= sample <= judge <= order <= 1, 0 < judge
    /// (ASSAY_CHECK).
    double sample = 0.1;
    double judge = 0.5;
    double order = 0.81;
    double cluster = 0;  ///< correlation of the values of two questions of one cluster
};

/// An answer pair as its judges see it; nothing: the answers are equal.
using Pair = std::optional<int>;

class CopyDraw {
 public:
    explicit CopyDraw(const CopyModel& model);
    [[nodiscard]] int cluster(Rng& rng) const { return draw_verdict(rng, inner_); }
    [[nodiscard]] int question(Rng& rng) const { return draw_verdict(rng, inner_); }
    [[nodiscard]] int question(Rng& rng, int of_cluster) const;
    [[nodiscard]] Pair pair(Rng& rng, int question) const;
    /// What a judge thinks of a pair; 0 of an equal one.
    [[nodiscard]] Pair judge(Rng& rng, const Pair& pair) const;
    /// A verdict of that judge in one order.
    [[nodiscard]] int verdict(Rng& rng, const Pair& judge) const;
    /// Of a new pair, by a judge of its own.
    [[nodiscard]] int fresh_verdict(Rng& rng, int question) const;
    /// Of a new question and its pair, by `judges` judges, each in both orders: one after the
    /// other.
    void add_both_orders(Rng& rng, int judges, std::vector<int>& verdicts) const;
    /// What that judge is expected to say.
    [[nodiscard]] double expected_verdict(const Pair& judge) const;

 private:
    Truth inner_;  ///< of pairs that are not equal
    double share_equal_ = 0;
    // with these probabilities a value is that of the level above
    double copies_cluster_ = 0;
    double copies_question_ = 0;
    double copies_pair_ = 0;
    double copies_judge_ = 0;
    [[nodiscard]] int copy(Rng& rng, int of, double probability) const;
};

}  // namespace assay::validation
