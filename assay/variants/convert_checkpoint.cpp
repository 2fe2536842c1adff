// From a folder to a GGUF file of the cache: a checkpoint, or an adapter that belongs to one.
//
// Model: the folder is looked at (checkpoint_folder.hpp, adapter_folder.hpp), then Python converts
// it (python_conversion.hpp), then the engine reads what came of it: a model's tokenizer must be
// the folder's own (tokenizer_check.hpp), an adapter must fit its model.
//
// Invariant: the file has its name in the cache only when all checks were passed; the name is made
// of the folder's bytes, the scripts' and this program's.

#include "assay/variants/convert_checkpoint.hpp"

#include <fmt/format.h>

#include <array>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/variants/adapter_folder.hpp"
#include "assay/variants/checkpoint_folder.hpp"
#include "assay/variants/python_conversion.hpp"
#include "assay/variants/tokenizer_check.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;

std::string hash_shown(const CheckpointFolder& checkpoint,
                       const std::atomic<bool>& cancel,
                       Progress& progress) {
    constexpr std::uint64_t kWorthShowing = 1'000'000'000;
    const bool show = checkpoint.weight_bytes > kWorthShowing;
    const std::string name = checkpoint.path.filename().string();
    if (show) {
        progress.begin("hashing " + name, checkpoint.weight_bytes >> 20, "MiB");
    }
    std::uint64_t read = 0;
    auto hash = sha256_of_checkpoint(checkpoint, [&](std::uint64_t n) {
        if (cancel) {
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        const std::uint64_t before = read >> 20;
        read += n;
        if (show && (read >> 20) > before) {
            progress.advance((read >> 20) - before);
        }
    });
    if (!hash) {
        throw Error(ErrorKind::kUsage, hash.error());
    }
    if (show) {
        progress.finish("");
    }
    return *hash;
}

/// The name that the conversion's result has in the cache; `type`: "F16".
fs::path target_of(const ConvertRequest& request,
                   const std::array<std::string, 3>& recipe,
                   std::string_view type) {
    return request.cache / fmt::format("{}-{}-{}.gguf",
                                       slug(request.folder.filename().string()),
                                       type,
                                       sha256_of_fields(recipe).substr(0, 12));
}

/// The file is gone when its failure is read.
Result<bool> at(const fs::path& folder, Result<bool> checked) {
    if (!checked) {
        checked.error().place = folder.string();
    }
    return checked;
}

/// The store that remembers hashes is not open yet, and nobody asks for this one.
std::string no_hash(const std::string& /*path*/) {
    return {};
}

}  // namespace

Converted convert_checkpoint(llm::Engine& engine,
                             const ConvertRequest& request,
                             const std::atomic<bool>& cancel,
                             Progress& progress) {
    const auto checkpoint = look_at_checkpoint(request.folder);
    if (!checkpoint) {
        throw Error(ErrorKind::kUsage, checkpoint.error());
    }
    const fs::path scripts = find_conversion_scripts();
    const std::string sha256 = hash_shown(*checkpoint, cancel, progress);
    const HashFile hash = no_hash;
    const Workshop workshop{engine, hash, progress};
    MadeFile made;
    made.target = target_of(request, {sha256, sha256_of_scripts(scripts), "f16"}, "F16");
    made.most_bytes = checkpoint->weight_bytes;
    made.title = "converting " + request.folder.filename().string();
    if (find_made(workshop, made.target)) {
        return {made.target, sha256};
    }
    const auto make = [&](const std::string& path, const auto&) -> Result<bool> {
        const auto reply = convert_in_python(
            {request.folder, {}, checkpoint->weight_bytes, scripts}, path, cancel);
        if (!reply) {
            return tl::unexpected(reply.error());
        }
        const auto says = tokenizer_says(*reply);
        if (!says) {
            return at(request.folder, tl::unexpected(says.error()));
        }
        return at(request.folder, check_tokenizer(engine, path, *says));
    };
    static_cast<void>(make_file(workshop, made, make));
    return {made.target, sha256};
}

Converted convert_adapter(llm::Engine& engine,
                          const ConvertRequest& request,
                          const AdapterBase& base,
                          const std::atomic<bool>& cancel,
                          Progress& progress) {
    const auto adapter = look_at_adapter(request.folder);
    if (!adapter) {
        throw Error(ErrorKind::kUsage, adapter.error());
    }
    const fs::path scripts = find_conversion_scripts();
    const std::string sha256 = hash_shown(*adapter, cancel, progress);
    const auto config = sha256_of_file(base.folder / "config.json");
    if (!config) {
        throw Error(ErrorKind::kUsage, config.error());
    }
    MadeFile made;
    made.target = target_of(request, {sha256, sha256_of_scripts(scripts), *config}, "adapter");
    made.most_bytes = 2 * adapter->weight_bytes;  // of BF16 it makes F32
    made.title = "converting " + request.folder.filename().string();
    const auto fits = [&](const std::string& path) {
        return engine.inspect_lora({base.file.string(), path});
    };
    std::error_code error;
    if (fs::exists(made.target, error) && fits(made.target.string())) {
        return {made.target, sha256};
    }
    const auto make = [&](const std::string& path, const auto&) -> Result<bool> {
        const auto reply = convert_in_python(
            {request.folder, base.folder, adapter->weight_bytes, scripts}, path, cancel);
        if (!reply) {
            return tl::unexpected(reply.error());
        }
        return at(request.folder, fits(path).map([](const auto&) { return true; }));
    };
    const HashFile hash = no_hash;
    write_file({engine, hash, progress}, made, make);
    progress.finish(format_bytes(fs::file_size(made.target, error)));
    return {made.target, sha256};
}

}  // namespace assay::variants
