#include "assay/analysis/raters.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "assay/analysis/evidence.hpp"
#include "assay/base/result.hpp"
#include "assay/records/dependence.hpp"

namespace assay::analysis {
namespace {

/// Variant, question, and the side where it matters (0: it does not; 1: the variant is A, 2: it is
/// B, 3: not known).
using Place = std::tuple<std::size_t, std::uint32_t, int>;

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

    // outcomes of a question by one rater
    std::map<std::pair<std::size_t, std::uint32_t>, int> most;
    std::size_t at = 0;
    for (const Rater& rater : raters) {
        for (std::size_t v = 0; v < rater.by_variant.size(); ++v) {
            std::map<std::uint32_t, int> n_of;
            for (std::size_t i = 0; i < rater.by_variant[v].size(); ++i, ++at) {
                int& of_question = most[{v, dependence.question[at]}];
                of_question = std::max(of_question, ++n_of[dependence.question[at]]);
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
                const bool several = most.at({v, question}) > 1;
                const auto [it, is_new] = units.try_emplace(
                    {v, question, several ? side_of(outcome) : 0});
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
