#include "assay/app/expect_fidelity.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "assay/app/fidelity.hpp"

namespace assay::app {

void expect_fidelity(RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants) {
    if (!context.options.fidelity || context.options.only_judge) {
        return;
    }
    const VariantRun& baseline = *variants.front();
    auto fidelity = std::make_unique<Fidelity>(context.plan.run_dir, baseline.variant.file.path);
    for (const auto& variant : variants.subspan(1)) {
        run::VariantFacts& facts = variant->facts;
        facts.no_fidelity = variant->why_no_fidelity(baseline);
        for (std::size_t q = 0; facts.no_fidelity.empty() && q < context.questions.size(); ++q) {
            if (has_to_read(*context.store, baseline.facts.answer_keys[q], facts.answer_keys[q])) {
                fidelity->want(context.questions[q].id);
            }
        }
    }
    if (!fidelity->wanted().empty()) {
        context.fidelity = std::move(fidelity);
    }
}

void note_fidelity(RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants) {
    const Fidelity* fidelity = context.fidelity.get();
    if (fidelity != nullptr && fidelity->n_left_out() > 0) {
        context.facts.notes.push_back(
            fmt::format("fidelity leaves out {} answers: the rows of more than {} would not "
                        "have fitted the disk",
                        fidelity->n_left_out(),
                        fidelity->rows().n_answers()));
    }
    for (std::size_t v = 1; v < variants.size(); ++v) {
        std::string& reason = variants[v]->facts.no_fidelity;
        if (reason.empty() && fidelity != nullptr && fidelity->failed()) {
            reason = fidelity->failure();
        }
        context.facts.variants[v].no_fidelity = reason;
    }
}

}  // namespace assay::app
