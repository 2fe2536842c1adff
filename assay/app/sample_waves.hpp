#pragma once
// The waves of `generation.samples: auto` in a run: two samples of each question, one look at each
// variant, then as many as the looks asked for. With a fixed number there is one wave, and these do
// nothing.

#include <memory>
#include <span>
#include <vector>

#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/plan.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::app {

/// Tells the variants how many samples are wanted of them: as many as the looks that were taken
/// asked for, and of the baseline, which is first, as many as of any variant. Before prepare().
void want_samples(const RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants);

/// Lets go of samples that a look at other answers asked for, as of weights that were replaced
/// since. After describe().
void keep_samples(const RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants);

/// Takes the looks that are due, and keeps what they came to. True: a look asked for further
/// samples. A judge that had to stop leaves them to the next command.
[[nodiscard]] bool take_looks(RunContext& context);

/// Whether the look at a variant (its place) is still to come: what is judged of it grows as
/// planned.
[[nodiscard]] bool is_look_to_come(const run::StoredRun& stored, std::size_t variant);

/// `added` without those of questions that were asked `before`, where the plan looks at samples:
/// that there may be more of them was fixed beforehand.
[[nodiscard]] std::vector<Comparison> beyond_the_plan(const Plan& plan,
                                                      std::span<const Comparison> before,
                                                      std::vector<Comparison> added);

}  // namespace assay::app
