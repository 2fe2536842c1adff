#include "assay/variants/make_imatrix.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/wire/imatrix.hpp"

namespace assay::variants {
namespace {

/// Counts up when the same request gives other bytes than before.
constexpr const char* kImatrixRules = "imatrix 1";

/// A matrix holds a number for each column of a weight, the weight one for each of its values.
std::uint64_t most_bytes(const ModelFile& model) {
    return model.size_bytes / 64 + (std::uint64_t{1} << 20);
}

/// All that its bytes depend on. The text's name is in the file. Threads are not in it: they change
/// no bit (tests/flow/imatrix_model_test.cpp).
std::string imatrix_recipe(const ImatrixRequest& request,
                           const std::string& text_name,
                           const std::string& text_sha256,
                           const wire::Hello& hello) {
    std::vector<std::string> fields{kImatrixRules,
                                    request.model.sha256,
                                    text_name,
                                    text_sha256,
                                    fmt::format("{}", wire::kChunkTokens),
                                    fmt::format("{}", request.text.n_chunks),
                                    hello.version,
                                    std::string(trim(hello.system_info))};
    if (hello.gpu && request.n_gpu_layers != 0) {
        fields.push_back(
            fmt::format("{}; GPU layers {}", fmt::join(hello.devices, ", "), request.n_gpu_layers));
    }
    return sha256_of_fields(fields);
}

/// Whether the same recipe made a whole file before.
bool is_there(const Workshop& workshop, const std::string& target) {
    std::error_code error;
    if (!std::filesystem::exists(target, error)) {
        return false;
    }
    const auto inspected = workshop.engine.inspect_imatrix(target);
    if (!inspected) {
        workshop.progress.note(
            fmt::format("{} was made earlier and is damaged ({}): it is made anew",
                        target,
                        inspected.error().message));
    }
    return inspected.has_value();
}

void make_in_cache(const Workshop& workshop,
                   const ImatrixRequest& request,
                   const std::string& text_sha256,
                   const std::string& target) {
    MadeFile made;
    made.target = target;
    made.most_bytes = most_bytes(request.model);
    made.title = "making an importance matrix";
    made.unit = "chunks";
    wire::MakeImatrix message;
    message.model = request.model.path;
    message.text = request.text.file;
    message.n_chunks = request.text.n_chunks;
    message.n_threads = request.n_threads;
    message.n_gpu_layers = request.n_gpu_layers;
    write_file(workshop, made, [&](const std::string& path, const auto& on_chunk) -> Result<bool> {
        message.target = path;
        const auto done = workshop.engine.make_imatrix(message, on_chunk);
        if (!done) {
            return tl::unexpected<Failure>(done.error());
        }
        if (done->text_sha256 != text_sha256) {
            return fail("was changed while an importance matrix was made from it",
                        request.text.file,
                        "Start again.");
        }
        return true;
    });
    workshop.progress.finish("");
}

}  // namespace

MadeImatrix make_imatrix(const Workshop& workshop, const ImatrixRequest& request) {
    const auto hello = workshop.engine.hello();
    if (!hello) {
        throw Error(ErrorKind::kOperational, hello.error());
    }
    MadeImatrix out;
    out.text_name = std::filesystem::path(request.text.file).filename().string();
    out.text_sha256 = workshop.hash(request.text.file);
    // Its name is in what is quantized with it: it must say nothing that the recipe does not.
    out.path = (request.cache /
                fmt::format(
                    "imatrix-{}.gguf",
                    imatrix_recipe(request, out.text_name, out.text_sha256, *hello).substr(0, 12)))
                   .string();
    if (!is_there(workshop, out.path)) {
        make_in_cache(workshop, request, out.text_sha256, out.path);
    }
    const auto inspected = workshop.engine.inspect_imatrix(out.path);
    if (!inspected) {
        throw Error(ErrorKind::kOperational, inspected.error());
    }
    out.sha256 = workshop.hash(out.path);
    out.n_tokens = inspected->n_tokens;
    out.chunk_tokens = inspected->chunk_tokens;
    return out;
}

std::string describe(const MadeImatrix& matrix) {
    return fmt::format(
        "with the importance matrix {}, made from {} tokens of {} ({}) in chunks of {}",
        matrix.sha256,
        matrix.n_tokens,
        shorten(matrix.text_name, 80),
        matrix.text_sha256,
        matrix.chunk_tokens);
}

}  // namespace assay::variants
