#pragma once
// What the parsers of all formats of verdicts share: names of the two models, and the way from rows
// to groups with the checks that hold for every format.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/exchange/json_rows.hpp"
#include "assay/exchange/outcome_words.hpp"
#include "assay/exchange/outcomes.hpp"
#include "assay/records/verdict.hpp"

namespace assay::exchange {

/// One verdict, from the variant's side. Empty names: the file does not say.
struct OutcomeRow {
    std::int64_t line = 0;  ///< from 1
    std::string_view question;
    std::optional<std::string_view> cluster;
    int sample = 0;  ///< from 0
    std::string_view variant;
    std::string_view baseline;
    std::string_view judge;
    OutcomeKind kind = OutcomeKind::kNotJudged;
    bool side_known = false;
    bool variant_is_a = false;
    bool identical = false;
    bool no_answer_variant = false;
    Confidence confidence = Confidence::kNone;
    std::optional<double> graded;
    std::optional<bool> equal_texts;  ///< of both answers but for white space at the ends; empty:
                                      ///< the file does not have them
};

/// Groups rows, and checks them against each other: a question twice in one order (or twice without
/// one) of one sample, a question in two clusters, a variant with two baselines.
class OutcomeCollector : public RowProblems {
 public:
    OutcomeCollector(const OutcomeSource& source, OutcomeFormat format);

    void add(const OutcomeRow& row);
    void note(std::string sentence) { set_.notes.push_back(std::move(sentence)); }
    [[nodiscard]] std::size_t n_rows() const { return n_rows_; }
    /// Those that were named so far; their names may be changed until finish.
    [[nodiscard]] std::vector<OutcomeGroup>& groups() { return set_.groups; }

    [[nodiscard]] OutcomesOrProblems finish();

 private:
    std::size_t group_of(const OutcomeRow& row);
    void check_names();
    void check_repetitions(std::size_t group);
    void check_clusters(std::size_t group);
    void check_clusters_between_groups();
    void two_clusters(std::string_view question, std::int64_t line, std::int64_t before);

    const OutcomeSource& source_;
    std::size_t n_expected_ = 0;
    OutcomeSet set_;
    /// by variant and judge
    std::map<std::pair<std::string, std::string>, std::size_t> group_numbers_;
    std::size_t last_group_ = 0;
    std::vector<std::vector<std::int64_t>> lines_;  ///< of each group's outcomes
    std::size_t n_rows_ = 0;
};

/// Tells the variant's name from the baseline's while names come in: by what the source says, else
/// by their looks.
class TwoNames {
 public:
    explicit TwoNames(const OutcomeSource& source) : source_(source) {}
    /// Whether `name` is the variant's. Where that cannot be told the answer means nothing, and
    /// finish has a problem.
    bool is_variant(std::string_view name);
    /// Names the groups of `out` that have no names yet, notes how they were told apart, and adds
    /// the problems: more than two names, names that cannot be told apart, or names that the source
    /// said but the file does not have.
    void finish(OutcomeCollector& out) const;

 private:
    enum class Role { kBaseline, kVariant, kUnknown };

    [[nodiscard]] Role role_of(std::string_view name) const;

    const OutcomeSource& source_;
    std::vector<std::string> names_;  ///< in the order in which they came; three at most are kept
    std::size_t last_ = 0;
    bool last_is_variant_ = false;
};

}  // namespace assay::exchange
