#pragma once
// How the prompts of a run directory are cut into pieces: as they were when it was begun.

#include "assay/answer/prompts.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

/// Bits of an answer depend on where its prompt is cut, so a run directory keeps to one way: a new
/// one to today's, which is noted in it, and one that an earlier version began to that version's.
/// To be asked before the first plan is stored. Throws Error kOperational where a later version
/// noted what this one does not know.
[[nodiscard]] answer::Pieces pieces_of_run(store::Store& store);

}  // namespace assay::app
