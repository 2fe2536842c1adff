#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/app/commands.hpp"
#include "assay/app/host.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/variants/make_imatrix.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
namespace {

struct QuantizeFlags {
    std::string source;
    std::string type;
    std::string output;
    std::string imatrix;  ///< a file, or kImatrixMade
    std::string imatrix_text;
    int imatrix_chunks = 0;
    std::string engine;
    int threads = 0;
    bool allow_requantize = false;
    bool force = false;
    bool quiet = false;
    bool json = false;
};

nlohmann::ordered_json describe(const ModelFile& file) {
    return {{"schema_version", 1},
            {"file", file.path},
            {"sha256", file.sha256},
            {"size_bytes", file.size_bytes},
            {"bits_per_weight", file.bits_per_weight()},
            {"tensor_types", file.tensor_types},
            {"architecture", file.architecture}};
}

/// Beside the source; of a model in Ollama's store, which is none of ours, in the current folder.
std::string default_output(const std::string& source, std::string_view type) {
    namespace fs = std::filesystem;
    if (const auto name = variants::ollama_name(source)) {
        return fmt::format("{}-{}.gguf", slug(*name), type);
    }
    const fs::path path(source);
    return (path.parent_path() / fmt::format("{}-{}.gguf", path.stem().string(), type)).string();
}

/// Throws Error kUsage where a matrix is made without a text, or a text is for none.
void check_imatrix(const QuantizeFlags& flags) {
    const bool made = flags.imatrix == config::kImatrixMade;
    if (made && flags.imatrix_text.empty()) {
        throw_usage("an importance matrix is made from a text, and none is given",
                    {},
                    "Give one with --imatrix-text FILE.");
    }
    if (!made && (!flags.imatrix_text.empty() || flags.imatrix_chunks != 0)) {
        throw_usage("--imatrix-text and --imatrix-chunks are for an importance matrix that is made",
                    {},
                    "Write --imatrix make beside them.");
    }
}

int quantize(QuantizeFlags flags) {
    const auto type = config::find_quant_type(flags.type);
    if (!type) {
        throw_usage(fmt::format("unknown quantization type \"{}\"", flags.type),
                    {},
                    fmt::format("Known: {}.", config::quant_type_list()));
    }
    if (type->needs_imatrix && flags.imatrix.empty()) {
        throw_usage(fmt::format("{} cannot be made without an importance matrix", type->name),
                    {},
                    "Give one with --imatrix FILE, or have one made with --imatrix make "
                    "--imatrix-text FILE.");
    }
    check_imatrix(flags);
    namespace fs = std::filesystem;
    if (flags.output.empty()) {
        flags.output = default_output(flags.source, type->name);
    }
    flags.source = variants::path_of_model(flags.source);
    std::error_code error;
    if (fs::exists(flags.output) && !flags.force) {
        throw_usage("the file is there already",
                    flags.output,
                    "Name another one with -o, or replace it with --force.");
    }
    if (fs::equivalent(flags.source, flags.output, error)) {
        throw_usage("source and output are the same file", flags.output);
    }

    TerminalProgress progress(flags.quiet);
    llm::Engine engine(llm::find_engine(flags.engine), interrupted());
    const variants::HashFile hash = [](const std::string& path) {
        auto digest = sha256_of_file(path);
        if (!digest) {
            throw Error(ErrorKind::kOperational, digest.error());
        }
        return *digest;
    };
    variants::QuantizeRequest request;
    request.source = variants::resolve_file(engine, flags.source, hash);
    request.type = type->name;
    request.imatrix = flags.imatrix == config::kImatrixMade ? "" : flags.imatrix;
    request.allow_requantize = flags.allow_requantize;
    request.target = flags.output;
    request.n_threads = flags.threads > 0 ? flags.threads : describe_host().n_cores;
    const variants::Workshop workshop{engine, hash, progress};
    if (flags.imatrix == config::kImatrixMade) {
        request.imatrix = variants::make_imatrix(workshop,
                                                 {request.source,
                                                  {flags.imatrix_text, flags.imatrix_chunks},
                                                  variants::model_cache(),
                                                  request.n_threads})
                              .path;
    }
    const ModelFile made = variants::quantize(workshop, request);
    if (flags.json) {
        std::fputs((describe(made).dump(2) + "\n").c_str(), stdout);
        return 0;
    }
    int n_tensors = 0;
    for (const auto& [name, count] : made.tensor_types) {
        n_tensors += count;
    }
    std::string out = fmt::format("{}: {} ({:.1f} % of the source), {:.2f} bits a weight\n",
                                  made.path,
                                  format_bytes(made.size_bytes),
                                  100.0 * static_cast<double>(made.size_bytes) /
                                      static_cast<double>(request.source.size_bytes),
                                  made.bits_per_weight());
    out += fmt::format("sha256 {}\ntypes of its {} tensors:", made.sha256, n_tensors);
    for (const auto& [name, count] : made.tensor_types) {
        out += fmt::format(" {} {}", count, name);
    }
    std::fputs((out + "\n").c_str(), stdout);
    return 0;
}

}  // namespace

void add_quantize_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<QuantizeFlags>();
    CLI::App* command = app.add_subcommand(
        "quantize", "make a quantized GGUF, and show the real type of its tensors");
    command->add_option("SOURCE", flags->source, "F16, BF16 or F32 GGUF, or ollama:NAME")
        ->required();
    command->add_option("TYPE", flags->type, "llama.cpp's name of the type: Q8_0, Q4_K_M ...")
        ->required();
    command->add_option(
        "-o,--output",
        flags->output,
        "default: SOURCE-TYPE.gguf, beside the source; of ollama:NAME in the current folder");
    command->add_option("--imatrix",
                        flags->imatrix,
                        "importance matrix: a file, or make, which makes one from --imatrix-text");
    command->add_option(
        "--imatrix-text", flags->imatrix_text, "text file that --imatrix make shows the model");
    command
        ->add_option("--imatrix-chunks",
                     flags->imatrix_chunks,
                     "only the first N chunks (512 tokens) of that text; 0: all, default 0")
        ->check(CLI::Range(0, static_cast<int>(config::kImatrixChunks.high)));
    command->add_option("-t,--threads", flags->threads, "default: the physical cores");
    command->add_option(
        "--engine", flags->engine, "the program assay-engine; default: beside assay");
    command->add_flag("--allow-requantize",
                      flags->allow_requantize,
                      "also from a file that is quantized already: it loses twice");
    command->add_flag("-f,--force", flags->force, "replace a file that is there");
    command->add_flag("-q,--quiet", flags->quiet, "no progress");
    command->add_flag("--json", flags->json, "one JSON document on stdout");
    command->footer("Example:\n  assay quantize model-F16.gguf Q4_K_M -o model-Q4_K_M.gguf");
    command->callback([flags, &action] { action = [flags] { return quantize(*flags); }; });
}

}  // namespace assay::app
