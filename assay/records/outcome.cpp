#include "assay/records/outcome.hpp"

#include "assay/base/result.hpp"

namespace assay {

OutcomeKind outcome_of(VerdictState state, bool variant_is_a) {
    switch (state) {
        case VerdictState::kA: return variant_is_a ? OutcomeKind::kWin : OutcomeKind::kLoss;
        case VerdictState::kB: return variant_is_a ? OutcomeKind::kLoss : OutcomeKind::kWin;
        case VerdictState::kTie: return OutcomeKind::kTie;
        case VerdictState::kInvalid: return OutcomeKind::kInvalid;
        case VerdictState::kError: return OutcomeKind::kError;
        case VerdictState::kRefused: return OutcomeKind::kRefused;
    }
    check_failed("the state is one of VerdictState", __FILE__, __LINE__);
}

}  // namespace assay
