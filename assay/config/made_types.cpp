#include "assay/config/made_types.hpp"

#include <fmt/format.h>

#include "assay/config/draft_step.hpp"
#include "assay/config/imatrix_entry.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/variant_entry.hpp"

namespace assay::config {
namespace {

class MadeTypes : DraftStep {
 public:
    using DraftStep::DraftStep;

    void check_type(const std::string& key, const VariantSpec& variant) {
        const TypeSource* source = variant.type();
        const auto type = source ? find_quant_type(source->type) : std::nullopt;
        if (!type) {
            return;
        }
        const std::string place = written(key + ".type") ? key + ".type" : key;
        // A baseline that names a file beside its answers was reported.
        const bool has_both = written("baseline.file") && written("baseline.answers");
        if (plan_.baseline.file().empty() && is_given(plan_.baseline) && !has_both) {
            add(place,
                fmt::format(
                    "{} is made from the baseline's file, and the baseline is {}",
                    type->name,
                    plan_.baseline.answers() ? "a file of answers" : "a model that a server runs"),
                "Name a GGUF file or a file of answers instead.");
        }
        if (type->needs_imatrix && source->imatrix.empty() && !source->imatrix_text) {
            add(place,
                fmt::format("{} needs an importance matrix", type->name),
                ways_to_an_imatrix(type->name));
        }
        check_imatrix_text(key, variant, draft_, problems_);
    }

    /// Sums of floats depend on their order, and llama.cpp keeps several adapters in none. Ollama's
    /// ADAPTER has no scale.
    void check_applied_lora(const std::string& key, const VariantSpec& variant) {
        const std::vector<LoraSpec> adapters = plan_.baseline.merged_lora();
        const std::size_t n = adapters.size();
        if (!variant.applies_lora()) {
            return;
        }
        if (n == 1 && variant.served() && adapters.front().scale != 1) {
            add(key + ".lora",
                fmt::format("applies the baseline's LoRA adapter with scale {}, and Ollama knows "
                            "scale 1 only",
                            adapters.front().scale),
                "Leave lora: applied out: the type is then made of the merged file.");
        }
        if (n == 1) {
            return;
        }
        const std::string remedy =
            n == 0 ? "Name it there: baseline: {file: model-F16.gguf, lora: [adapter.gguf]}, or "
                     "--lora adapter.gguf."
                   : "Leave lora: applied out: the type is then made of the merged file.";
        add(key + ".lora",
            n == 0 ? "applies the baseline's LoRA adapter, and the baseline has none"
                   : fmt::format("applies one LoRA adapter, and the baseline has {}", n),
            remedy);
    }
};

}  // namespace

void check_made_type(const std::string& key,
                     const VariantSpec& variant,
                     Draft& draft,
                     Problems& problems) {
    MadeTypes step(draft, problems);
    step.check_type(key, variant);
    step.check_applied_lora(key, variant);
}

}  // namespace assay::config
