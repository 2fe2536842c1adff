#include <fmt/format.h>

#include <algorithm>

#include "assay/records/told_tokens.hpp"
#include "assay/report/divergence_text.hpp"
#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

Text nats_text(double value) {
    return own_words(nats(value));
}

/// "0.0547 [0.0481, 0.0612]"
Text nats_text(const Estimate& estimate) {
    if (!estimate.value) {
        return not_measured();
    }
    Text out = nats_text(*estimate.value);
    if (estimate.low && estimate.high) {
        out += say(" [{}, {}]", nats_text(*estimate.low), nats_text(*estimate.high));
    }
    return out;
}

/// "31.4 [28.0, 34.8] of the first 57"
Text agreed_text(const Estimate& estimate, std::int64_t horizon) {
    if (!estimate.value) {
        return not_measured();
    }
    Text out = decimals_text(*estimate.value, 1);
    if (estimate.low && estimate.high) {
        out += say(" [{}, {}]", decimals_text(*estimate.low, 1), decimals_text(*estimate.high, 1));
    }
    return out + say(" of the first {}", horizon);
}

bool any_tokens(const FidelityReport& fidelity) {
    return std::any_of(fidelity.variants.begin(),
                       fidelity.variants.end(),
                       [](const VariantFidelity& v) { return v.tokens.has_value(); });
}

Text self_reading_text(const std::optional<SelfReading>& reading) {
    if (!reading || reading->n_tokens == 0) {
        return say(
            "{} the baseline read no answer of its own, so it is not known how much of the "
            "following is noise of the computation.",
            strong("Not proven here:"));
    }
    if (reading->exact()) {
        return say(
            "The baseline, reading {} of its own answers: {} of {} tokens exactly 0. So what "
            "follows has no noise floor.",
            reading->n_answers,
            reading->n_exact,
            reading->n_tokens);
    }
    return say(
        "{} the baseline, reading {} of its own answers, has exactly 0 for {} of {} tokens only. "
        "The noise floor is a mean KLD of {}, and what is below it says nothing.",
        strong("Not proven here:"),
        reading->n_answers,
        reading->n_exact,
        reading->n_tokens,
        nats_text(reading->mean_kld));
}

Table kld_table(const FidelityReport& fidelity) {
    Table table({"variant",
                 "answers",
                 "tokens",
                 "mean KLD",
                 "median",
                 "90 %",
                 "99 %",
                 "largest",
                 "mean of answers"},
                "lrrrrrrrr");
    for (const VariantFidelity& v : fidelity.variants) {
        if (v.tokens) {
            const VariantDistance& d = *v.tokens;
            table.add({code(v.variant),
                       say("{}", d.n_answers),
                       say("{}", d.n_tokens),
                       nats_text(d.mean_kld),
                       nats_text(d.median_kld),
                       nats_text(d.p90_kld),
                       nats_text(d.p99_kld),
                       nats_text(d.max_kld),
                       nats_text(d.mean_answer_kld)});
        }
    }
    return table;
}

Table agreement_table(const FidelityReport& fidelity) {
    Table table({"variant",
                 "same likeliest token",
                 "log-probability, variant - baseline",
                 "tokens until they differ",
                 "identical texts",
                 "tokens verified, not written"},
                "lrrrrr");
    for (const VariantFidelity& v : fidelity.variants) {
        if (v.tokens) {
            table.add({code(v.variant),
                       rate_text(v.tokens->same_top),
                       nats_text(v.tokens->log_prob_difference),
                       agreed_text(v.tokens->agreed_tokens, v.tokens->horizon),
                       rate_text(v.identical),
                       say("{} of {}", v.n_verified_tokens, v.n_answer_tokens)});
        }
    }
    return table;
}

Table texts_table(const FidelityReport& fidelity) {
    Table table({"variant", "identical texts", "words until they differ"}, "lrr");
    for (const VariantFidelity& v : fidelity.variants) {
        if (!v.tokens) {
            table.add({code(v.variant),
                       rate_text(v.identical),
                       agreed_text(v.agreed_words, v.words_horizon)});
        }
    }
    return table;
}

