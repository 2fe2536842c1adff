#include <algorithm>

#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

/// What the judge that decides says of the variant.
Text quality_text(const ReportModel& model, const Variant& variant) {
    if (variant.role == Role::kBaseline) {
        return "the baseline";
    }
    for (const ReportComparison* comparison : deciding_comparisons(model)) {
        if (comparison->analysis.variant == variant.name) {
            return decision_text(comparison->analysis.decision);
        }
    }
    return not_measured();
}

/// One variant's figures beside the baseline's.
class PracticalRow {
 public:
    PracticalRow(const ReportModel& model, const ReportVariant& v)
        : model_(model),
          v_(v),
          baseline_(*baseline_of(model)),
          speed_(v.speed.value_or(Speed{})),
          base_(baseline_.speed.value_or(Speed{})) {}

    [[nodiscard]] Text name() const { return code(v_.variant.name); }
    [[nodiscard]] Text quality() const { return quality_text(model_, v_.variant); }
    [[nodiscard]] Text file_size() const {
        return size_cell(v_.variant.size_bytes(), baseline_.variant.size_bytes());
    }
    [[nodiscard]] Text load() const { return speed_cell(speed_.load_s, base_.load_s); }
    [[nodiscard]] Text prefill() const {
        return speed_cell(speed_.prefill_tokens_per_s, base_.prefill_tokens_per_s);
    }
    [[nodiscard]] Text first_token() const { return speed_cell(v_.prompt_ms, baseline_.prompt_ms); }
    [[nodiscard]] Text decode() const {
        return speed_cell(speed_.decode_tokens_per_s, base_.decode_tokens_per_s);
    }
    [[nodiscard]] Text peak_memory() const {
        return size_cell(speed_.peak_memory_bytes, base_.peak_memory_bytes);
    }
    [[nodiscard]] Text parallel() const {
        return speed_.n_parallel > 0 ? say("{}", speed_.n_parallel) : not_measured();
    }
    [[nodiscard]] Text cache() const {
        return v_.kv_bytes_per_token > 0 ? say("{}", v_.kv_bytes_per_token) : not_measured();
    }

 private:
    [[nodiscard]] Text against(double value, double baseline) const {
        return v_.variant.role == Role::kBaseline ? Text() : relative_text(value, baseline);
    }
    [[nodiscard]] Text size_cell(std::uint64_t bytes, std::uint64_t baseline) const {
        if (bytes == 0) {
            return not_measured();
        }
        return size_text(bytes) +
               against(static_cast<double>(bytes), static_cast<double>(baseline));
    }
    [[nodiscard]] Text speed_cell(double value, double baseline) const {
        return positive_text(value) + against(value, baseline);
    }

    const ReportModel& model_;
    const ReportVariant& v_;
    const ReportVariant& baseline_;
    const Speed speed_, base_;
};

/// A head, and what stands under it.
struct PracticalColumn {
    Text head;
    Text (PracticalRow::*cell)() const;
};

/// Whether any engine told how long it took to load. (In runs of before none did.)
bool tells_of_loading(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return v.speed && v.speed->load_s > 0;
    });
}

/// Whether the size of the KV cache is known of a variant of the default recipe, too: then there is
/// something to compare. (Runs of before it was noted know it of the others only.)
bool compares_caches(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return v.recipe == RunRecipe() && v.kv_bytes_per_token > 0;
    });
}

/// A row for each digest that says what was run or read.
void add_hashes(Table& table, const Variant& v) {
    if (v.answers) {
        table.add({say("answers of {}", code(v.name)), code(v.answers->sha256)});
    }
    if (v.served) {
        table.add({say("digest of {}", code(v.name)),
                   v.served->digest.empty() ? Text("not told") : code(v.served->digest)});
    }
    if (!v.file.sha256.empty()) {
        table.add({say("weights of {}", code(v.name)), code(v.file.sha256)});
    }
    if (v.lora) {
        table.add({say("base of {}", code(v.name)), code(v.lora->base_sha256)});
        for (const LoraFile& adapter : v.lora->adapters) {
            table.add(
                {say("LoRA adapter of {}, scale {}", code(v.name), shortest_text(adapter.scale)),
                 code(adapter.sha256)});
        }
    }
}

Text engine_text(const EngineInfo& engine) {
    return say("Engine: {} {}, fingerprint {}{}.",
               foreign(engine.name),
               foreign(engine.version),
               engine.fingerprint.empty() ? Text("not known") : code(engine.fingerprint),
               engine.description.empty() ? Text() : say(" ({})", foreign(engine.description)));
}

