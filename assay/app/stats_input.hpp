#pragma once
// Where the numbers of `assay stats` come from: options, a file of outcomes, or a run directory.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/report/stats_document.hpp"

namespace assay::app {

/// The largest count that is accepted: far beyond any data set, and small enough that sums and
/// products stay exact.
inline constexpr long long kMaxCount = 1'000'000'000;

/// Numbers arrive as the user typed them; load_stats checks them all and says what is wrong.
struct StatsOptions {
    std::string input;  ///< a file of outcomes or a run directory; empty: the counts are given
    std::vector<std::string> further;  ///< more files of outcomes: another judge's verdicts on the
                                       ///< same questions
    std::optional<std::string> wins;   ///< of the variant; a whole number in 0 .. kMaxCount
    std::optional<std::string> losses;
    std::optional<std::string> ties;    ///< default 0
    std::optional<std::string> margin;  ///< net win rate, in (0, 1); default 0.10, of a run its own
    std::optional<std::string> alpha;   ///< one-sided, in (0, 0.5); default 0.05, of a run its own
    std::optional<std::string> power;   ///< in (alpha, 1); default 0.80, of a run its own
    std::string format;                 ///< of the input; empty: by what it holds
    std::string variant;                ///< only this one; and its name, where a file names none
    std::string judge;                  ///< likewise
    std::string baseline;   ///< the baseline's name, where a file does not tell it from the variant
    bool json = false;      ///< one JSON document instead of text
    bool markdown = false;  ///< Markdown instead of text
    bool gate = false;      ///< exit code 3, 4, 5 or 6 unless equivalent or non-inferior
    std::optional<int> fail_exit_code;  ///< replaces 3, 4, 5 and 6
    bool no_controls_ok = false;        ///< a gate may pass without controls
    bool accept_exploratory = false;    ///< no exit code of its own for an exploratory result
};

/// Everything that is shown, and how many of its comparisons a gate asks about: the first ones.
struct StatsInput {
    report::StatsDocument document;
    std::size_t n_gated = 0;
    bool exploratory = false;   ///< of a run directory
    std::string why_no_pass{};  ///< why no gate may pass, without a full stop: no controls, or the
                                ///< variant was always shown on one side; empty: it may
    std::string why_a_copy{};   ///< likewise, whatever the options say: all answers are the
                                ///< baseline's
};

/// Reads and analyses what the options name. Throws Error(kUsage).
[[nodiscard]] StatsInput load_stats(const StatsOptions& options);

}  // namespace assay::app
