#include "assay/app/text_fidelity_shown.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/perplexity/summary.hpp"
#include "assay/perplexity/tool_lines.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;
using perplexity::Figure;
using perplexity::Percentile;
using perplexity::TextSummary;

constexpr std::int64_t kFewChunks = 10;

std::vector<TextSummary> summaries_of(const TextMeasured& measured) {
    std::vector<TextSummary> out;
    for (const TextVariant& variant : measured.variants) {
        out.push_back(
            perplexity::summarize(variant.tokens, measured.n_per_chunk, measured.arithmetic));
    }
    return out;
}

bool baseline_was_read(const TextMeasured& measured) {
    return measured.baseline && !measured.baseline->nll.empty();
}

/// A column of names, and one for each variant.
class VariantTable {
 public:
    explicit VariantTable(const TextMeasured& measured) {
        columns_.push_back({false, {""}});
        for (const TextVariant& variant : measured.variants) {
            columns_.push_back({true, {report::plain_line(variant.name)}});
        }
    }
    /// A row; `cell` of each variant's place.
    void add(const std::string& name, const std::function<std::string(std::size_t)>& cell) {
        columns_[0].cells.push_back(name);
        for (std::size_t v = 0; v + 1 < columns_.size(); ++v) {
            columns_[v + 1].cells.push_back(cell(v));
        }
    }
    /// A figure with its two errors, times `factor`.
    void add(const std::string& name,
             const std::function<Figure(std::size_t)>& figure,
             int digits,
             double factor = 1) {
        const auto shown = [&](double value) {
            return fmt::format("{:.{}f}", factor * value, digits);
        };
        add(name, [&](std::size_t v) { return shown(figure(v).value); });
        add("  ± as if independent", [&](std::size_t v) { return shown(figure(v).error); });
        add("  ± by chunk", [&](std::size_t v) {
            const auto error = figure(v).chunk_error;
            return error ? shown(*error) : std::string("-");
        });
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const std::string& line : report::aligned_lines(columns_, 2)) {
            out += line + "\n";
        }
        return out;
    }

 private:
    std::vector<report::AlignedColumn> columns_;
};

std::string head_of(const TextMeasured& measured) {
    std::string out = fmt::format("text      {}, {} of its tokens in {} chunks of {}, {} scored\n",
                                  measured.text.empty() ? measured.base_file : measured.text,
                                  measured.n_chunks * measured.n_ctx,
                                  measured.n_chunks,
                                  measured.n_ctx,
                                  measured.n_chunks * measured.n_per_chunk);
    if (baseline_was_read(measured)) {
        const Figure ppl = perplexity::perplexity_of(measured.baseline->nll, measured.n_per_chunk);
        out += fmt::format(
            "baseline  {}, perplexity {:.4f} ± {:.5f} as if independent{}\n",
            measured.baseline->name,
            ppl.value,
            ppl.error,
            ppl.chunk_error ? fmt::format(", ± {:.5f} by chunk", *ppl.chunk_error) : "");
    } else {
        out += fmt::format("baseline  log-probabilities of {}\n", measured.base_file);
    }
    out +=
        measured.arithmetic == Arithmetic::kExact
            ? "figures   exact\n"
            : "figures   llama-perplexity's arithmetic: the baseline's log-probabilities are cut "
              "off 16 nats below the largest\n";
    return report::visible(out);
}

ordered_json json_figure(const Figure& figure) {
    const auto number = [](std::optional<double> value) {
        return value && std::isfinite(*value) ? ordered_json(*value) : ordered_json();
    };
    return {{"value", number(figure.value)},
            {"error", number(figure.error)},
            {"chunk_error", number(figure.chunk_error)}};
}

ordered_json json_percentiles(const std::vector<Percentile>& percentiles) {
    ordered_json out = ordered_json::object();
    for (const Percentile& percentile : percentiles) {
        out[std::string(percentile.name)] = percentile.value;
    }
    return out;
}

ordered_json json_file(const std::string& name, const ModelFile& file) {
    return {{"name", name},
            {"file", file.path},
            {"sha256", file.sha256},
            {"size_bytes", file.size_bytes},
            {"bits_per_weight", file.bits_per_weight()}};
}

ordered_json json_variant(const TextVariant& variant, const TextSummary& summary) {
    ordered_json out = json_file(variant.name, variant.file);
    out.update({{"n_tokens", summary.n_tokens},
                {"perplexity", json_figure(summary.ppl)},
                {"perplexity_baseline", json_figure(summary.ppl_base)},
                {"log_perplexity_ratio", json_figure(summary.log_ratio)},
                {"perplexity_ratio", json_figure(summary.ratio)},
                {"perplexity_difference", json_figure(summary.ppl_diff)},
                {"correlation", summary.correlation},
                {"kld", json_figure(summary.kld)},
                {"kld_percentiles", json_percentiles(summary.kld_percentiles)},
                {"p_diff", json_figure(summary.p_diff)},
                {"rms_p_diff", json_figure(summary.rms_p_diff)},
                {"p_diff_percentiles", json_percentiles(summary.p_diff_percentiles)},
                {"same_top", json_figure(summary.same_top)}});
    return out;
}

}  // namespace

