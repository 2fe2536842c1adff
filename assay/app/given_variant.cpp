#include "assay/app/given_variant.hpp"

#include <fmt/format.h>

#include "assay/base/clock.hpp"
#include "assay/base/result.hpp"
#include "assay/exchange/answers.hpp"

namespace assay::app {

void GivenVariant::check() {
    given_ = read_given_answers(*spec.answers(),
                                context().questions,
                                context().plan.dataset,
                                context().plan.generation.samples);
}

/// Answers to one question may have been joined by a number that means another document in each
/// file.
void GivenVariant::check_against(const VariantRun& baseline) {
    const auto* other = dynamic_cast<const GivenVariant*>(&baseline);
    if (other == nullptr) {
        return;
    }
    const std::string different = exchange::different_documents(
        other->given_->joined, given_->joined, context().questions);
    if (!different.empty()) {
        throw_usage(different,
                    given_->file.path,
                    fmt::format("Is it of the same task as {}?", other->given_->file.path));
    }
}

void GivenVariant::resolve(const ModelFile& /*baseline_file*/) {
    variant.origin = "answers that were made elsewhere";
    variant.answers = given_->file;
}

void GivenVariant::describe() {
    facts.name = variant.name;
    facts.answer_keys = given_->keys;
    std::vector<std::string>& notes = context().facts.notes;
    notes.push_back(
        fmt::format("{}: its answers were made elsewhere; with which prompts, passages, "
                    "settings and engine is not known, so not only the weights may differ",
                    variant.name));
    notes.insert(notes.end(), given_->notes.begin(), given_->notes.end());
    for (const std::string& note : given_->notes) {
        context().progress.note(note);
    }
}

/// What was read from a file is kept in the store: a report needs the file no more.
void GivenVariant::answer() {
    for (std::size_t q = 0; q < given_->keys.size(); ++q) {
        const std::string& key = given_->keys[q];
        if (!context().store->has_answer(key)) {
            context().store->save_answer(
                {key, variant.name, given_->file.sha256, given_->answers[q], utc_now()});
        }
    }
}

}  // namespace assay::app