Table told_table(const FidelityReport& fidelity) {
    Table table({"variant",
                 "answers",
                 "that differ",
                 "tokens compared",
                 "same likeliest token",
                 "mean KLD, at least"},
                "lrrrrr");
    for (const VariantFidelity& v : fidelity.variants) {
        if (v.told) {
            table.add({code(v.variant),
                       say("{}", v.told->n_answers),
                       say("{}", v.told->n_diverged),
                       say("{}", v.told->n_tokens),
                       rate_text(v.told->same_top),
                       nats_text(v.told->kld_at_least)});
        }
    }
    return table;
}

Bullets reasons(const FidelityReport& fidelity) {
    Bullets out;
    for (const VariantFidelity& v : fidelity.variants) {
        if (!v.why.empty()) {
            out.items.push_back(say("{}: not measured: {}", code(v.variant), foreign(v.why)));
        }
    }
    return out;
}

void add_tokens(Section& section, const FidelityReport& fidelity) {
    section.add(Paragraph{
        "Each variant reads the baseline's answers on the path on which it writes, and every token "
        "gives the probabilities that it would have had there. KLD is the Kullback-Leibler "
        "divergence of the variant from the baseline, in nats a token. 95 % intervals, by clusters "
        "of questions. None of this decides."});
    section.add(Paragraph{self_reading_text(fidelity.self_reading)});
    section.add(kld_table(fidelity));
    section.add(agreement_table(fidelity));
    section.add(Paragraph{
        "Tokens until they differ: how many of the baseline's tokens the variant would have "
        "written on "
        "average before the first other one; an answer without one counts up to its end (a "
        "restricted mean of Kaplan and Meier's curve). A token is chosen after the repeat penalty, "
        "and "
        "probabilities are those before it: the one that was written need not be the likeliest."});
}

Section by_kld_section(const OutcomesByKld& rows) {
    Section out{say("{}: verdicts by KLD", code(rows.variant))};
    Table table({"a fifth of the questions: mean KLD of its answers",
                 "n",
                 "identical",
                 "wins",
                 "ties",
                 "losses",
                 "lost"},
                "lrrrrrr");
    std::int64_t n_identical = 0;
    for (const KldFifth& fifth : rows.fifths) {
        n_identical += fifth.counts.identical;
        table.add({say("{} to {}", nats_text(fifth.low), nats_text(fifth.high)),
                   say("{}", fifth.counts.n),
                   say("{}", fifth.counts.identical),
                   say("{}", fifth.counts.wins),
                   say("{}", fifth.counts.ties),
                   say("{}", fifth.counts.losses),
                   rate_text(fifth.lost)});
    }
    out.add(std::move(table));
    if (n_identical > 0) {
        out.add(
            Paragraph{"Identical answers are ties without a call. Their KLD is not 0 unless the "
                      "probabilities "
                      "are the same, too: a token can be the likeliest with another probability."});
    }
    out.add(Paragraph{foreign(rows.meaning)});
    return out;
}

}  // namespace

std::optional<Section> fidelity_section(const ReportModel& model) {
    if (!model.fidelity) {
        return std::nullopt;
    }
    const FidelityReport& fidelity = *model.fidelity;
    Section section{"Fidelity"};
    if (any_tokens(fidelity)) {
        add_tokens(section, fidelity);
    }
    if (Bullets bullets = reasons(fidelity); !bullets.items.empty()) {
        section.add(std::move(bullets));
    }
    if (Table texts = texts_table(fidelity); !texts.empty()) {
        section.add(Paragraph{
            "Without tokens there are only the texts of the answers: how many are the baseline's "
            "byte for byte, and how many words are alike on average before the first difference."});
        section.add(std::move(texts));
    }
    if (Table told = told_table(fidelity); !told.empty()) {
        section.add(Paragraph{
            say("Of these the servers told the likeliest tokens, {} at most, with their "
                "probabilities. Compared is every token up to and with the first one that differs: "
                "behind it the texts are others. The KLD is a lower bound, in nats a token: what "
                "the lists do not share counts as one. There is no noise floor known: these are "
                "numbers of the servers, with what ran beside.",
                kToldCandidates)});
        section.add(std::move(told));
    }
    for (const OutcomesByKld& rows : fidelity.by_kld) {
        section.parts.push_back(by_kld_section(rows));
    }
    return section;
}

}  // namespace assay::report