/// A line for each engine. Of answers that were made elsewhere nobody says what made them.
std::vector<Text> engine_lines(const ReportModel& model) {
    std::vector<Text> lines;
    for (const ReportVariant& v : model.variants) {
        Text line = engine_text(v.engine);
        const bool is_there = std::find(lines.begin(), lines.end(), line) != lines.end();
        if (!v.variant.answers && !is_there) {
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

Text host_text(const HostInfo& host) {
    return say("Host: {}{}.",
               host.cpu.empty() ? Text("not known") : foreign(host.cpu),
               host.os.empty() ? Text() : ", " + foreign(host.os));
}

Text seeds_text(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    if (!any_answered_by_settings(model)) {
        return say("Seed: blinding {}.", e.blinding_seed);
    }
    return say("Seeds: blinding {}, generation {}.", e.blinding_seed, e.generation.seed);
}

}  // namespace

Section practical_section(const ReportModel& model) {
    const bool with_load = tells_of_loading(model);
    std::vector<PracticalColumn> columns{{"name", &PracticalRow::name},
                                         {"quality", &PracticalRow::quality},
                                         {"file size", &PracticalRow::file_size}};
    if (with_load) {
        columns.push_back({"load, s", &PracticalRow::load});
    }
    columns.insert(columns.end(),
                   {{"prefill, tokens/s", &PracticalRow::prefill},
                    {"to the first token, ms", &PracticalRow::first_token},
                    {"decode, tokens/s", &PracticalRow::decode},
                    {"peak memory", &PracticalRow::peak_memory},
                    {"parallel", &PracticalRow::parallel}});
    if (compares_caches(model)) {
        columns.push_back({"KV cache, bytes a token", &PracticalRow::cache});
    }
    std::vector<Text> heads;
    for (const PracticalColumn& column : columns) {
        heads.push_back(column.head);
    }
    Table table(heads, "ll" + std::string(columns.size() - 2, 'r'));
    for (const ReportVariant& v : model.variants) {
        const PracticalRow row(model, v);
        std::vector<Text> cells;
        for (const PracticalColumn& column : columns) {
            cells.push_back((row.*column.cell)());
        }
        table.add(std::move(cells));
    }
    Section section{"Practical implications"};
    section.add(std::move(table));
    if (!any_answered_by_settings(model)) {
        section.add(
            Paragraph{"Speed and memory were not measured: the answers were made elsewhere."});
        return section;
    }
    const HostInfo& host = model.host;
    section.add(Paragraph{
        say("Speeds are those of answering this set, all questions in flight together, on {}{}: "
            "one measurement each, without an interval. To the first token: the median over the "
            "answers of the time in which the prompt was computed, without waiting for a slot and "
            "without what a slot still held of it. {}Peak memory is that of an engine process "
            "that loaded this variant only. {} measures speeds by themselves, with "
            "intervals.",
            host.cpu.empty() ? Text("a machine that is not known") : foreign(host.cpu),
            host.cores > 0 ? say(" ({} cores)", host.cores) : Text(),
            with_load ? Text("Load: header and weights into a fresh process, from the disk or from "
                             "what the system kept of the file. ")
                      : Text(),
            code("assay bench"))});
    return section;
}

Section reproducibility_section(const ReportModel& model) {
    const ReportExperiment& e = model.experiment;
    Table hashes({"what", "SHA-256"}, "ll");
    hashes.add({"plan", code(e.plan_sha256)});
    hashes.add({say("dataset {}", code(e.dataset_file)), code(e.dataset_sha256)});
    for (const ReportVariant& v : model.variants) {
        add_hashes(hashes, v.variant);
    }
    Bullets bullets{engine_lines(model)};
    bullets.items.push_back(seeds_text(model));
    bullets.items.push_back(host_text(model.host));
    bullets.items.push_back(
        say("In the run's folder: {} (everything), {}, {} (the answers), {} (what was judged, the "
            "key to A and B, the judge's replies, the verdicts).",
            code("assay.sqlite"),
            code("report.json"),
            code("evaluation/responses/"),
            code("evaluation/exports/")));
    Section section{"Reproducibility"};
    section.add(std::move(hashes));
    section.add(std::move(bullets));
    if (!e.command.empty()) {
        section.add(Paragraph{"Run again (what is done is kept):"});
        section.add(CodeBlock{e.command});
    }
    return section;
}

}  // namespace assay::report
