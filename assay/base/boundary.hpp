#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// `n_digits` decimal digits that occur in none of the texts, so that no text can write the mark
/// that ends its own block. Derived from the texts by SHA-256 (and again until they occur in none):
/// the same texts give the same boundary on every machine. Decimal digits only, because hexadecimal
/// ones could spell the name of a number format ("f16"), and a prompt may not name any. n_digits: 1
/// to 20; the texts must leave a number of that length free.
[[nodiscard]] std::string boundary_for(std::span<const std::string_view> texts,
                                       std::size_t n_digits = 12);

}  // namespace assay
