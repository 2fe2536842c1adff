#include "assay/report/agreement_section.hpp"

#include <fmt/format.h>

#include "assay/report/figures.hpp"

namespace assay::report {
namespace {

/// How often each of loss, tie and win was said, in per cent.
std::string prevalence_of(const PairAgreement& pair) {
    const auto share = [&](bool of_first, std::size_t category) {
        std::int64_t n = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            n += of_first ? pair.table[category][k] : pair.table[k][category];
        }
        return fmt::format("{:.0f}", 100 * static_cast<double>(n) / static_cast<double>(pair.n));
    };
    const auto all = [&](bool of_first) {
        return fmt::format("{}/{}/{}", share(of_first, 0), share(of_first, 1), share(of_first, 2));
    };
    return fmt::format("losses/ties/wins in % {} and {}", all(true), all(false));
}

}  // namespace

std::string index_with_interval(const Estimate& e) {
    if (!e.value) {
        return "undefined";
    }
    if (!e.low || !e.high) {
        return fmt::format("{:.2f}", *e.value);
    }
    return fmt::format("{:.2f} [{:.2f}, {:.2f}]", *e.value, *e.low, *e.high);
}

Section agreement_section(std::span<const PairAgreement> pairs,
                          const std::optional<PanelAgreement>& panel) {
    Section out{"Agreement between judges (comparisons that both decided)"};
    Facts facts;
    for (const PairAgreement& pair : pairs) {
        const std::string who = fmt::format("{}, {}", pair.first, pair.second);
        if (pair.n == 0) {
            facts.add(who, "nothing in common", "");
            continue;
        }
        facts.add(who,
                  fmt::format("{} of {} alike", pair.n_same, pair.n),
                  fmt::format("{}; {}", rate_with_interval(pair.same), prevalence_of(pair)));
        facts.add("Cohen's kappa",
                  index_with_interval(pair.kappa),
                  "weighted " + index_with_interval(pair.kappa_weighted));
        facts.add("Krippendorff's alpha", index_with_interval(pair.alpha), "interval");
    }
    if (panel) {
        facts.add(fmt::format("all {} judges", panel->judges.size()),
                  fmt::format("{} of {} alike", panel->n_same, panel->n_all),
                  panel->n_all > 0 ? rate_with_interval(panel->same)
                                   : "no comparison was decided by all");
        facts.add("Krippendorff's alpha",
                  index_with_interval(panel->alpha),
                  fmt::format("nominal, {} comparisons; interval {}",
                              panel->n,
                              index_with_interval(panel->alpha_interval)));
        facts.add("Fleiss' kappa", index_with_interval(panel->fleiss), "of those that all decided");
    }
    if (!facts.rows.empty()) {
        out.add(std::move(facts));
        out.add(Paragraph{
            "0: as by chance, 1: always alike; of verdicts that are all of one kind it is "
            "undefined. 95 % intervals."});
    }
    return out;
}

}  // namespace assay::report
