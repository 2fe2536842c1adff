#include <algorithm>

#include "assay/report/figure_text.hpp"
#include "assay/report/report_sections.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kDuplicatesInFull = 20;

Text legs_text(const RetrievalReport& r) {
    Text out = say(
        "The corpus {} has {} passages from {} files. Each question was given the {} best.",
        code(r.corpus),
        r.n_passages,
        r.n_files,
        r.top);
    if (!r.embedder) {
        return out + " The search is lexical only: no embedding model was used.";
    }
    return out +
           say(" The search is lexical (by words) and dense (by the {} values of the embedding "
               "model {}); their ranks are fused.",
               r.embedder->n_dims,
               code(r.embedder->model));
}

Text cut_text(const EmbedderReport& embedder) {
    return say(
        "The embedding model sees the first {} tokens of a text: {} passages and {} questions are "
        "longer. The lexical search sees all of them.",
        embedder.n_tokens,
        embedder.n_cut,
        embedder.n_cut_questions);
}

Text contexts_text(const RetrievalReport& r) {
    Text out = say("A question's contexts have {} words together on average",
                   decimals_text(r.mean_words, 0));
    if (r.mean_tokens) {
        out += say(", and {} tokens", decimals_text(*r.mean_tokens, 0));
    }
    out += ".";
    if (r.n_without > 0) {
        out += say(" For {} of {} questions no passage was found.", r.n_without, r.n_questions);
    }
    return out;
}

Text duplicates_text(const RetrievalReport& r) {
    const std::size_t n_shown = std::min(kDuplicatesInFull, r.duplicates.size());
    Text out = say("{} passages have the title and text of another and were left out: ",
                   r.duplicates.size());
    out += code_list(std::span(r.duplicates).first(n_shown));
    if (r.duplicates.size() > n_shown) {
        out += say(" and {} more", r.duplicates.size() - n_shown);
    }
    return out + ".";
}

Text leakage_text(const RetrievalReport& r) {
    if (r.n_expected == 0) {
        return "Leakage: not measured, no question has an expected answer.";
    }
    return say(
        "Leakage: for {} of {} questions a context holds the expected answer word for word. "
        "There a model can copy it.",
        r.n_leaked,
        r.n_expected);
}

Text questions_in_corpus_text(const RetrievalReport& r) {
    return say(
        "{} of {} questions stand in a context of theirs word for word. Is the dataset, or a "
        "file made of it, in the corpus?",
        r.n_found_themselves,
        r.n_questions);
}

/// "0.912 [0.88, 0.94]"
Text mean_text(const Estimate& estimate) {
    Text out = decimals_text(*estimate.value, 3);
    if (estimate.low && estimate.high) {
        out += say(" [{}, {}]", decimals_text(*estimate.low, 3), decimals_text(*estimate.high, 3));
    }
    return out;
}

Table legs_table(const RetrievalReport& r) {
    Table table({"search", "hit@1", "hit@4", "hit@10", "MRR@10", "recall@4", "recall@10"},
                "lrrrrrr");
    for (const LegQuality& leg : r.legs) {
        table.add({foreign(leg.leg),
                   rate_text(leg.hit_at_1),
                   rate_text(leg.hit_at_4),
                   rate_text(leg.hit_at_10),
                   mean_text(leg.mrr),
                   mean_text(leg.recall_at_4),
                   mean_text(leg.recall_at_10)});
    }
    return table;
}

void add_quality(Section& section, const RetrievalReport& r) {
    if (r.legs.empty()) {
        section.add(Paragraph{
            "Quality of retrieval: not measured, no question names its gold passages (gold)."});
        return;
    }
    section.add(Paragraph{say(
        "Quality, over the {} of {} questions that name their gold passages. hit@k: share of "
        "questions with a gold passage among the first k (Wilson's 95 % interval, questions taken "
        "as independent). MRR@10: mean of 1 / rank of the first one, 0 beyond rank 10. recall@k: "
        "mean share of a question's gold passages among the first k (95 % intervals by clusters).",
        r.n_gold,
        r.n_questions)});
    section.add(legs_table(r));
    section.add(
        Paragraph{say("Among the {} contexts of a question a gold passage is there for {} "
                      "of {} (a hit).",
                      r.top,
                      r.n_hit,
                      r.n_gold)});
}

Text net_text(const Counts& counts) {
    if (counts.n == 0) {
        return not_measured();
    }
    const double net = static_cast<double>(counts.wins - counts.losses) /
                       static_cast<double>(counts.n);
    return say("{}", points_text({net, {}, {}, 0.95, counts.n, "", ""}));
}

void add_row(Table& table, const OutcomesByHit& row, const Text& which, const Counts& counts) {
    table.add({code(row.variant),
               code(row.judge),
               which,
               say("{}", counts.n),
               say("{}", counts.wins),
               say("{}", counts.ties),
               say("{}", counts.losses),
               net_text(counts)});
}

void add_outcomes(Section& section, const ReportModel& model) {
    if (model.outcomes_by_hit.empty()) {
        return;
    }
    Table table({"variant", "judge", "retrieval", "n", "wins", "ties", "losses", "net, points"},
                "lllrrrrr");
    for (const OutcomesByHit& row : model.outcomes_by_hit) {
        add_row(table, row, "hit", row.hit);
        add_row(table, row, "miss", row.miss);
    }
    section.add(
        Paragraph{"Outcomes apart for hits and misses. They decide nothing: the decision is "
                  "over all questions."});
    section.add(std::move(table));
}

std::int64_t n_cut(const ReportModel& model) {
    std::int64_t n = 0;
    for (const ReportVariant& variant : model.variants) {
        n = std::max(n, variant.n_contexts_cut);
    }
    return n;
}

}  // namespace

std::optional<Section> retrieval_section(const ReportModel& model) {
    if (!model.retrieval) {
        return std::nullopt;
    }
    const RetrievalReport& r = *model.retrieval;
    Section section{"Retrieval"};
    section.add(Paragraph{legs_text(r)});
    section.add(Paragraph{
        "All variants were shown the same contexts, so retrieval cannot explain a difference "
        "between "
        "them. It bounds what can be seen: where the contexts lack the answer, no variant can take "
        "it from them."});
    Bullets bullets;
    bullets.items.push_back(contexts_text(r));
    if (!r.left_out.empty()) {
        bullets.items.push_back(say("Left out of the folder: {}.", foreign(r.left_out)));
    }
    if (n_cut(model) > 0) {
        bullets.items.push_back(
            say("For {} questions the prompt was too long, and not all of these "
                "contexts were shown.",
                n_cut(model)));
    }
    if (r.embedder) {
        bullets.items.push_back(cut_text(*r.embedder));
    }
    if (!r.duplicates.empty()) {
        bullets.items.push_back(duplicates_text(r));
    }
    bullets.items.push_back(leakage_text(r));
    if (r.n_found_themselves > 0) {
        bullets.items.push_back(questions_in_corpus_text(r));
    }
    for (const std::string& rule : r.rules) {
        bullets.items.push_back(foreign(rule) + ".");
    }
    section.add(std::move(bullets));
    add_quality(section, r);
    add_outcomes(section, model);
    return section;
}

}  // namespace assay::report
