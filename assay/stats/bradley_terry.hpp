#pragma once
// Rankings of several variants from pairwise outcomes with ties. For display; equivalence is
// decided on the direct pair.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// Outcomes between items i and j (i != j); real-valued, as pseudo counts may have been added.
/// Several games of a pair add up.
struct Game {
    std::size_t i = 0;
    std::size_t j = 0;
    double win_i = 0;
    double win_j = 0;
    double tie = 0;
};

/// Davidson (1970): P(i) : P(j) : P(tie) = pi_i : pi_j : nu sqrt(pi_i pi_j).
struct DavidsonFit {
    std::vector<double> log_ability;  ///< sums to 0
    double log_nu = 0;
    std::vector<double> se_log_ability;  ///< from the information
    double se_log_nu = 0;
    double log_likelihood = 0;  ///< without the multinomial coefficients
};
/// Maximum likelihood by Newton. Nothing where no finite maximum exists: no ties, a group of items
/// that never loses to the others, or outcomes that some scale of abilities explains without
/// exception (among two items: no win of one of them). n_items >= 2.
[[nodiscard]] std::optional<DavidsonFit> davidson(std::size_t n_items, std::span<const Game> games);
/// As above with `pseudo` added to win_i, win_j and tie of each game that was played: always finite
/// if the games connect all items.
[[nodiscard]] std::optional<DavidsonFit> davidson_penalised(std::size_t n_items,
                                                            std::span<const Game> games,
                                                            double pseudo);

/// Rao and Kupper (1967) for two items, closed form: P(i) = pi_i / (pi_i + theta pi_j).
struct RaoKupperFit {
    double log_ratio = 0;  ///< ln(pi_i / pi_j)
    double theta = 1;
};
/// Nothing where win_i or win_j is 0.
[[nodiscard]] std::optional<RaoKupperFit> rao_kupper(double win_i, double win_j, double tie);

}  // namespace assay::stats
