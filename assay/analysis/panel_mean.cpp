#include "assay/analysis/panel_mean.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

namespace assay::analysis {
namespace {

/// What one judge said of one sample.
struct Verdicts {
    int n = 0;
    int sum = 0;
};
/// By sample, then by judge: what the means are made of, in a fixed order.
using BySample = std::map<int, std::map<int, Verdicts>>;

PanelMean mean_of(const BySample& samples) {
    PanelMean out;
    double total = 0;
    std::int64_t n_samples = 0, n_asked = 0, n_gave = 0, n_each = 0;
    bool as_many_each = true;
    for (const auto& [sample, judges] : samples) {
        double of_sample = 0;
        std::int64_t n_judges = 0;
        for (const auto& [judge, verdicts] : judges) {
            ++n_asked;
            n_each = std::max<std::int64_t>(n_each, verdicts.n);
            if (verdicts.n > 0) {
                of_sample += static_cast<double>(verdicts.sum) / verdicts.n;
                ++n_judges;
            }
        }
        n_gave += n_judges;
        if (n_judges > 0) {
            total += of_sample / static_cast<double>(n_judges);
            ++n_samples;
        }
    }
    for (const auto& [sample, judges] : samples) {
        as_many_each = as_many_each && judges.size() == samples.begin()->second.size();
        for (const auto& [judge, verdicts] : judges) {
            as_many_each = as_many_each && verdicts.n == n_each;
        }
    }
    out.enough_judges = 2 * n_gave >= n_asked;
    if (!as_many_each && n_samples > 0) {
        out.mean = total / static_cast<double>(n_samples);
    }
    return out;
}

}  // namespace

bool is_of_panel(std::span<const Outcome> outcomes) {
    return std::any_of(
        outcomes.begin(), outcomes.end(), [](const Outcome& each) { return each.judge > 0; });
}

std::vector<PanelMean> panel_means(std::span<const Outcome> outcomes,
                                   const Dependence& dependence,
                                   std::span<const std::optional<int>> values) {
    std::vector<BySample> questions(dependence.n_questions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        Verdicts& verdicts = questions[dependence.question[i]][outcomes[i].sample]
                                      [outcomes[i].judge];
        if (values[i]) {
            ++verdicts.n;
            verdicts.sum += *values[i];
        }
    }
    std::vector<PanelMean> out;
    for (const BySample& question : questions) {
        out.push_back(mean_of(question));
    }
    return out;
}

}  // namespace assay::analysis
