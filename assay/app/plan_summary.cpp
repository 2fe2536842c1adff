#include "assay/app/plan_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "assay/app/host.hpp"
#include "assay/base/text.hpp"

namespace assay::app {
namespace {

// Rules of thumb, only for the estimate of time. Measured on 2 cores of an AMD EPYC with AVX-512 (docs/benchmarks.md): a core computes
// about 1e11 operations a second in prefill, and a decoded token costs about four times a prefill token's time at 16 slots.
constexpr double kOperationsPerCoreSecond = 1e11;
constexpr double kDecodeCost = 4;
constexpr double kCharactersPerToken = 4;
constexpr double kBytesPerWeight = 2;  // the baseline is F16 or BF16, most often

double n_weights_of(const std::string& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : static_cast<double>(size) / kBytesPerWeight;
}

double prompt_tokens(const Plan& plan, std::span<const Question> questions) {
    double characters = 0;
    for (const Question& question : questions) {
        characters += static_cast<double>(question.text.size() + plan.generation.system.size() + plan.generation.prompt_template.size() / 2);
        for (const std::string& context : question.contexts) characters += static_cast<double>(context.size());
    }
    return characters / kCharactersPerToken;
}

}  // namespace

std::string summarize_plan(const Plan& plan, std::span<const Question> questions) {
    const Host host = describe_host();
    const int threads = plan.engine.threads > 0 ? plan.engine.threads : host.n_cores;
    std::vector<std::string> names, judges;
    for (const VariantSpec& spec : plan.variants) names.push_back(spec.name);
    for (const JudgeSpec& spec : plan.judges) judges.push_back(spec.provider == "reference" ? "reference (token F1, a metric)" : fmt::format("{} ({} at {})", spec.name, spec.model, spec.url));
    const double n = static_cast<double>(questions.size());
    const double operations = 2 * n_weights_of(plan.baseline.file) * (prompt_tokens(plan, questions) + kDecodeCost * n * plan.generation.predict);
    const double seconds = operations / (kOperationsPerCoreSecond * threads) * static_cast<double>(plan.variants.size() + 1);
    std::size_t calls = 0;
    for (const JudgeSpec& spec : plan.judges) calls += spec.provider == "reference" ? 0 : questions.size() * plan.variants.size();

    std::string out = fmt::format("experiment {}\n", plan.name);
    out += fmt::format("  baseline   {} ({})\n", plan.baseline.name, plan.baseline.file);
    out += fmt::format("  variants   {}\n", fmt::join(names, ", "));
    out += fmt::format("  questions  {} of {}\n", questions.size(), plan.dataset.file);
    out += fmt::format("  answers    at most {} tokens each, temperature {}, {} threads\n", plan.generation.predict, plan.generation.temp, threads);
    out += fmt::format("  judges     {}{}\n", fmt::join(judges, ", "), calls > 0 ? fmt::format("; at most {} calls", calls) : "");
    out += fmt::format("  decision   net win rate, margin {:g} points, alpha {:g}\n", plan.analysis.margin * 100, plan.analysis.alpha);
    out += fmt::format("  run        {}\n", plan.run_dir);
    out += fmt::format("  time       about {} for {} answers if none is there yet (a rule of thumb: half to twice that)\n", format_duration(seconds), questions.size() * (plan.variants.size() + 1));
    return out;
}

}  // namespace assay::app
