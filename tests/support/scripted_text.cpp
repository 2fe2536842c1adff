#include "scripted_text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/perplexity/chunks.hpp"
#include "assay/perplexity/row_scores.hpp"

namespace assay::test {
namespace {

std::vector<float> logits_behind(const ScriptedTextModel& model, std::int32_t token) {
    std::vector<float> out;
    for (int i = 0; i < kScriptedVocabulary; ++i) {
        const double sound = (token * 31 + i * 17) % 97 / 8.0;
        const double harm = (token * 7 + i * 13) % 11 / 4.0;
        out.push_back(model.broken ? std::numeric_limits<float>::quiet_NaN()
                                   : static_cast<float>(sound + model.damage * harm));
    }
    return out;
}

}  // namespace

Result<wire::ScoredText> score_scripted_text(const std::vector<ScriptedTextModel>& models,
                                             bool has_baseline,
                                             const wire::TextSettings& settings,
                                             const wire::ScoreText& request) {
    const auto not_finite = [](const ScriptedTextModel& model) {
        return fail("gives numbers that are not finite", model.path, "Get it again.");
    };
    const std::size_t n_row = perplexity::n_row_values(kScriptedVocabulary);
    std::vector<std::uint16_t> rows(request.rows.size() / 2);
    std::copy(request.rows.begin(), request.rows.end(), reinterpret_cast<char*>(rows.data()));
    std::vector<double> nll;
    std::vector<std::vector<TextToken>> tokens(models.size());
    const std::int64_t n_ctx = settings.n_ctx;
    const auto n_chunks = static_cast<std::int64_t>(request.tokens.size()) / n_ctx;
    std::size_t place = 0;
    for (std::int64_t chunk = 0; chunk < n_chunks; ++chunk) {
        for (std::int64_t at = perplexity::first_scored(n_ctx); at < n_ctx - 1; ++at, ++place) {
            const auto here = static_cast<std::size_t>(chunk * n_ctx + at);
            const std::int32_t next = request.tokens[here + 1];
            perplexity::ExactRow exact;
            std::vector<float> base;
            if (has_baseline) {
                base = logits_behind(models.front(), request.tokens[here]);
                rows.resize((place + 1) * n_row);
                const auto row = std::span(rows).subspan(place * n_row, n_row);
                const auto compatible = perplexity::write_compatible_row(base, next, row);
                if (!compatible || !exact.read(base)) {
                    return not_finite(models.front());
                }
                nll.push_back(request.compatible ? *compatible : *exact.nll(next));
            }
            for (std::size_t m = has_baseline ? 1 : 0; m < models.size(); ++m) {
                const auto own = logits_behind(models[m], request.tokens[here]);
                const auto scored = request.compatible || !has_baseline
                                        ? perplexity::compare_compatible(
                                              own,
                                              next,
                                              std::span(rows).subspan(place * n_row, n_row))
                                        : exact.compare(own, next);
                if (!scored) {
                    return not_finite(models[m]);
                }
                tokens[m].push_back(*scored);
            }
        }
    }
    wire::ScoredText out;
    out.nll = wire::pack_doubles(nll);
    for (const auto& own : tokens) {
        out.tokens += wire::pack_text_tokens(own);
    }
    if (request.want_rows) {
        out.rows.assign(reinterpret_cast<const char*>(rows.data()), rows.size() * 2);
    }
    out.peak_memory_bytes = 77;
    return out;
}

}  // namespace assay::test
