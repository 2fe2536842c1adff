#pragma once
// What was added to a run after a decision had been shown.
//
// Problem: the judge passed its controls on the day of the first decision. Weeks later the run is
// extended. The name may stand for another model by now, or the judge may have gone blind; the old
// controls cannot show it, as nobody asks them again.
// Model: an extension is the comparisons that one run added. It has controls of its own, hidden
// among them, and some pairs that were judged before are hidden there, too, and asked again.
// Invariant: what belongs to an extension is noted in the store before it is stored itself, so a
// run that was killed between the two finds the same extension again. A list of ids, not a range:
// a plan may take questions of an earlier one in any selection.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

struct Extension {
    std::set<std::string> comparisons;  ///< ids of those that it added, as drawn
    std::set<std::string> controls;     ///< ids of its own ones; empty: none were drawn yet
};
using Extensions = std::vector<Extension>;  ///< oldest first; the k-th is number k from 1

/// Empty: a run that was never extended, or only by an earlier version of assay. Throws Error
/// kOperational where it cannot be read.
[[nodiscard]] Extensions load_extensions(const store::Store& store);
void save_extensions(store::Store& store, const Extensions& extensions);

/// Notes that `added` (of one variant, not stored yet) are an extension: of the last one, if that
/// has no controls yet, else of a new one.
void note_extension(store::Store& store, const std::vector<Comparison>& added);

/// The number of the extension that a control belongs to; 0: it is of the run's first comparisons.
[[nodiscard]] std::size_t number_of(const Extensions& extensions, const Control& control);
/// Likewise of a comparison as it was drawn.
[[nodiscard]] std::size_t number_of(const Extensions& extensions, const Comparison& comparison);

}  // namespace assay::run
