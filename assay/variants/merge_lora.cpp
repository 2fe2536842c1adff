#include "assay/variants/merge_lora.hpp"

#include <fmt/format.h>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::variants {
namespace {

/// Counts up when a merge gives other bytes than before.
constexpr const char* kMergeRules = "merge 1";

std::string recipe_of(const MergeRequest& request, const std::string& engine_version) {
    std::vector<std::string> fields{kMergeRules, request.base.sha256, engine_version};
    for (const LoraFile& adapter : request.adapters) {
        fields.push_back(adapter.sha256);
        fields.push_back(fmt::format("{}", adapter.scale));
    }
    return sha256_of_fields(fields);
}

}  // namespace

LoraFile resolve_lora(const LoraSpec& spec, const HashFile& hash) {
    LoraFile out{spec.file, hash(spec.file), 0, spec.scale};
    std::error_code error;
    out.size_bytes = std::filesystem::file_size(spec.file, error);
    if (error) {
        throw_usage(fmt::format("cannot be read: {}", error.message()), spec.file);
    }
    return out;
}

ModelFile merge_lora(const Workshop& workshop, const MergeRequest& request) {
    const auto hello = workshop.engine.hello();
    if (!hello) {
        throw Error(ErrorKind::kOperational, hello.error());
    }
    const std::string stem = std::filesystem::path(request.base.path).stem().string();
    MadeFile made;
    made.target = request.cache / fmt::format("{}-lora-{}.gguf",
                                              slug(stem),
                                              recipe_of(request, hello->version).substr(0, 12));
    if (auto before = find_made(workshop, made.target)) {
        return *before;
    }
    made.most_bytes = request.base.size_bytes;
    made.title = fmt::format("merging {} LoRA adapter{}",
                             request.adapters.size(),
                             request.adapters.size() == 1 ? "" : "s");
    wire::MergeLora merge{request.base.path, {}, {}, {}, request.n_threads};
    for (const LoraFile& adapter : request.adapters) {
        merge.adapters.push_back(adapter.path);
        merge.scales.push_back(adapter.scale);
    }
    return make_file(workshop, made, [&](const std::string& path, const auto& on_tensor) {
        merge.target = path;
        return workshop.engine.merge_lora(merge, on_tensor);
    });
}

}  // namespace assay::variants
