#include "assay/retrieval/quality.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "assay/base/unicode_text.hpp"
#include "assay/retrieval/text_search.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/proportion.hpp"

namespace assay::retrieval {
namespace {

constexpr double kConfidence = 0.95;
/// A question of fewer words may stand in a passage by chance.
constexpr std::int64_t kFewestWords = 5;

/// A question with gold passages, and what was found for it.
struct Measured {
    const std::string* id;
    const FrozenQuestion* found;
    std::int64_t cluster;
};

/// The rank that a leg gives a passage, if it is one of the first `depth`; else 0.
std::size_t rank_by(const FrozenFind& find, std::string_view leg, std::size_t depth) {
    for (const LegScore& score : find.legs) {
        if (score.leg == leg && score.rank <= static_cast<std::int64_t>(depth)) {
            return static_cast<std::size_t>(score.rank);
        }
    }
    return 0;
}

/// By a leg: rank of the first gold passage within `depth`, from 1; 0: there is none.
std::size_t first_gold_rank(const FrozenQuestion& question,
                            std::string_view leg,
                            std::size_t depth) {
    std::size_t first = 0;
    for (const FrozenFind& find : question.found) {
        const std::size_t rank = find.gold.empty() ? 0 : rank_by(find, leg, depth);
        if (rank > 0 && (first == 0 || rank < first)) {
            first = rank;
        }
    }
    return first;
}

/// Share of the gold ids that a leg has among its first `depth`.
double recall(const FrozenQuestion& question, std::string_view leg, std::size_t depth) {
    std::set<std::size_t> seen;
    for (const FrozenFind& find : question.found) {
        if (rank_by(find, leg, depth) > 0) {
            seen.insert(find.gold.begin(), find.gold.end());
        }
    }
    return static_cast<double>(seen.size()) / static_cast<double>(question.gold.size());
}

Estimate share_of_hits(std::span<const Measured> measured,
                       std::string_view leg,
                       std::size_t depth) {
    const auto n = static_cast<std::int64_t>(measured.size());
    const auto hits = std::count_if(measured.begin(), measured.end(), [&](const Measured& each) {
        return first_gold_rank(*each.found, leg, depth) > 0;
    });
    const stats::Interval interval = stats::wilson(hits, n, kConfidence);
    return {static_cast<double>(hits) / static_cast<double>(n),
            interval.low,
            interval.high,
            kConfidence,
            n,
            "Wilson, questions taken as independent",
            ""};
}

template <class Value>
Estimate mean_of(std::span<const Measured> measured, const Value& value) {
    std::vector<double> values;
    std::vector<std::int64_t> clusters;
    for (const Measured& each : measured) {
        values.push_back(value(*each.found));
        clusters.push_back(each.cluster);
    }
    const auto mean = stats::cluster_mean(values, clusters, kConfidence);
    Estimate out;
    out.value = mean->mean;
    out.confidence = kConfidence;
    out.n = static_cast<std::int64_t>(values.size());
    out.method = "mean, t by clusters";
    if (mean->interval) {
        out.low = std::max(0.0, mean->interval->low);
        out.high = std::min(1.0, mean->interval->high);
    }
    return out;
}

LegQuality quality_of(std::span<const Measured> measured, std::string_view leg) {
    LegQuality out;
    out.leg = leg;
    out.hit_at_1 = share_of_hits(measured, leg, 1);
    out.hit_at_4 = share_of_hits(measured, leg, 4);
    out.hit_at_10 = share_of_hits(measured, leg, 10);
    out.mrr = mean_of(measured, [leg](const FrozenQuestion& question) {
        const std::size_t rank = first_gold_rank(question, leg, kMeasuredDepth);
        return rank == 0 ? 0.0 : 1.0 / static_cast<double>(rank);
    });
    const auto recall_at = [&](std::size_t depth) {
        return mean_of(measured, [leg, depth](const FrozenQuestion& question) {
            return recall(question, leg, depth);
        });
    };
    out.recall_at_4 = recall_at(4);
    out.recall_at_10 = recall_at(10);
    return out;
}

std::vector<Measured> measured_of(const FrozenRetrieval& frozen,
                                  std::span<const Question> questions) {
    std::map<std::string, std::int64_t> clusters;
    std::vector<Measured> out;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const FrozenQuestion* found = frozen.of(questions[i]);
        if (found == nullptr || found->gold.empty()) {
            continue;
        }
        auto cluster = static_cast<std::int64_t>(i);
        if (questions[i].cluster) {
            cluster = clusters.emplace(*questions[i].cluster, cluster).first->second;
        }
        out.push_back({&questions[i].id, found, cluster});
    }
    return out;
}

bool holds_any(const std::vector<std::string>& folded_contexts, const std::string& text) {
    const std::string part = folded_text(text);
    return std::any_of(
        folded_contexts.begin(), folded_contexts.end(), [&](const std::string& context) {
            return holds_word_for_word(context, part);
        });
}

bool holds_expected(const std::vector<std::string>& folded_contexts, const Question& question) {
    return holds_any(folded_contexts, *question.expected) ||
           std::any_of(question.alternatives.begin(),
                       question.alternatives.end(),
                       [&](const std::string& text) { return holds_any(folded_contexts, text); });
}

/// What stands in the contexts that were shown.
void count_contexts(RetrievalReport& out, std::span<const Question> questions) {
    std::int64_t words = 0;
    for (const Question& question : questions) {
        std::vector<std::string> folded;
        for (const std::string& context : question.contexts) {
            words += n_words(context);
            folded.push_back(folded_text(context));
        }
        out.n_without += question.contexts.empty();
        if (question.expected) {
            ++out.n_expected;
            out.n_leaked += holds_expected(folded, question);
        }
        out.n_found_themselves += finds_itself(question.text, question.contexts);
    }
    out.mean_words = questions.empty()
                         ? 0
                         : static_cast<double>(words) / static_cast<double>(questions.size());
}

std::size_t top_of(const FrozenRetrieval& frozen) {
    for (const Rule& rule : frozen.rules) {
        if (rule.name == "top") {
            return std::strtoull(rule.value.c_str(), nullptr, 10);
        }
    }
    return 0;
}

/// Whose ranks the contexts are in.
std::string_view deciding_leg(const FrozenRetrieval& frozen) {
    return frozen.dense ? kFusedLeg : kLexicalLeg;
}

std::optional<EmbedderReport> embedder_of(const FrozenRetrieval& frozen,
                                          std::span<const Question> questions) {
    if (!frozen.dense) {
        return std::nullopt;
    }
    const FrozenDense& dense = *frozen.dense;
    const auto n_cut = std::count_if(questions.begin(), questions.end(), [&](const auto& question) {
        return dense.cut_questions.contains(question.id);
    });
    return EmbedderReport{dense.model, dense.n_dims, dense.n_tokens, dense.n_cut, n_cut};
}

}  // namespace

