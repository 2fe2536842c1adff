#include "assay/retrieval/fuse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace assay::retrieval {
namespace {

constexpr int kRankConstant = 60;

void add_leg(std::map<std::size_t, Found>& by_place,
             std::string_view leg,
             std::span<const Scored> ranking) {
    for (std::size_t i = 0; i < std::min(kFusedDepth, ranking.size()); ++i) {
        Found& found = by_place[ranking[i].place];
        found.place = ranking[i].place;
        found.legs.push_back(
            {std::string(leg), static_cast<std::int64_t>(i) + 1, ranking[i].score});
    }
}

double fused_score(const Found& found) {
    double out = 0;
    for (const LegScore& leg : found.legs) {
        out += 1.0 / static_cast<double>(kRankConstant + leg.rank);
    }
    return out;
}

bool is_measured(const Found& found) {
    return std::any_of(found.legs.begin(), found.legs.end(), [](const LegScore& leg) {
        return leg.rank <= static_cast<std::int64_t>(kMeasuredDepth);
    });
}

}  // namespace

std::string fusion_rules() {
    return fmt::format(
        "reciprocal ranks, k = {}, the {} best of each search", kRankConstant, kFusedDepth);
}

std::vector<Found> fuse(std::span<const Scored> lexical,
                        std::span<const Scored> dense,
                        std::size_t depth) {
    std::map<std::size_t, Found> by_place;
    add_leg(by_place, kLexicalLeg, lexical);
    add_leg(by_place, kDenseLeg, dense);
    std::vector<Scored> order;  // by place
    for (const auto& [place, found] : by_place) {
        order.push_back({place, fused_score(found)});
    }
    std::stable_sort(order.begin(), order.end(), [](const Scored& a, const Scored& b) {
        return a.score > b.score;
    });
    std::vector<Found> out;
    for (std::size_t i = 0; i < order.size(); ++i) {
        Found& found = by_place.at(order[i].place);
        if (i >= depth && !is_measured(found)) {
            continue;
        }
        found.legs.push_back(
            {std::string(kFusedLeg), static_cast<std::int64_t>(i) + 1, order[i].score});
        out.push_back(std::move(found));
    }
    return out;
}

}  // namespace assay::retrieval
