#pragma once
// Where a failure of one item ends the command.

#include <utility>

#include "assay/base/result.hpp"

namespace assay::app {

/// A failure that names a place is about that file (kUsage); without one the engine ended
/// (kOperational).
[[nodiscard]] inline Error error_of(const Failure& failure) {
    return {failure.place.empty() ? ErrorKind::kOperational : ErrorKind::kUsage, failure};
}

template <class T>
[[nodiscard]] T or_throw(Result<T> result) {
    if (!result) {
        throw error_of(result.error());
    }
    return std::move(*result);
}

}  // namespace assay::app