bool finds_itself(const std::string& question, std::span<const std::string> contexts) {
    if (n_words(question) < kFewestWords) {
        return false;
    }
    const std::string folded = folded_text(question);
    return std::any_of(contexts.begin(), contexts.end(), [&](const std::string& context) {
        return holds_word_for_word(folded_text(context), folded);
    });
}

HitsAndMisses hits_and_misses(const FrozenRetrieval& frozen, std::span<const Question> questions) {
    HitsAndMisses out;
    for (const Measured& each : measured_of(frozen, questions)) {
        const bool is_hit = first_gold_rank(*each.found, deciding_leg(frozen), top_of(frozen)) > 0;
        (is_hit ? out.hits : out.misses).insert(*each.id);
    }
    return out;
}

RetrievalReport report_of(const FrozenRetrieval& frozen, std::span<const Question> questions) {
    RetrievalReport out;
    out.corpus = frozen.corpus;
    out.n_files = static_cast<std::int64_t>(frozen.files.size());
    out.left_out = left_out_text(frozen.left_out);
    out.n_passages = frozen.n_passages;
    out.duplicates = frozen.duplicates;
    out.passages_sha256 = frozen.passages_sha256;
    out.top = static_cast<int>(top_of(frozen));
    for (const Rule& rule : frozen.rules) {
        out.rules.push_back(rule.name + ": " + rule.value);
    }
    out.n_questions = static_cast<std::int64_t>(questions.size());
    count_contexts(out, questions);
    const std::vector<Measured> measured = measured_of(frozen, questions);
    out.n_gold = static_cast<std::int64_t>(measured.size());
    out.n_hit = static_cast<std::int64_t>(hits_and_misses(frozen, questions).hits.size());
    out.embedder = embedder_of(frozen, questions);
    if (measured.empty()) {
        return out;
    }
    out.legs.push_back(quality_of(measured, kLexicalLeg));
    if (frozen.dense) {
        out.legs.push_back(quality_of(measured, kDenseLeg));
        out.legs.push_back(quality_of(measured, kFusedLeg));
    }
    return out;
}

}  // namespace assay::retrieval
