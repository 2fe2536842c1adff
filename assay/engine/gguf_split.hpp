#pragma once
// A model in several files, as llama-gguf-split makes them. A file's metadata says which part it is
// (split.no, split.count, split.tensors.count); the other parts are found by their names.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/engine/gguf_file.hpp"

namespace assay::engine {

/// The files of the model whose first one is `path`, in order: `path` alone, or the names of all
/// parts. Fails where `path` is another part, does not have the name of its part, or holds several
/// GGUF files one behind the other.
[[nodiscard]] Result<std::vector<std::string>> parts_of(const gguf_context* gguf,
                                                        const std::string& path);

/// Opens part `number` (from 2) of the model whose first part is `first`. Fails if it is not there,
/// or says that it is another part.
[[nodiscard]] Result<Gguf> open_part(const gguf_context* first,
                                     const std::string& path,
                                     std::size_t number);

/// Whether the parts hold as many tensors as the first one says; `n_tensors`: of all parts.
[[nodiscard]] Result<bool> check_all_tensors(const gguf_context* first,
                                             std::int64_t n_tensors,
                                             const std::string& path);

}  // namespace assay::engine
