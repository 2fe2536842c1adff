#include "assay/run/fidelity_report.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "assay/analysis/fidelity.hpp"
#include "assay/analysis/kld_fifths.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"

namespace assay::run {
namespace {

constexpr std::size_t kShownCharacters = 40;   // of the text from a difference on
constexpr std::size_t kLongestWordBytes = 40;  // a longer one is no word to a reader

bool has_fidelity(const StoredRun& stored) {
    if (stored.facts.self_reading) {
        return true;
    }
    for (std::size_t v = 1; v < stored.variants.size(); ++v) {
        const auto& read = stored.fidelity[v];
        if (!stored.facts.variants[v].no_fidelity.empty() ||
            std::any_of(
                read.begin(), read.end(), [](const auto& each) { return each.has_value(); })) {
            return true;
        }
    }
    return false;
}

std::optional<analysis::TextPair> text_pair(const std::optional<Answer>& baseline,
                                            const std::optional<Answer>& variant) {
    if (!is_there(baseline) || !is_there(variant)) {
        return std::nullopt;
    }
    const auto difference = first_difference(baseline->text, variant->text);
    const std::int64_t n = n_words(baseline->text);
    return analysis::TextPair{!difference, n, difference ? difference->n_words : n};
}

VariantFidelity variant_fidelity(const StoredRun& stored,
                                 std::size_t variant,
                                 const std::vector<std::int64_t>& clusters) {
    VariantFidelity out;
    out.variant = stored.variants[variant].name;
    out.why = stored.facts.variants[variant].no_fidelity;
    out.tokens = analysis::distance_of(stored.fidelity[variant], clusters);
    if (!out.tokens) {
        out.told = analysis::told_distance_of(stored.told[variant], clusters);
    }
    std::vector<std::optional<analysis::TextPair>> pairs;
    for (std::size_t q = 0; q < stored.questions.size(); ++q) {
        const auto& answer = stored.answers[variant][q];
        pairs.push_back(text_pair(stored.answers[0][q], answer));
        if (is_there(answer)) {
            out.n_answer_tokens += answer->n_tokens();
            out.n_verified_tokens += answer->n_verified_tokens;
        }
    }
    analysis::add_texts(out, pairs, clusters);
    return out;
}

/// Of one comparison; the questions in the dataset's order.
std::optional<OutcomesByKld> by_kld(const StoredRun& stored,
                                    const report::ReportComparison& comparison,
                                    const std::vector<std::int64_t>& clusters) {
    const auto& read = stored.fidelity[stored.variant_index(comparison.analysis.variant)];
    std::map<std::string_view, std::vector<Outcome>> outcomes;
    for (const report::JudgedItem& item : comparison.items) {
        if (item.sample > 0) {
            continue;  // what was read are the first ones
        }
        outcomes[item.outcome.question_id].push_back(item.outcome);
    }
    std::vector<analysis::MeasuredQuestion> measured;
    for (std::size_t q = 0; q < stored.questions.size(); ++q) {
        if (read[q]) {
            measured.push_back({read[q]->distance.mean_kld(),
                                clusters[q],
                                std::move(outcomes[stored.questions[q].id])});
        }
    }
    auto out = analysis::outcomes_by_kld(std::move(measured));
    if (out) {
        out->variant = comparison.analysis.variant;
        out->judge = comparison.analysis.judge;
    }
    return out;
}

void add_to_items(report::ReportComparison& comparison, const StoredRun& stored) {
    const std::size_t v = stored.variant_index(comparison.analysis.variant);
    std::map<std::string_view, std::size_t> places;
    for (std::size_t q = 0; q < stored.questions.size(); ++q) {
        places.emplace(stored.questions[q].id, q);
    }
    for (report::JudgedItem& item : comparison.items) {
        const std::size_t q = places.at(item.outcome.question_id);
        if (item.sample > 0) {
            continue;
        }
        if (const auto& read = stored.fidelity[v][q]) {
            item.distance = read->distance;
        } else if (is_there(stored.answers[0][q]) && is_there(stored.answers[v][q])) {
            item.text_divergence = text_divergence(item.baseline_answer, item.variant_answer);
        }
    }
}

/// The text from `place` on, as much as a reader needs to see what differs.
std::string shown_from(std::string_view text, std::size_t place) {
    return shorten(text.substr(place), kShownCharacters);
}

}  // namespace

bool is_there(const std::optional<Answer>& answer) {
    return answer && answer->stop_reason != StopReason::kFailed;
}

std::optional<TextDivergence> text_divergence(std::string_view baseline, std::string_view variant) {
    const auto difference = first_difference(baseline, variant);
    if (!difference) {
        return std::nullopt;
    }
    const bool word_is_short = difference->place - difference->word <= kLongestWordBytes;
    const std::size_t from = word_is_short ? difference->word : difference->place;
    return TextDivergence{
        difference->n_words, shown_from(baseline, from), shown_from(variant, from)};
}

void add_fidelity(report::ReportModel& model, const StoredRun& stored) {
    if (!has_fidelity(stored)) {
        return;
    }
    const std::vector<std::int64_t> clusters = analysis::clusters_of(stored.questions);
    FidelityReport& out = model.fidelity.emplace();
    out.self_reading = stored.facts.self_reading;
    for (std::size_t v = 1; v < stored.variants.size(); ++v) {
        out.variants.push_back(variant_fidelity(stored, v, clusters));
    }
    for (report::ReportComparison& comparison : model.comparisons) {
        add_to_items(comparison, stored);
    }
    if (model.panel) {
        for (report::ReportComparison& comparison : model.panel->comparisons) {
            add_to_items(comparison, stored);
        }
    }
    for (const report::ReportComparison* comparison : report::deciding_comparisons(model)) {
        if (auto rows = by_kld(stored, *comparison, clusters)) {
            out.by_kld.push_back(std::move(*rows));
        }
    }
}

}  // namespace assay::run
