#pragma once
// Bayesian companion of the decision: descriptive, never decided on.

#include <optional>

namespace assay::stats {

/// Parameters of the posterior Dirichlet of (win, tie, loss): counts plus prior, each > 0 for a
/// proper one.
struct DirichletParameters {
    double win = 1;
    double tie = 1;
    double loss = 1;
};

struct DirichletNet {
    double p_equivalent = 0;              ///< P(|net| < margin)
    double p_noninferior = 0;             ///< P(net > -margin)
    double p_better = 0;                  ///< P(net > 0)
    double p_degraded_beyond_margin = 0;  ///< P(net <= -margin)
    double mean = 0;
    double sd = 0;
    double low95 = -1;  ///< equal-tailed 95 % credible interval
    double high95 = 1;
};
/// Of net = p_win - p_loss. With D = p_win + p_loss ~ Beta(win + loss, tie), independent of p_win /
/// D ~ Beta(win, loss), P(net > t) is a one-dimensional integral; tanh-sinh quadrature, relative
/// error about 1e-9. margin in (0, 1). Nothing where a parameter is not > 0.
[[nodiscard]] std::optional<DirichletNet> dirichlet_net(const DirichletParameters& posterior,
                                                        double margin);

}  // namespace assay::stats
