#pragma once
// What a run remembers of judging by hand: which item stands where in the batches, and which
// verdicts came with a mapping that binds nothing.

#include <set>
#include <string>

#include "assay/exchange/batches.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// What was ever put into batches for a judge; empty: nothing yet.
[[nodiscard]] exchange::Batches load_batches(const store::Store& store,
                                             const std::string& judge_key);
void save_batches(store::Store& store,
                  const std::string& judge_key,
                  const exchange::Batches& batches);

/// Comparisons whose verdict was imported with the study's own mapping: nothing shows that the
/// judge saw these answers.
struct UnboundVerdicts {
    std::set<std::string> ids;
    std::set<std::string> turned;  ///< of these, the ones that the judge was shown the other way
                                   ///< round than this run drew
};
[[nodiscard]] UnboundVerdicts load_unbound(const store::Store& store, const std::string& judge_key);
void save_unbound(store::Store& store,
                  const std::string& judge_key,
                  const UnboundVerdicts& unbound);
/// For the report; empty if there are none.
[[nodiscard]] std::string sentence_of(const UnboundVerdicts& unbound, const std::string& judge);

}  // namespace assay::run
