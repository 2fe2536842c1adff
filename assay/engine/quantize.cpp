#include "assay/engine/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>

#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/types.hpp"
#include "imatrix-loader.h"
#include "llama.h"

namespace assay::engine {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 20;

using ImportanceData = std::map<std::string, std::vector<float>>;

/// Means per column: sums over counts for the GGUF form (all ones for an expert that was never
/// used), sums over the number of calls for the legacy form. As llama.cpp's tools/quantize does.
Result<ImportanceData> load_importance(const std::string& path, common_imatrix& loaded) {
    if (!std::filesystem::is_regular_file(path)) {
        return fail("no such importance matrix file", path);
    }
    static_cast<void>(take_errors());
    if (!common_imatrix_load(path, loaded) || loaded.entries.empty()) {
        return fail(
            "is not an importance matrix that can be read", path, shorten(take_errors(), 200));
    }
    ImportanceData data;
    for (const auto& [name, entry] : loaded.entries) {
        std::vector<float>& means = data[name];
        means = entry.sums;
        if (loaded.is_legacy || entry.counts.empty()) {
            const std::int64_t n_calls = entry.counts.empty() ? 0 : entry.counts[0];
            if (n_calls > 0) {
                for (float& mean : means) {
                    mean /= static_cast<float>(n_calls);
                }
            }
            continue;
        }
        const std::size_t columns = entry.sums.size() / entry.counts.size();
        for (std::size_t i = 0; i < means.size(); ++i) {
            const auto count = static_cast<float>(
                entry.counts[std::min(i / columns, entry.counts.size() - 1)]);
            means[i] = count > 0 ? means[i] / count : 1.0F;
        }
    }
    return data;
}

llama_model_kv_override text_override(const char* key, const std::string& value) {
    llama_model_kv_override out{};
    out.tag = LLAMA_KV_OVERRIDE_TYPE_STR;
    std::snprintf(out.key, sizeof out.key, "%s", key);
    std::snprintf(out.val_str, sizeof out.val_str, "%s", value.c_str());
    return out;
}

llama_model_kv_override integer_override(const char* key, std::int64_t value) {
    llama_model_kv_override out{};
    out.tag = LLAMA_KV_OVERRIDE_TYPE_INT;
    std::snprintf(out.key, sizeof out.key, "%s", key);
    out.val_i64 = value;
    return out;
}

/// Forgets the listener when the quantization ends, however it ends.
struct ListenerGuard {
    ~ListenerGuard() { on_log_line({}); }
};

}  // namespace

Result<bool> quantize_model(const wire::Quantize& request,
                            const std::function<void(std::uint64_t, std::uint64_t)>& on_tensor) {
    const std::optional<llama_ftype> ftype = ftype_of(request.type);
    if (!ftype) {
        return fail(fmt::format("unknown quantization type \"{}\"", request.type));
    }
    if (auto inspected = inspect_model(request.source); !inspected) {
        return tl::unexpected(inspected.error());
    }

    llama_model_quantize_params params = llama_model_quantize_default_params();
    params.ftype = *ftype;
    params.nthread = request.n_threads;
    params.allow_requantize = request.allow_requantize;
    params.max_buf_size = kBufferBytes;

    common_imatrix loaded;
    ImportanceData importance;
    std::vector<llama_model_imatrix_data> entries;
    std::vector<llama_model_kv_override> overrides;
    if (!request.imatrix.empty()) {
        auto data = load_importance(request.imatrix, loaded);
        if (!data) {
            return tl::unexpected(data.error());
        }
        importance = std::move(*data);
        for (const auto& [name, means] : importance) {
            entries.push_back({name.c_str(), means.data(), means.size()});
        }
        entries.push_back({nullptr, nullptr, 0});
        params.imatrix = entries.data();
        // The library writes none of these; llama.cpp's own tool does, and model pages show them.
        overrides.push_back(text_override("quantize.imatrix.file",
                                          std::filesystem::path(request.imatrix).filename()));
        if (!loaded.datasets.empty()) {
            overrides.push_back(text_override("quantize.imatrix.dataset", loaded.datasets.front()));
        }
        overrides.push_back(integer_override("quantize.imatrix.entries_count",
                                             static_cast<std::int64_t>(importance.size())));
        if (loaded.chunk_count > 0) {
            overrides.push_back(
                integer_override("quantize.imatrix.chunks_count", loaded.chunk_count));
        }
        overrides.push_back({});
        params.kv_overrides = overrides.data();
    }

    static_cast<void>(take_errors());
    const ListenerGuard guard;
    // There is no progress callback: the library logs "[  12/ 272] name - [ shape ] ..." for each
    // tensor.
    on_log_line([&](const std::string& line) {
        unsigned long long done = 0, total = 0;
        const std::size_t bracket = line.find('[');
        if (bracket != std::string::npos &&
            std::sscanf(line.c_str() + bracket, "[%llu/%llu]", &done, &total) == 2 && total > 0) {
            on_tensor(done, total);
        }
    });
    if (llama_model_quantize(request.source.c_str(), request.target.c_str(), &params) != 0) {
        const std::string errors = take_errors();
        if (errors.find("requantizing from type") != std::string::npos) {
            return fail(fmt::format("{} is quantized already; making {} of it would lose twice",
                                    std::filesystem::path(request.source).filename().string(),
                                    request.type),
                        request.source,
                        "Give the F16, BF16 or F32 original, or allow it with --allow-requantize.");
        }
        std::string remedy;
        if (errors.find("iostream") != std::string::npos) {
            remedy = fmt::format("Is the disk of {} full, or the folder not to be written to?",
                                 request.target);
        } else if (errors.find("imatrix") != std::string::npos) {
            remedy =
                "This type needs an importance matrix: give one with --imatrix FILE, or have one "
                "made with --imatrix make.";
        }
        return fail(fmt::format("making {} failed: {}",
                                request.type,
                                errors.empty() ? "no reason given" : shorten(errors, 300)),
                    request.source,
                    remedy);
    }
    return true;
}

}  // namespace assay::engine
