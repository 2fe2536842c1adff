#pragma once
// Keeps what a report shows: the decisions, and the experiment as it was.

#include "assay/report/report_model.hpp"
#include "assay/run/frozen_experiment.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// The fingerprint of a stored run.
[[nodiscard]] FrozenExperiment frozen_experiment_of(const StoredRun& stored);

/// Call it when a run or an import has made its report, `model`, before it is shown. Where it has a
/// decision, store and `stored` keep it behind those that were shown before. True: it is a new one,
/// and the report must be built again, as it shows the history.
bool note_decisions_shown(store::Store& store, StoredRun& stored, const report::ReportModel& model);

/// Call it before anything is changed in a run that an earlier version began, which kept that a
/// decision was shown but not which: the plans whose decisions were shown become the history, as
/// far as the store still knows them. Nothing happens where there is a history.
void keep_what_was_shown_before(store::Store& store);

}  // namespace assay::run
