#include "assay/analysis/raters.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "assay/analysis/evidence.hpp"
#include "assay/base/result.hpp"
#include "assay/records/dependence.hpp"

namespace assay::analysis {
namespace {

/// Variant, question and sample: a pair of answers.
using Pair = std::tuple<std::size_t, std::uint32_t, int>;
/// With the side where it matters (0: it does not; 1: the variant is A, 2: it is B, 3: not known).
using Place = std::pair<Pair, int>;

int side_of(const Outcome& outcome) {
    if (!outcome.side_known) {
        return 3;
    }
    return outcome.variant_is_a ? 1 : 2;
}

}  // namespace

RatedUnits rated_units(std::span<const Rater> raters) {
    std::vector<Outcome> names;  // of all outcomes, in the order of the loops below
    for (const Rater& rater : raters) {
        ASSAY_CHECK(rater.by_variant.size() == raters.front().by_variant.size());
        for (const auto& outcomes : rater.by_variant) {
            for (const Outcome& outcome : outcomes) {
                Outcome& name = names.emplace_back();
                name.question_id = outcome.question_id;
                name.cluster = outcome.cluster;
            }
        }
    }
    const Dependence dependence(names);

    // outcomes of a pair of answers by one rater
    std::map<Pair, int> most;
    std::size_t at = 0;
    for (const Rater& rater : raters) {
        for (std::size_t v = 0; v < rater.by_variant.size(); ++v) {
            std::map<Pair, int> n_of;
            for (const Outcome& outcome : rater.by_variant[v]) {
                const Pair pair{v, dependence.question[at++], outcome.sample};
                most[pair] = std::max(most[pair], ++n_of[pair]);
            }
        }
    }
    std::map<Place, RatedUnit> units;
    at = 0;
    for (std::size_t r = 0; r < raters.size(); ++r) {
        for (std::size_t v = 0; v < raters[r].by_variant.size(); ++v) {
            for (const Outcome& outcome : raters[r].by_variant[v]) {
                const std::uint32_t question = dependence.question[at],
                                    cluster = dependence.cluster[at];
                ++at;
                if (!value_of(outcome.kind)) {
                    continue;
                }
                const Pair pair{v, question, outcome.sample};
                const bool several = most.at(pair) > 1;
                const auto [it, is_new] = units.try_emplace(
                    Place{pair, several ? side_of(outcome) : 0});
                RatedUnit& unit = it->second;
                if (is_new) {
                    unit = {cluster, std::vector<const Outcome*>(raters.size(), nullptr)};
                }
                if (unit.of[r] == nullptr) {
                    unit.of[r] = &outcome;
                }
            }
        }
    }
    RatedUnits out;
    out.n_clusters = dependence.n_clusters;
    for (auto& [place, unit] : units) {
        out.units.push_back(std::move(unit));
    }
    return out;
}

}  // namespace assay::analysis
