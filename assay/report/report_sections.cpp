#include "assay/report/report_sections.hpp"

#include "assay/records/judge_provider.hpp"
#include "assay/report/figure_text.hpp"

namespace assay::report {

Block nothing_was_judged() {
    return Paragraph{"Nothing was judged: not measured."};
}

Block table_or_nothing(Table table) {
    if (table.empty()) {
        return nothing_was_judged();
    }
    return table;
}

const ReportVariant* baseline_of(const ReportModel& model) {
    return model.variants.empty() ? nullptr : &model.variants.front();
}

bool is_metric(const ReportJudge& judge) {
    return assay::is_metric(judge.provider);
}

Text relative_text(double value, double baseline) {
    if (!(value > 0 && baseline > 0)) {
        return {};
    }
    return say(" ({} % of the baseline)", decimals_text(value / baseline * 100, 1));
}

std::vector<Text> row_of(const ComparisonAnalysis& analysis, std::vector<Text> figures) {
    std::vector<Text> cells{code(analysis.variant), code(analysis.judge)};
    cells.insert(cells.end(), figures.begin(), figures.end());
    return cells;
}

}  // namespace assay::report
