#include "assay/app/model_speed_shown.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"
#include "assay/speed/summary.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;
using speed::Measure;
using speed::MeasureSummary;
using speed::MedianEstimate;

/// Of each model, every measure.
using Summaries = std::vector<std::vector<MeasureSummary>>;

Summaries summaries_of_speed(const SpeedMeasured& measured) {
    Summaries out;
    const std::vector<SpeedSample>& baseline = measured.variants.front().samples;
    for (std::size_t v = 0; v < measured.variants.size(); ++v) {
        out.push_back(speed::summarize(measured.variants[v].samples,
                                       v == 0 ? std::span<const SpeedSample>() : baseline,
                                       measured.settings));
    }
    return out;
}

std::string title_of(Measure measure, const SpeedSettings& settings) {
    switch (measure) {
        case Measure::kLoad: return "load, s";
        case Measure::kPrefill: return fmt::format("prefill, {} tokens, t/s", settings.n_prompt);
        case Measure::kFirstToken: return "first token of that prompt, s";
        case Measure::kDecode: return fmt::format("decode, {} tokens, t/s", settings.n_answer);
        case Measure::kBatchDecode:
            return fmt::format("decode, {} at once, t/s together", settings.n_streams);
        case Measure::kPeakMemory: return "peak memory";
    }
    return "";
}

std::string shown_value(Measure measure, double value) {
    switch (measure) {
        case Measure::kLoad:
        case Measure::kFirstToken: return fmt::format("{:.3f}", value);
        case Measure::kPeakMemory: return format_bytes(static_cast<std::uint64_t>(value));
        default: return fmt::format("{:.1f}", value);
    }
}

/// "0.104 [0.101, 0.110]"
template <class Show>
std::string shown_estimate(const MedianEstimate& estimate, const Show& show) {
    if (estimate.coverage == 0) {
        return show(estimate.median);
    }
    return fmt::format(
        "{} [{}, {}]", show(estimate.median), show(estimate.low), show(estimate.high));
}

std::string shown_ratio(const MeasureSummary& summary) {
    if (!summary.ratio) {
        return "-";
    }
    return shown_estimate(*summary.ratio,
                          [](double value) { return fmt::format("{:.3f}", value); }) +
           (summary.differs().value_or(true) ? "" : " ~");
}

class SpeedTable {
 public:
    explicit SpeedTable(const SpeedMeasured& measured) {
        columns_.push_back({false, {""}});
        for (const SpeedVariant& variant : measured.variants) {
            columns_.push_back({true, {report::plain_line(variant.name)}});
        }
    }
    /// A row; `cell` of each model's place.
    template <class Cell>
    void add(const std::string& name, const Cell& cell) {
        columns_[0].cells.push_back(name);
        for (std::size_t v = 0; v + 1 < columns_.size(); ++v) {
            columns_[v + 1].cells.push_back(cell(v));
        }
    }
    [[nodiscard]] std::string text() const {
        return fmt::format("{}\n", fmt::join(report::aligned_lines(columns_, 2), "\n"));
    }

 private:
    std::vector<report::AlignedColumn> columns_;
};

std::string head_of_speed(const SpeedMeasured& measured) {
    return fmt::format(
        "machine   {}, {} cores; {} {}; {}; {}\n"
        "measured  {} {}; in each, every model once, in an engine process of its own; the order "
        "moves on by one\n",
        measured.host.cpu.empty() ? "not known" : measured.host.cpu,
        measured.host.n_cores,
        measured.n_threads,
        measured.n_threads == 1 ? "thread" : "threads",
        measured.variants.front().model.backends,
        measured.engine,
        measured.n_rounds,
        measured.n_rounds == 1 ? "round" : "rounds");
}

/// What the brackets are.
std::string legend(const SpeedMeasured& measured, const Summaries& summaries) {
    const double coverage = summaries.front().front().estimate.coverage;
    std::string out =
        "\nLoad: weights from the page cache into a fresh process. Prefill and decode: "
        "llama-bench's "
        "pp and tg, each\nfrom an empty memory. First token: the prompt, and the first choice. "
        "Peak memory: of the process.\n";
    if (coverage == 0) {
        return out + "One round: no intervals. Take --repetitions 6 or more.\n";
    }
    out += fmt::format(
        "Medians; [ ] holds the true one with {:.1f} % ({}). Ratios to {}: medians of the rounds' "
        "ratios.\n",
        100 * coverage,
        coverage < 0.95 ? "lowest and highest; from 6 repetitions on, 95 % at least"
                        : "order statistics",
        report::plain_line(measured.variants.front().name));
    if (coverage < speed::kLeastCoverage) {
        out += fmt::format("{} rounds are too few to say what differs: take 5 or more.\n",
                           measured.n_rounds);
    }
    return out;
}

/// A sentence for each variant of which something does not differ.
std::string no_difference(const SpeedMeasured& measured, const Summaries& summaries) {
    std::string out;
    for (std::size_t v = 1; v < summaries.size(); ++v) {
        std::vector<std::string> same;
        for (const MeasureSummary& summary : summaries[v]) {
            if (!summary.differs().value_or(true)) {
                same.push_back(title_of(summary.measure, measured.settings));
            }
        }
        if (!same.empty()) {
            out += fmt::format("~ {}: no difference from {} was seen in: {}.\n",
                               report::plain_line(measured.variants[v].name),
                               report::plain_line(measured.variants.front().name),
                               fmt::join(same, "; "));
        }
    }
    return out;
}

