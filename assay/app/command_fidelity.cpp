#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "assay/app/commands.hpp"
#include "assay/app/engine_flags.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/named_models.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/terminal.hpp"
#include "assay/app/text_fidelity.hpp"
#include "assay/app/text_fidelity_shown.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::app {
namespace {

struct FidelityFlags {
    std::string baseline;
    std::vector<std::string> variants;
    std::string text;
    std::string base_file;
    std::string imatrix;
    std::optional<int> ctx_size;
    int batch_size = 512;
    std::optional<int> n_chunks;
    EngineFlags engine{};
    bool compatible = false;
    bool quiet = false;
    bool json = false;
};

TextRequest request_of(const FidelityFlags& flags) {
    config::Problems problems;
    TextRequest out;
    const std::filesystem::path here = std::filesystem::current_path();
    NamedModels models = named_models(
        {flags.baseline, flags.variants, flags.imatrix}, "a text is read", problems);
    out.baseline = std::move(models.baseline);
    out.variants = std::move(models.variants);
    const auto path_of = [&](const std::string& flag, const std::string& text) {
        return text.empty() ? std::string()
                            : config::absolute_path(here, text, {flag, 0, 0, ""}, problems);
    };
    out.text = path_of("--text", flags.text);
    out.base_file = path_of("--kl-divergence-base", flags.base_file);
    if (auto failures = problems.take(); !failures.empty()) {
        throw_all(failures);
    }
    out.engine = flags.engine.program;
    out.ctx_size = flags.ctx_size;
    out.batch_size = flags.batch_size;
    out.n_chunks = flags.n_chunks;
    out.n_threads = flags.engine.threads.value_or(out.n_threads);
    out.n_gpu_layers = flags.engine.n_gpu_layers.value_or(out.n_gpu_layers);
    out.compatible = flags.compatible;
    return out;
}

int fidelity(const FidelityFlags& flags) {
    const TextRequest request = request_of(flags);
    TerminalProgress progress(flags.quiet);
    const TextMeasured measured = measure_text(request, interrupted(), progress);
    if (flags.json) {
        std::fputs(json_of(measured).c_str(), stdout);
        return 0;
    }
    const std::string lines = measured.arithmetic == Arithmetic::kCompatible
                                  ? tool_text_of(measured)
                                  : std::string();
    std::fputs((lines + table_of(measured)).c_str(), stdout);
    return 0;
}

}  // namespace

void add_fidelity_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<FidelityFlags>();
    CLI::App* command = app.add_subcommand(
        "fidelity",
        "how far variants are from the original on a text: perplexity and KL divergence, with "
        "llama-perplexity's definitions, several variants at once, and no file of logits");
    command->add_option("-m,--baseline,--model",
                        flags->baseline,
                        "the original: a GGUF, or ollama:NAME; NAME= before it gives it a name");
    command
        ->add_option("--variants,--variant",
                     flags->variants,
                     "what is compared with it, separated by commas: types to make of it "
                     "(Q8_0,Q4_K_M), GGUF files, ollama:NAME; NAME= before one gives it a name. "
                     "Without one: the perplexity of the original")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("-f,--text,--file", flags->text, "the text, UTF-8");
    command
        ->add_option(
            "-c,--ctx-size", flags->ctx_size, "tokens of a chunk; the later half is scored; 512")
        ->check(CLI::Range(16, 10'000'000));
    command
        ->add_option("-b,--batch-size",
                     flags->batch_size,
                     "tokens that are computed at once; figures depend on it in their last digits; "
                     "default 512")
        ->check(CLI::Range(16, 10'000'000));
    command->add_option("--chunks", flags->n_chunks, "at most so many chunks; default: all")
        ->check(CLI::Range(1, 1'000'000'000));
    command->add_flag("--compatible",
                      flags->compatible,
                      "llama-perplexity's arithmetic and lines, equal to its printed digits");
    command->add_option("--kl-divergence-base,--save-all-logits",
                        flags->base_file,
                        "llama-perplexity's file of the original's log-probabilities: read in "
                        "place of the original if it is there, written if not");
    command->add_option(
        "--imatrix", flags->imatrix, "importance matrix for the types that are made");
    add_engine_flags(*command, flags->engine);
    command->add_flag("-q,--quiet", flags->quiet, "no progress");
    command->add_flag("--json", flags->json, "one JSON document on stdout");
    command->footer(
        "Examples:\n"
        "  assay fidelity --baseline model-F16.gguf --variants Q8_0,Q4_K_M --text wiki.txt\n"
        "  assay fidelity --baseline model-F16.gguf --text wiki.txt --kl-divergence-base "
        "base.kld\n"
        "  assay fidelity --kl-divergence-base base.kld --variants model-Q4_K_M.gguf\n"
        "Figures and formats: docs/perplexity.md.");
    command->callback([flags, &action] { action = [flags] { return fidelity(*flags); }; });
}

}  // namespace assay::app
