#include "assay/config/variant_entry.hpp"

#include <utility>

namespace assay::config {

VariantSource source_of(VariantEntry entry) {
    if (!entry.answers.empty()) {
        return AnswersSource{
            std::move(entry.answers), entry.allow_missing, std::move(entry.fields)};
    }
    const bool is_served = !entry.served.provider.empty();
    if (is_served && !entry.served.model.empty()) {
        return ServedSource{std::move(entry.served)};
    }
    if (!entry.type.empty()) {
        TypeSource type{std::move(entry.type),
                        std::move(entry.imatrix),
                        entry.lora_applied,
                        std::move(entry.imatrix_text)};
        return is_served ? VariantSource(ServedSource{std::move(entry.served), std::move(type)})
                         : VariantSource(std::move(type));
    }
    FileSource file{std::move(entry.file), std::move(entry.lora)};
    return is_served ? VariantSource(ServedSource{std::move(entry.served), std::move(file)})
                     : VariantSource(std::move(file));
}

VariantEntry entry_of(const VariantSpec& variant) {
    VariantEntry entry;
    entry.file = variant.file();
    entry.lora = variant.merged_lora();
    if (const TypeSource* type = variant.type()) {
        entry.type = type->type;
        entry.imatrix = type->imatrix;
        entry.imatrix_text = type->imatrix_text;
        entry.lora_applied = type->lora_applied;
    }
    if (const AnswersSource* answers = variant.answers()) {
        entry.answers = answers->file;
        entry.allow_missing = answers->allow_missing;
        entry.fields = answers->fields;
    }
    if (const ServedSource* served = variant.served()) {
        entry.served = served->server;
    }
    return entry;
}

bool is_given(const VariantSpec& variant) {
    const VariantEntry entry = entry_of(variant);
    return !entry.type.empty() || !entry.file.empty() || !entry.answers.empty() ||
           !entry.served.model.empty();
}

}  // namespace assay::config
