#pragma once
// `assay plan`: a few ways of asking about the questions beside each other, and the cheapest.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "assay/analysis/design_options.hpp"
#include "assay/app/judge_work.hpp"
#include "assay/run/verdict_variance.hpp"

namespace assay::app {

/// A run whose verdicts say how much verdicts vary and how alike those of one question are.
struct MeasuredIn {
    std::string run_dir;
    std::string judge;
    run::PilotVariant variant;  ///< of the run's variants that whose verdicts vary most
};
/// Nothing where too few questions have verdicts; `why` then says so, in a sentence without a full
/// stop. `judge`: whose verdicts, where the run has them; else of the judge that decided. Throws
/// Error where the run cannot be read.
[[nodiscard]] std::optional<MeasuredIn> measured_in(const std::string& run_dir,
                                                    const std::string& judge,
                                                    std::string& why);

/// What is known of an experiment's judges and models; of a size alone nothing.
struct DesignWork {
    std::vector<JudgeWork> judges;  ///< of those that could decide, as planned; empty: none costs
                                    ///< anything, or they are not known
    std::function<double(int n_samples)> answer_seconds{};  ///< of the questions there are
};

struct DesignTable {
    std::vector<analysis::DesignOption> options;  ///< by calls of a question
    std::optional<std::size_t> cheapest;
    analysis::DesignCosts costs;
    std::optional<MeasuredIn> measured;
    std::string note;        ///< why a pilot was not used; empty: it was, or there is none
    std::string no_samples;  ///< why samples are no option, or on which condition; a sentence
                             ///< without a full stop, may be empty
    DesignWork work;
};
/// `room.best_samples` is chosen here. Nothing is read.
[[nodiscard]] DesignTable make_design_table(const analysis::Design& planned,
                                            analysis::DesignRoom room,
                                            const analysis::DesignCosts& costs);

/// A heading, the table, the cheapest and what it costs.
[[nodiscard]] std::string design_table_text(const DesignTable& table);
/// One JSON object (docs/formats.md, "assay plan --json").
[[nodiscard]] std::string design_table_json(const DesignTable& table);

}  // namespace assay::app
