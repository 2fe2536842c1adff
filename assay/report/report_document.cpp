#include "assay/report/report_document.hpp"

#include "assay/report/render_markdown.hpp"
#include "assay/report/report_sections.hpp"
#include "assay/report/shown_section.hpp"

namespace assay::report {
namespace {

Text title_of(const ReportExperiment& experiment) {
    return say("assay: {}",
               experiment.name.empty() ? Text("experiment") : foreign(experiment.name));
}

void add_if(Document& document, std::optional<Section> section) {
    if (section) {
        document.sections.push_back(std::move(*section));
    }
}

}  // namespace

Document report_document(const ReportModel& model) {
    Document out{title_of(model.experiment)};
    if (!model.recommendation.sentence.empty()) {
        out.open_with(Paragraph{foreign(model.recommendation.sentence)});
    }
    if (model.experiment.exploratory) {
        out.open_with(Paragraph{
            say("{} {}", strong("Exploratory:"), foreign(model.experiment.exploratory_why))});
    }
    out.sections = {key_finding_section(model),
                    models_section(model),
                    controls_section(model),
                    blinding_section(model),
                    match_outcomes_section(model),
                    win_rates_section(model),
                    significance_section(model),
                    net_win_rate_section(model),
                    position_section(model),
                    confidence_section(model),
                    lost_questions_section(model),
                    failures_section(model)};
    add_if(out, fidelity_section(model));
    if (auto retrieval = retrieval_section(model)) {
        out.sections.insert(out.sections.begin() + 3, std::move(*retrieval));
    }
    if (auto shown = shown_section(model.decisions_shown)) {
        out.sections.insert(out.sections.begin() + 1, std::move(*shown));
    }
    add_if(out, stopping_section(model));
    add_if(out, sensitivity_section(model));
    out.sections.push_back(practical_section(model));
    out.sections.push_back(caveats_section(model));
    out.sections.push_back(sample_size_section(model));
    out.sections.push_back(reproducibility_section(model));
    out.sections.push_back(conclusion_section(model));
    return out;
}

std::string report_markdown(const ReportModel& model) {
    std::string text = render_markdown(report_document(model));
    text.pop_back();  // the empty line after the last block
    return text;
}

}  // namespace assay::report