std::string tool_text_of(const TextMeasured& measured) {
    std::string out;
    if (baseline_was_read(measured)) {
        out += fmt::format("== {}\n", report::plain_line(measured.baseline->name));
        out += perplexity::perplexity_lines(measured.baseline->nll, measured.n_per_chunk) + "\n";
    }
    for (const TextVariant& variant : measured.variants) {
        out += fmt::format("== {}\n", report::plain_line(variant.name));
        out += perplexity::divergence_lines(variant.tokens, measured.n_per_chunk) + "\n";
    }
    return out;
}

std::string table_of(const TextMeasured& measured) {
    std::string out = head_of(measured);
    for (const std::string& note : measured.notes) {
        out += "note      " + report::visible(note) + "\n";
    }
    if (measured.n_chunks < kFewChunks) {
        out += fmt::format(
            "note      {} chunks are few: errors by chunk are rough, and a longer "
            "text is better\n",
            measured.n_chunks);
    }
    if (measured.variants.empty()) {
        return out;
    }
    const std::vector<TextSummary> summaries = summaries_of(measured);
    const auto of = [&](Figure TextSummary::*figure) {
        return [&summaries, figure](std::size_t v) { return summaries[v].*figure; };
    };
    VariantTable table(measured);
    table.add("size",
              [&](std::size_t v) { return format_bytes(measured.variants[v].file.size_bytes); });
    table.add("perplexity", of(&TextSummary::ppl), 4);
    table.add("ln(perplexity / baseline's)", of(&TextSummary::log_ratio), 5);
    table.add("mean KL divergence", of(&TextSummary::kld), 6);
    for (std::size_t i = 0; i < summaries.front().kld_percentiles.size(); ++i) {
        const std::string name(summaries.front().kld_percentiles[i].name);
        if (name == "maximum" || name == "99.9%" || name == "99%" || name == "90%" ||
            name == "median") {
            table.add("  " + name, [&](std::size_t v) {
                return fmt::format("{:.6f}", summaries[v].kld_percentiles[i].value);
            });
        }
    }
    table.add("same top token, %", of(&TextSummary::same_top), 3, 100);
    table.add("RMS difference of p, %", of(&TextSummary::rms_p_diff), 3, 100);
    table.add("mean difference of p, %", of(&TextSummary::p_diff), 3, 100);
    return out + "\n" + table.text() +
           "\np: probability of the text's token. ± as if independent: llama-perplexity's standard "
           "error. ± by chunk:\nthe standard error that allows for dependence within a chunk.\n";
}

std::string json_of(const TextMeasured& measured) {
    const std::vector<TextSummary> summaries = summaries_of(measured);
    ordered_json baseline;
    if (measured.baseline) {
        baseline = json_file(measured.baseline->name, measured.baseline->file);
        if (baseline_was_read(measured)) {
            baseline["perplexity"] = json_figure(
                perplexity::perplexity_of(measured.baseline->nll, measured.n_per_chunk));
        }
    }
    ordered_json variants = ordered_json::array();
    for (std::size_t v = 0; v < summaries.size(); ++v) {
        variants.push_back(json_variant(measured.variants[v], summaries[v]));
    }
    const auto or_null = [](const std::string& text) {
        return text.empty() ? ordered_json() : ordered_json(text);
    };
    const ordered_json out{
        {"schema_version", 1},
        {"engine", measured.engine},
        {"arithmetic", measured.arithmetic == Arithmetic::kExact ? "exact" : "compatible"},
        {"text", or_null(measured.text)},
        {"text_sha256", or_null(measured.text_sha256)},
        {"n_text_tokens", measured.n_text_tokens},
        {"n_chunks", measured.n_chunks},
        {"ctx_size", measured.n_ctx},
        {"batch_size", measured.n_batch},
        {"scored_tokens_per_chunk", measured.n_per_chunk},
        {"kl_divergence_base", or_null(measured.base_file)},
        {"kl_divergence_base_read", measured.base_file_read},
        {"baseline", std::move(baseline)},
        {"variants", std::move(variants)},
        {"threads", measured.n_threads},
        {"n_passes", measured.n_passes},
        {"predicted_memory_bytes", measured.predicted_memory_bytes},
        {"peak_memory_bytes", measured.peak_memory_bytes},
        {"seconds", measured.seconds},
        {"notes", measured.notes}};
    return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay::app
