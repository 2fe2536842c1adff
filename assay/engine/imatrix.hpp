#pragma once

#include <cstdint>
#include <functional>

#include "assay/base/result.hpp"
#include "assay/wire/imatrix.hpp"

namespace assay::engine {

/// Whether the file is an importance matrix, whole and of finite size, and what it was made of.
[[nodiscard]] Result<wire::InspectedImatrix> inspect_imatrix(const wire::InspectImatrix& request);

/// Makes `request.target`. `on_chunk(done, total)` follows it. On a failure a part of the target
/// may be left: the caller removes it.
[[nodiscard]] Result<wire::MadeImatrix> make_imatrix(
    const wire::MakeImatrix& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_chunk);

}  // namespace assay::engine