ordered_json json_estimate(const MedianEstimate& estimate) {
    const auto or_null = [&](double value) {
        return estimate.coverage > 0 ? ordered_json(value) : ordered_json();
    };
    return {{"median", estimate.median},
            {"low", or_null(estimate.low)},
            {"high", or_null(estimate.high)},
            {"coverage", or_null(estimate.coverage)}};
}

ordered_json json_variant_speed(const SpeedVariant& variant,
                                const std::vector<MeasureSummary>& summaries) {
    ordered_json out{{"name", variant.name},
                     {"file", variant.file.path},
                     {"sha256", variant.file.sha256},
                     {"size_bytes", variant.size_bytes()},
                     {"bits_per_weight", variant.file.bits_per_weight()},
                     {"type", variant.model.type},
                     {"recipe", describe_recipe(variant.recipe)},
                     {"predicted_memory_bytes", variant.predicted_memory_bytes},
                     {"measures", ordered_json::object()}};
    if (variant.lora) {
        out["lora"] = {{"file", variant.lora->path},
                       {"sha256", variant.lora->sha256},
                       {"size_bytes", variant.lora->size_bytes},
                       {"scale", variant.lora->scale}};
    }
    for (const MeasureSummary& summary : summaries) {
        ordered_json measure = json_estimate(summary.estimate);
        measure["values"] = summary.values;
        measure["ratio"] = summary.ratio ? json_estimate(*summary.ratio) : ordered_json();
        measure["differs"] = summary.differs() ? ordered_json(*summary.differs()) : ordered_json();
        out["measures"][std::string(speed::key_of(summary.measure))] = std::move(measure);
    }
    return out;
}

}  // namespace

std::string speed_table(const SpeedMeasured& measured) {
    const Summaries summaries = summaries_of_speed(measured);
    std::string out = report::visible(head_of_speed(measured));
    for (const std::string& note : measured.notes) {
        out += "note      " + report::visible(note) + "\n";
    }
    SpeedTable table(measured);
    const SpeedVariant& baseline = measured.variants.front();
    table.add("file size",
              [&](std::size_t v) { return format_bytes(measured.variants[v].size_bytes()); });
    if (measured.variants.size() > 1) {
        table.add("  ratio", [&](std::size_t v) {
            return v == 0 ? std::string("-")
                          : fmt::format("{:.3f}",
                                        static_cast<double>(measured.variants[v].size_bytes()) /
                                            static_cast<double>(baseline.size_bytes()));
        });
    }
    table.add("bits a weight", [&](std::size_t v) {
        return fmt::format("{:.2f}", measured.variants[v].file.bits_per_weight());
    });
    for (std::size_t m = 0; m < speed::kMeasures.size(); ++m) {
        const Measure measure = speed::kMeasures[m];
        table.add(title_of(measure, measured.settings), [&](std::size_t v) {
            return shown_estimate(summaries[v][m].estimate,
                                  [&](double value) { return shown_value(measure, value); });
        });
        if (measured.variants.size() > 1) {
            table.add("  ratio", [&](std::size_t v) { return shown_ratio(summaries[v][m]); });
        }
    }
    return out + "\n" + table.text() + legend(measured, summaries) +
           no_difference(measured, summaries);
}

std::string speed_json(const SpeedMeasured& measured) {
    const Summaries summaries = summaries_of_speed(measured);
    ordered_json variants = ordered_json::array();
    for (std::size_t v = 0; v < summaries.size(); ++v) {
        variants.push_back(json_variant_speed(measured.variants[v], summaries[v]));
    }
    const auto or_null = [](const std::string& text) {
        return text.empty() ? ordered_json() : ordered_json(text);
    };
    const bool load_is_known = measured.load.n_known > 0;
    const ordered_json out{
        {"schema_version", 1},
        {"engine", measured.engine},
        {"machine",
         {{"cpu", or_null(measured.host.cpu)},
          {"cores", measured.host.n_cores},
          {"os", or_null(measured.host.os)},
          {"backends", measured.variants.front().model.backends}}},
        {"threads", measured.n_threads},
        {"n_gpu_layers", measured.n_gpu_layers},
        {"prompt_tokens", measured.settings.n_prompt},
        {"answer_tokens", measured.settings.n_answer},
        {"batch", measured.settings.n_streams},
        {"ubatch_size", measured.settings.n_ubatch},
        {"repetitions", measured.n_rounds},
        {"baseline", measured.variants.front().name},
        {"variants", std::move(variants)},
        {"other_load",
         {{"n_measurements", measured.load.n_known},
          {"n_loaded", load_is_known ? ordered_json(measured.load.n_loaded) : ordered_json()},
          {"most_cores", load_is_known ? ordered_json(measured.load.most_cores) : ordered_json()}}},
        {"notes", measured.notes}};
    return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string speed_bench_lines(const SpeedMeasured& measured) {
    std::string out;
    for (const SpeedVariant& variant : measured.variants) {
        out += speed::bench_lines(variant.model, variant.samples, measured.settings);
    }
    return out;
}

}  // namespace assay::app
