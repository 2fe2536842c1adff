#include "assay/app/answer_work.hpp"

#include <filesystem>
#include <optional>

#include "assay/app/host.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/variants/checkpoint_folder.hpp"
#include "assay/variants/ollama_store.hpp"

namespace assay::app {
namespace {

// Rules of thumb, only for the estimate of time. Measured on 2 cores of an AMD EPYC with AVX-512
// (docs/benchmarks.md): a core computes about 1e11 operations a second in prefill, and a decoded
// token costs about four times a prefill token's time at 16 slots.
constexpr double kOperationsPerCoreSecond = 1e11;
constexpr double kDecodeCost = 4;
constexpr double kCharactersPerToken = 4;
constexpr double kBytesPerWeight = 2;  // the baseline is F16 or BF16, most often

double n_weights_of(const std::string& file) {
    std::error_code error;
    if (const auto folder = checkpoint_of(file)) {
        const auto checkpoint = variants::look_at_checkpoint(*folder);
        return checkpoint ? static_cast<double>(checkpoint->weight_bytes) / kBytesPerWeight : 0;
    }
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : static_cast<double>(size) / kBytesPerWeight;
}

double prompt_tokens(const Plan& plan, std::span<const Question> questions) {
    double characters = 0;
    for (const Question& question : questions) {
        characters += static_cast<double>(question.text.size() + plan.generation.system.size() +
                                          plan.generation.prompt_template.size() / 2);
        for (const std::string& context : question.contexts) {
            characters += static_cast<double>(context.size());
        }
    }
    return characters / kCharactersPerToken;
}

}  // namespace

int n_threads_of(const Plan& plan) {
    return plan.engine.threads > 0 ? plan.engine.threads : describe_host().n_cores;
}

std::vector<std::string> files_to_run(const Plan& plan) {
    std::vector<std::string> out;
    const std::string baseline_file = plan.baseline.file();
    if (plan.baseline.runs_here()) {
        out.push_back(variants::path_of_model(baseline_file));
    }
    for (const VariantSpec& spec : plan.variants) {
        if (spec.runs_here()) {
            out.push_back(
                variants::path_of_model(baseline_file.empty() ? spec.file() : baseline_file));
        }
    }
    return out;
}

double answer_seconds(const Plan& plan, std::span<const Question> questions) {
    const double n_answers = static_cast<double>(questions.size()) * plan.generation.predict *
                             plan.generation.first_samples();
    const double tokens = prompt_tokens(plan, questions) + kDecodeCost * n_answers;
    double operations = 0;
    for (const std::string& file : files_to_run(plan)) {
        operations += 2 * n_weights_of(file) * tokens;
    }
    return operations / (kOperationsPerCoreSecond * n_threads_of(plan));
}

}  // namespace assay::app
