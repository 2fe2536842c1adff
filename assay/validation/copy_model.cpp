#include "assay/validation/copy_model.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"

namespace assay::validation {
namespace {

/// The probability with which each of two values copies the common one above, for that product of
/// both; rounding is forgiven.
double probability_of(double both) {
    constexpr double kRounding = 1e-12;
    ASSAY_CHECK(both >= -kRounding && both <= 1 + kRounding);
    return std::sqrt(std::clamp(both, 0.0, 1.0));
}

}  // namespace

CopyDraw::CopyDraw(const CopyModel& model) : share_equal_(model.share_equal) {
    const double differing = 1 - model.share_equal;
    ASSAY_CHECK(differing > 0 && differing <= 1);
    inner_ = {.decisive_rate = model.truth.decisive_rate / differing,
              .delta = model.truth.delta / differing};
    copies_judge_ = probability_of(model.order);
    copies_pair_ = probability_of(model.judge / model.order);
    copies_question_ = probability_of(model.sample / model.judge);
    copies_cluster_ = probability_of(model.cluster);
}

int CopyDraw::copy(Rng& rng, int of, double probability) const {
    return rng.uniform() < probability ? of : draw_verdict(rng, inner_);
}

int CopyDraw::question(Rng& rng, int of_cluster) const {
    return copy(rng, of_cluster, copies_cluster_);
}

Pair CopyDraw::pair(Rng& rng, int question) const {
    return rng.uniform() < share_equal_ ? Pair() : Pair(copy(rng, question, copies_question_));
}

Pair CopyDraw::judge(Rng& rng, const Pair& pair) const {
    return pair ? Pair(copy(rng, *pair, copies_pair_)) : Pair();
}

int CopyDraw::verdict(Rng& rng, const Pair& judge) const {
    return judge ? copy(rng, *judge, copies_judge_) : 0;
}

int CopyDraw::fresh_verdict(Rng& rng, int question) const {
    return verdict(rng, judge(rng, pair(rng, question)));
}

void CopyDraw::add_both_orders(Rng& rng, int judges, std::vector<int>& verdicts) const {
    const Pair shown = pair(rng, question(rng));
    for (int i = 0; i < judges; ++i) {
        const Pair thought = judge(rng, shown);
        verdicts.push_back(verdict(rng, thought));
        verdicts.push_back(verdict(rng, thought));
    }
}

double CopyDraw::expected_verdict(const Pair& judge) const {
    return judge ? copies_judge_ * *judge + (1 - copies_judge_) * inner_.delta : 0;
}

}  // namespace assay::validation
