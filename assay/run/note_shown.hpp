#pragma once
// Keeps what a report shows: the decisions, and the experiment as it was.

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// The report of a run or an import that is going to be shown. Where it has a decision that is not
/// the last one that was shown, store and `stored` keep it first, and the report has it in its
/// history.
[[nodiscard]] report::ReportModel report_to_show(store::Store& store, StoredRun& stored);

/// Call it before anything is changed in a run that an earlier version began, which kept that a
/// decision was shown but not which: the plans whose decisions were shown become the history, as
/// far as the store still knows them. Nothing happens where there is a history.
void keep_what_was_shown_before(store::Store& store);

}  // namespace assay::run
