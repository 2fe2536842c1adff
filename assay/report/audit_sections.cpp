#include "assay/report/audit_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/names.hpp"
#include "assay/report/agreement_section.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/shown_section.hpp"
#include "assay/report/variance_section.hpp"

namespace assay::report {
namespace {

std::string part_of(std::int64_t part, std::int64_t whole) {
    return fmt::format("{} of {}", part, whole);
}

std::string level_name(Confidence level) {
    return level == Confidence::kNone ? "none given" : std::string(name_of(level));
}

Text title_of(const JudgeAudit& judge) {
    return say("Judge {} ({}{}){}",
               foreign(judge.name),
               foreign(judge.provider),
               judge.model.empty() ? Text() : ", " + foreign(judge.model),
               judge.decides ? Text(", decides") : Text(", for sensitivity"));
}

Section worries(std::span<const std::string> warnings) {
    Section out{"What to worry about"};
    if (warnings.empty()) {
        out.add(Paragraph{"Nothing of what is looked at here stands out."});
        return out;
    }
    Bullets bullets;
    bullets.loose = true;
    for (const std::string& warning : warnings) {
        bullets.items.push_back(foreign(warning));
    }
    out.add(std::move(bullets));
    return out;
}

Facts controls_facts(const ControlsSummary& c) {
    Facts facts;
    facts.add("swapped-in answer lost",
              part_of(c.n_swapped_lost, c.n_swapped),
              rate_with_interval(c.swapped_lost));
    facts.add(
        "side preferred, identical",
        part_of(c.n_preferred, c.n_identical),
        rate_with_interval(c.side_preferred) + fmt::format("; the first {}", c.n_first_preferred));
    if (c.n_reformatted > 0) {
        facts.add("side preferred, other form only",
                  part_of(c.n_reformatted_preferred, c.n_reformatted),
                  rate_with_interval(c.form_preferred));
    }
    if (c.n_damaged > 0) {
        facts.add("damaged answer lost",
                  part_of(c.n_damaged_lost, c.n_damaged),
                  rate_with_interval(c.damaged_lost) + fmt::format("; won {}", c.n_damaged_won));
    }
    for (const DamageRow& row : c.by_damage) {
        facts.add("  " + std::string(damage_words(row.damage)),
                  part_of(row.n_lost, row.n),
                  std::string(sight_words(row.sight)));
    }
    if (c.n_padded > 0) {
        facts.add("answer with a filler won",
                  part_of(c.n_padded_won, c.n_padded),
                  rate_with_interval(c.padded_won));
    }
    if (c.n_truncated > 0) {
        facts.add("first half of an answer lost",
                  part_of(c.n_truncated_lost, c.n_truncated),
                  rate_with_interval(c.truncated_lost) + "; gates nothing");
    }
    return facts;
}

Section controls_section(const JudgeAudit& judge) {
    const ControlsSummary& c = judge.controls;
    Section out{c.passed ? Text("Controls: passed") : Text("Controls: not passed")};
    Facts facts = controls_facts(c);
    for (const ConfidenceControls& row : judge.controls_by_confidence) {
        if (judge.controls_by_confidence.size() == 1 && row.level == Confidence::kNone) {
            continue;
        }
        facts.add(fmt::format("confidence {}", level_name(row.level)),
                  fmt::format("lost {}", part_of(row.n_swapped_lost, row.n_swapped)),
                  fmt::format("preferred {}", part_of(row.n_preferred, row.n_identical)));
    }
    out.add(std::move(facts));
    return out;
}

Section extension_section(const ExtensionSummary& extension) {
    const Recheck& r = extension.recheck;
    Section out{say("Extension {}, its own controls: {}",
                    extension.number,
                    extension.passed() ? Text("passed") : Text("not passed"))};
    Facts facts = controls_facts(extension.controls);
    if (r.n + r.n_pending > 0) {
        facts.add("judged before, same verdict",
                  part_of(r.n_same, r.n),
                  rate_with_interval(r.same) +
                      fmt::format("; better {}, worse {}", r.n_better, r.n_worse));
    }
    out.add(std::move(facts));
    return out;
}

void add_position(Facts& facts, const std::optional<Position>& position) {
    constexpr std::string_view kName = "position, points";
    if (!position) {
        facts.add(kName, kNotMeasured, "nothing was decided");
    } else if (!position->bias.value) {
        facts.add(kName, kNotMeasured, position->bias.why);
    } else {
        facts.add(kName,
                  points_with_interval(position->bias),
                  fmt::format("above 0 favours the first; {} won as first, {} as second",
                              position->first_shown_wins,
                              position->second_shown_wins));
    }
}

void add_flips(Facts& facts, const std::optional<Flips>& flips) {
    constexpr std::string_view kName = "verdicts flipped by order";
    if (!flips) {
        facts.add(kName, kNotMeasured, "no question was decided in both orders");
        return;
    }
    facts.add(kName, part_of(flips->n_flipped, flips->n), rate_with_interval(flips->rate));
}

void add_repeats(Facts& facts, const std::optional<RepeatStability>& repeats) {
    constexpr std::string_view kName = "same when asked again";
    if (!repeats || repeats->n == 0) {
        facts.add(kName, kNotMeasured, "no pair was asked again");
        return;
    }
    const std::string icc = repeats->icc ? fmt::format("; icc {:.2f}", *repeats->icc) : "";
    facts.add(kName, part_of(repeats->n_same, repeats->n), rate_with_interval(repeats->same) + icc);
}

void add_length(Facts& facts, const LengthBias& length) {
    constexpr std::string_view kName = "longer answer won";
    if (length.n == 0) {
        facts.add(kName, kNotMeasured, length.longer_won.why);
        return;
    }
    facts.add(kName, part_of(length.n_longer_won, length.n), rate_with_interval(length.longer_won));
}

Section bias_section(const JudgeAudit& judge) {
    Section out{"Bias and noise"};
    Facts facts;
    add_position(facts, judge.position);
    add_flips(facts, judge.flips);
    add_repeats(facts, judge.repeats);
    add_length(facts, judge.length);
    out.add(std::move(facts));
    return out;
}

Section confidence_section(const JudgeAudit& judge) {
    Section out{"Confidence: how often its verdict is that of others"};
    Facts facts;
    const auto add = [&](const std::vector<ConfidenceAgreement>& rows, const char* whom) {
        for (const ConfidenceAgreement& row : rows) {
            facts.add(fmt::format("{}, {}", whom, level_name(row.level)),
                      part_of(row.n_same, row.n),
                      rate_with_interval(row.same));
        }
    };
    add(judge.with_people, "people");
    add(judge.with_judges, "other judges");
    out.add(std::move(facts));
    return out;
}

void add_calibration(Facts& facts, const AuditedVariant& v) {
    const Calibration& c = *v.calibration;
    std::string remark = c.net.why;
    if (c.net.low) {
        remark = fmt::format("{} labelled by people, weight of the judge {:.2f}; {}",
                             c.n_labelled,
                             *c.lambda,
                             c.label_differs ? fmt::format("another label: {}", name_of(c.label))
                                             : "the same label");
    }
    facts.add(v.name + ", calibrated",
              c.net.value ? points_with_interval(c.net) : std::string(kNotMeasured),
              remark);
}

void add_variant(Facts& facts, const AuditedVariant& v) {
    facts.add(v.name, points_with_interval(v.net_win_rate), decision_sentence(v.decision));
    if (v.length_control && v.length_control->net.value) {
        facts.add(v.name + ", equal length",
                  points_with_interval(v.length_control->net),
                  v.length_control->label_differs ? "another label" : "the same label");
    }
    if (v.calibration) {
        add_calibration(facts, v);
    }
}

Section variants_section(const JudgeAudit& judge) {
    Section out{"Variants, net win rate in points"};
    Facts facts;
    for (const AuditedVariant& v : judge.variants) {
        add_variant(facts, v);
    }
    out.add(std::move(facts));
    const auto calibrated = std::find_if(
        judge.variants.begin(), judge.variants.end(), [](const AuditedVariant& v) {
            return v.calibration.has_value();
        });
    if (calibrated != judge.variants.end()) {
        out.add(Paragraph{
            say("Calibrated: {} It does not decide.", foreign(calibrated->calibration->note))});
    }
    return out;
}

struct Unit {
    double size = 1;
    std::string_view name;
};

void add_percentiles(Facts& facts, std::string_view name, const Percentiles& p, const Unit& unit) {
    facts.add(name,
              fmt::format("{:.3g} {}", p.median / unit.size, unit.name),
              fmt::format("median; 95th percentile {:.3g}", p.p95 / unit.size));
}

Section work_section(const JudgeAudit& judge) {
    const JudgeConduct& c = judge.conduct;
    Section out{"Work, controls among it"};
    Facts facts;
    facts.add(
        "verdicts",
        fmt::format("{}", c.n),
        fmt::format("{} attempts; {} verdicts took more than one", c.n_attempts, c.n_retried));
    facts.add("could not be used",
              fmt::format("{}", c.n - c.n_usable),
              fmt::format("{} invalid, {} error, {} refused; {}",
                          c.n_invalid,
                          c.n_errors,
                          c.n_refused,
                          rate_with_interval(c.failed)));
    if (c.n_prompt_tokens + c.n_reply_tokens > 0) {
        facts.add("tokens",
                  fmt::format("{} + {}", c.n_prompt_tokens, c.n_reply_tokens),
                  "of prompts and replies, as the judge counts them");
    }
    facts.add(
        "cost",
        judge.cost.value ? fmt::format("{:.4g}", *judge.cost.value) : std::string(kNotMeasured),
        judge.cost.value ? judge.cost.method : judge.cost.why);
    if (c.elapsed_ms) {
        add_percentiles(facts, "time of a verdict", *c.elapsed_ms, {1000, "s"});
    }
    if (c.reasoning_characters) {
        add_percentiles(
            facts, "length of the reasoning", *c.reasoning_characters, {1, "characters"});
    }
    std::string versions;
    for (const std::string& version : c.versions) {
        versions += (versions.empty() ? "" : ", ") + version;
    }
    facts.add("versions in the replies", versions.empty() ? "none" : versions, "");
    out.add(std::move(facts));
    return out;
}

std::vector<Section> sections_of(const JudgeAudit& judge) {
    std::vector<Section> out{worries(judge.warnings), controls_section(judge)};
    for (const ExtensionSummary& extension : judge.extensions) {
        out.push_back(extension_section(extension));
    }
    out.push_back(bias_section(judge));
    if (!judge.with_people.empty() || !judge.with_judges.empty()) {
        out.push_back(confidence_section(judge));
    }
    out.push_back(variants_section(judge));
    out.push_back(variance_section(judge.variants));
    out.push_back(work_section(judge));
    return out;
}

void add_sections_together(Document& out, const RunAudit& audit) {
    if (audit.pairs.empty()) {
        return;
    }
    out.sections.push_back(agreement_section(audit.pairs, audit.panel));
    if (!audit.warnings.empty()) {
        out.sections.push_back(worries(audit.warnings));
    }
}

}  // namespace

Document audit_document(const RunAudit& audit) {
    Document out{say(
        "Audit of the judges of {}, {} questions", foreign(audit.experiment), audit.n_questions)};
    for (const std::string& reason : audit.exploratory_reasons) {
        out.open_with(Paragraph{say("{} {}.", strong("Exploratory:"), foreign(reason))});
    }
    if (auto shown = shown_section(audit.decisions_shown)) {
        out.sections.push_back(std::move(*shown));
    }
    for (const JudgeAudit& judge : audit.judges) {
        Section section{title_of(judge)};
        section.parts = sections_of(judge);
        out.sections.push_back(std::move(section));
    }
    add_sections_together(out, audit);
    return out;
}

}  // namespace assay::report
