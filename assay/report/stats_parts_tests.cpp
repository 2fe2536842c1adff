#include <fmt/format.h>

#include "assay/report/figure_text.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/stats_document.hpp"
#include "assay/report/stats_figures.hpp"
#include "assay/report/stats_parts.hpp"

namespace assay::report {

Section difference_section(const ComparisonAnalysis& a) {
    const std::string remark = dependent(a) ? "as if the verdicts were independent" : "";
    Section out{"Is there a difference? (a large p does not show that there is none)"};
    Facts facts;
    if (a.clusters && a.clusters->p_sign_flip) {
        facts.add("sign-flip test, clusters",
                  p_equals(*a.clusters->p_sign_flip),
                  a.clusters->p_sign_flip_method);
    }
    if (a.questions && a.questions->p_sign_flip) {
        facts.add("sign-flip test, questions",
                  p_equals(*a.questions->p_sign_flip),
                  a.questions->p_sign_flip_method);
    }
    facts.add("sign test, exact", p_equals(a.sign_test.exact), remark);
    facts.add("sign test, mid-p", p_equals(a.sign_test.mid_p), remark);
    facts.add("sign test, normal",
              p_equals(a.sign_test.normal_corrected),
              "McNemar, continuity-corrected" + (remark.empty() ? "" : "; " + remark));
    facts.add(
        "effect size |2p - 1|", two_decimals(a.effect_size.abs_2p_minus_1), a.effect_size.why);
    facts.add("Cohen's h against 1/2", two_decimals(a.effect_size.cohens_h), "");
    out.add(std::move(facts));
    return out;
}

Section detectable_section(const DetectableEffect& mde) {
    Section out{say("Smallest true effect that this many comparisons show ({} power, two-sided {})",
                    level_text(mde.power),
                    level_text(mde.alpha))};
    Facts facts;
    facts.add("decisive win rate",
              distance_words(mde.decisive_win_rate),
              mde.decisive_win_rate ? "away from 50 %, exact sign test" : "");
    facts.add("net win rate", distance_words(mde.net), mde.net ? mde.method : "");
    out.add(std::move(facts));
    if (!mde.why.empty()) {
        out.add(Paragraph{foreign(mde.why)});
    }
    return out;
}

namespace {

std::string score_test_of(const ComparisonAnalysis& a) {
    if (a.decision.on_these_questions) {
        return "one-sided test of the net win rate on exactly these questions";
    }
    if (a.questions) {
        return "one-sided score test of the questions' means";
    }
    return a.clusters ? "one-sided score test (effective counts)" : "one-sided score test (Tango)";
}

}  // namespace

Section equivalence_section(const ComparisonAnalysis& a) {
    const std::string size = in_points(a.decision.margin);
    const std::string test = score_test_of(a);
    Section out{say("Is it as good, within {} points?", digits_text(100 * a.decision.margin, 6))};
    Facts facts;
    facts.add("above -" + size + " points", p_equals(a.tost.p_lower), test);
    facts.add("below +" + size + " points", p_equals(a.tost.p_upper), test);
    facts.add(
        "both (TOST)", p_equals(a.tost.p_tost), fmt::format("alpha {:.6g}", a.decision.alpha));
    if (!a.companions) {
        out.add(std::move(facts));
        return out;
    }
    const Companions& c = *a.companions;
    if (c.exact_tost.p_tost) {
        facts.add("both, exact",
                  p_equals(*c.exact_tost.p_tost),
                  fmt::format("unconditional; above {}, below {}",
                              p_equals(c.exact_tost.p_lower),
                              p_equals(c.exact_tost.p_upper)));
    }
    if (c.decisive_tost.same_margin) {
        std::string remark = fmt::format("exact binomial; {} net points are {} points here",
                                         size,
                                         fmt::format("{:.1f}", 100 * *c.decisive_tost.same_margin));
        if (!c.decisive_tost.why.empty()) {
            remark += "; as if independent";
        }
        facts.add(
            fmt::format("decisive, 50 % ± {}", size), p_equals(c.decisive_tost.p_tost), remark);
    }
    out.add(std::move(facts));
    return out;
}

Section bayes_section(const Companions& c, double margin) {
    Section out{say("Bayesian companion ({})", own_words(kBayesStatus))};
    Facts facts;
    const std::string size = in_points(margin);
    for (const Posterior& p : c.posteriors) {
        const std::string prior = p.prior == 1 ? "1" : "1/2";
        facts.add(fmt::format("prior {0}, {0}, {0}", prior),
                  fmt::format("P(within ±{}) = {:.3f}", size, p.p_equivalent),
                  fmt::format("above -{}: {:.3f}, better: {:.3f}; 95 % credible {} to {}",
                              size,
                              p.p_noninferior,
                              p.p_better,
                              points(p.low),
                              points(p.high)));
    }
    out.add(std::move(facts));
    if (!c.posteriors_why.empty() && !c.posteriors.empty()) {
        out.add(Paragraph{foreign(c.posteriors_why)});
    }
    return out;
}

}  // namespace assay::report
