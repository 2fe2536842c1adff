#pragma once
// A file that assay makes of another one.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/variant.hpp"

namespace assay::variants {

/// SHA-256 of a file; given from outside so that a store can remember it. Throws Error if the file
/// cannot be read.
using HashFile = std::function<std::string(const std::string& path)>;

/// An existing GGUF: header read and checked, all parts hashed. Throws Error kUsage if it is not a
/// model that can be run.
[[nodiscard]] ModelFile resolve_file(llm::Engine& engine,
                                     const std::string& path,
                                     const HashFile& hash);

/// What is shared by all that makes a file.
struct Workshop {
    llm::Engine& engine;
    const HashFile& hash;
    Progress& progress;
};

/// The file that the same recipe made before, under its final name; nothing if it is not there. One
/// that cannot be read (cut off by a full disk, or by hand) counts as not there, with a note: what
/// is made next takes its place.
[[nodiscard]] std::optional<ModelFile> find_made(const Workshop& workshop,
                                                 const std::filesystem::path& target);

/// A file to be made.
struct MadeFile {
    std::filesystem::path target;
    std::uint64_t most_bytes = 0;  ///< room that it may need
    std::string title;             ///< "making Q4_K_M", for the progress
    std::string unit = "tensors";  ///< what is counted of it
    bool in_cache = true;          ///< whether another ASSAY_CACHE is a way out
};

/// Is given the path to write to and what follows it (done, total).
using MakeFile = std::function<Result<bool>(
    const std::string& path, const std::function<void(std::uint64_t, std::uint64_t)>& on_tensor)>;

/// Makes a file: written under a temporary name, then renamed, so that a file that is there is
/// whole. Nothing is left of one that could not be made, or was interrupted. Throws Error.
[[nodiscard]] ModelFile make_file(const Workshop& workshop,
                                  const MadeFile& made,
                                  const MakeFile& make);

/// The same for a file that is no model; the caller ends the progress that was begun.
void write_file(const Workshop& workshop, const MadeFile& made, const MakeFile& make);

}  // namespace assay::variants
