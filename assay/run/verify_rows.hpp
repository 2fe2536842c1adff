#pragma once
// The part of `assay verify` that looks at the rows of the store.

#include "assay/run/stored_run.hpp"
#include "assay/run/verification.hpp"

namespace assay::run {

/// The tables against the account that assay keeps of them (store/contents.cpp).
void check_account(const store::Store& store, Verification& out);
/// The hash of each plan that was ever run, and what stands beside it.
void check_plans(const store::Store& store, Verification& out);
/// The key of each judge.
void check_judges(const store::Store& store, Verification& out);
/// Ids of comparisons and controls, and what a comparison says of its two answers.
void check_pairs(const store::Store& store, Verification& out);
/// Keys of answers that were made elsewhere: they are hashes of what is stored.
void check_answers(const StoredRun& stored, Verification& out);

}  // namespace assay::run
