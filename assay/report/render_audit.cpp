#include "assay/report/render_audit.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "assay/records/names.hpp"
#include "assay/report/agreement_section.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/markdown_text.hpp"
#include "assay/report/section_text.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::report {
namespace {

std::string part_of(std::int64_t part, std::int64_t whole) {
    return fmt::format("{} of {}", part, whole);
}

std::string level_name(Confidence level) {
    return level == Confidence::kNone ? "none given" : std::string(name_of(level));
}

std::string title_of(const JudgeAudit& judge) {
    std::string out = fmt::format("Judge {} ({}{}{})",
                                  judge.name,
                                  judge.provider,
                                  judge.model.empty() ? "" : ", ",
                                  judge.model);
    return out + (judge.decides ? ", decides" : ", for sensitivity");
}

StatsSection worries(std::span<const std::string> warnings) {
    StatsSection out{"What to worry about", {}, {}};
    for (const std::string& warning : warnings) {
        out.paragraphs.push_back("- " + warning);
    }
    if (warnings.empty()) {
        out.paragraphs.emplace_back("Nothing of what is looked at here stands out.");
    }
    return out;
}

StatsSection controls_section(const JudgeAudit& judge) {
    const ControlsSummary& c = judge.controls;
    StatsSection out{fmt::format("Controls: {}", c.passed ? "passed" : "not passed"), {}, {}};
    out.rows.push_back({"swapped-in answer lost",
                        part_of(c.n_swapped_lost, c.n_swapped),
                        rate_with_interval(c.swapped_lost)});
    out.rows.push_back({"side preferred, identical",
                        part_of(c.n_preferred, c.n_identical),
                        rate_with_interval(c.side_preferred) +
                            fmt::format("; the first {}", c.n_first_preferred)});
    if (c.n_truncated > 0) {
        out.rows.push_back({"first half of an answer lost",
                            part_of(c.n_truncated_lost, c.n_truncated),
                            rate_with_interval(c.truncated_lost) + "; gates nothing"});
    }
    for (const ConfidenceControls& row : judge.controls_by_confidence) {
        if (judge.controls_by_confidence.size() == 1 && row.level == Confidence::kNone) {
            continue;
        }
        out.rows.push_back(
            {fmt::format("confidence {}", level_name(row.level)),
             fmt::format("lost {}", part_of(row.n_swapped_lost, row.n_swapped)),
             fmt::format("preferred {}", part_of(row.n_preferred, row.n_identical))});
    }
    return out;
}

StatsSection bias_section(const JudgeAudit& judge) {
    StatsSection out{"Bias and noise", {}, {}};
    if (judge.position && judge.position->bias.value) {
        const Position& p = *judge.position;
        out.rows.push_back({"position, points",
                            points_with_interval(p.bias),
                            fmt::format("above 0 favours the first; {} won as first, {} as second",
                                        p.first_shown_wins,
                                        p.second_shown_wins)});
    } else {
        out.rows.push_back({"position, points",
                            std::string(kNotMeasured),
                            judge.position ? judge.position->bias.why : "nothing was decided"});
    }
    out.rows.push_back(
        {"verdicts flipped by order",
         judge.flips ? part_of(judge.flips->n_flipped, judge.flips->n) : std::string(kNotMeasured),
         judge.flips ? rate_with_interval(judge.flips->rate)
                     : "no question was decided in both orders"});
    const auto& repeats = judge.repeats;
    out.rows.push_back({"same when asked again",
                        repeats && repeats->n > 0 ? part_of(repeats->n_same, repeats->n)
                                                  : std::string(kNotMeasured),
                        repeats && repeats->n > 0
                            ? rate_with_interval(repeats->same) +
                                  (repeats->icc ? fmt::format("; icc {:.2f}", *repeats->icc) : "")
                            : "no pair was asked again"});
    const LengthBias& length = judge.length;
    out.rows.push_back(
        {"longer answer won",
         length.n > 0 ? part_of(length.n_longer_won, length.n) : std::string(kNotMeasured),
         length.n > 0 ? rate_with_interval(length.longer_won) : length.longer_won.why});
    return out;
}

StatsSection confidence_section(const JudgeAudit& judge) {
    StatsSection out{"Confidence: how often its verdict is that of others", {}, {}};
    const auto add = [&](const std::vector<ConfidenceAgreement>& rows, const char* whom) {
        for (const ConfidenceAgreement& row : rows) {
            out.rows.push_back({fmt::format("{}, {}", whom, level_name(row.level)),
                                part_of(row.n_same, row.n),
                                rate_with_interval(row.same)});
        }
    };
    add(judge.with_people, "people");
    add(judge.with_judges, "other judges");
    return out;
}

StatsSection variants_section(const JudgeAudit& judge) {
    StatsSection out{"Variants, net win rate in points", {}, {}};
    for (const AuditedVariant& v : judge.variants) {
        out.rows.push_back(
            {v.name, points_with_interval(v.net_win_rate), decision_sentence(v.decision)});
        if (v.length_control && v.length_control->net.value) {
            out.rows.push_back(
                {v.name + ", equal length",
                 points_with_interval(v.length_control->net),
                 v.length_control->label_differs ? "another label" : "the same label"});
        }
        if (!v.calibration) {
            continue;
        }
        const Calibration& c = *v.calibration;
        const std::string labelled = fmt::format("{} labelled by people", c.n_labelled);
        out.rows.push_back(
            {v.name + ", calibrated",
             c.net.value ? points_with_interval(c.net) : std::string(kNotMeasured),
             c.net.low
                 ? fmt::format("{}, weight of the judge {:.2f}; {}",
                               labelled,
                               *c.lambda,
                               c.label_differs ? "another label: " + std::string(name_of(c.label))
                                               : "the same label")
                 : c.net.why});
    }
    for (const AuditedVariant& v : judge.variants) {
        if (!v.calibration) {
            continue;
        }
        out.paragraphs.push_back("Calibrated: " + v.calibration->note + " It does not decide.");
        break;
    }
    return out;
}

StatsRow percentiles_row(const char* name,
                         const Percentiles& p,
                         double unit,
                         const char* unit_name) {
    return {name,
            fmt::format("{:.3g} {}", p.median / unit, unit_name),
            fmt::format("median; 95th percentile {:.3g}", p.p95 / unit)};
}

StatsSection work_section(const JudgeAudit& judge) {
    const JudgeConduct& c = judge.conduct;
    StatsSection out{"Work, controls among it", {}, {}};
    out.rows.push_back(
        {"verdicts",
         fmt::format("{}", c.n),
         fmt::format("{} attempts; {} verdicts took more than one", c.n_attempts, c.n_retried)});
    out.rows.push_back({"could not be used",
                        fmt::format("{}", c.n - c.n_usable),
                        fmt::format("{} invalid, {} error, {} refused; {}",
                                    c.n_invalid,
                                    c.n_errors,
                                    c.n_refused,
                                    rate_with_interval(c.failed))});
    if (c.n_prompt_tokens + c.n_reply_tokens > 0) {
        out.rows.push_back({"tokens",
                            fmt::format("{} + {}", c.n_prompt_tokens, c.n_reply_tokens),
                            "of prompts and replies, as the judge counts them"});
    }
    out.rows.push_back(
        {"cost",
         judge.cost.value ? fmt::format("{:.4g}", *judge.cost.value) : std::string(kNotMeasured),
         judge.cost.value ? judge.cost.method : judge.cost.why});
    if (c.elapsed_ms) {
        out.rows.push_back(percentiles_row("time of a verdict", *c.elapsed_ms, 1000, "s"));
    }
    if (c.reasoning_characters) {
        out.rows.push_back(
            percentiles_row("length of the reasoning", *c.reasoning_characters, 1, "characters"));
    }
    std::string versions;
    for (const std::string& version : c.versions) {
        versions += (versions.empty() ? "" : ", ") + version;
    }
    out.rows.push_back({"versions in the replies", versions.empty() ? "none" : versions, ""});
    return out;
}

std::vector<StatsSection> sections_of(const JudgeAudit& judge) {
    std::vector<StatsSection> out{
        worries(judge.warnings), controls_section(judge), bias_section(judge)};
    if (StatsSection confidence = confidence_section(judge); !confidence.rows.empty()) {
        out.push_back(std::move(confidence));
    }
    out.push_back(variants_section(judge));
    out.push_back(work_section(judge));
    return out;
}

std::vector<StatsSection> sections_together(const RunAudit& audit) {
    if (audit.pairs.empty()) {
        return {};
    }
    std::vector<StatsSection> out{agreement_section(audit.pairs, audit.panel)};
    if (!audit.warnings.empty()) {
        out.push_back(worries(audit.warnings));
    }
    return out;
}

std::string first_line(const RunAudit& audit) {
    return fmt::format(
        "Audit of the judges of {}, {} questions", audit.experiment, audit.n_questions);
}

}  // namespace

std::string render_audit_text(const RunAudit& audit) {
    std::string out = plain_line(first_line(audit)) + "\n";
    for (const JudgeAudit& judge : audit.judges) {
        const std::string title = plain_line(title_of(judge));
        out += fmt::format("\n{}\n{}\n", title, std::string(display_width(title), '='));
        for (const StatsSection& section : sections_of(judge)) {
            out += "\n" + section_text(section);
        }
    }
    for (const StatsSection& section : sections_together(audit)) {
        out += "\n" + section_text(section);
    }
    return out;
}

std::string render_audit_markdown(const RunAudit& audit) {
    std::string out = fmt::format("# {}\n\n", md_text(first_line(audit)));
    for (const JudgeAudit& judge : audit.judges) {
        out += fmt::format("## {}\n\n", md_text(title_of(judge)));
        for (const StatsSection& section : sections_of(judge)) {
            out += section_markdown(section, "###");
        }
    }
    for (const StatsSection& section : sections_together(audit)) {
        out += section_markdown(section, "##");
    }
    return out;
}

}  // namespace assay::report
