#include "assay/exchange/outcome_collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "assay/base/numbering.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

/// About how many rows a text of lines has, if they are as long as the first: room for so many is
/// made beforehand, which costs nothing where it is not used.
std::size_t rows_expected(std::string_view text) {
    constexpr std::size_t kShortestRow = 40;
    return text.size() / std::max(std::min(text.find('\n'), text.size()), kShortestRow);
}

constexpr int kSampleBits = 14;
static_assert(kMostSampleNumber < 1 << kSampleBits);

/// 0: not known; 1: the variant was shown first; 2: it was shown second.
std::uint64_t order_of(const Outcome& outcome) {
    if (!outcome.side_known) {
        return 0;
    }
    return outcome.variant_is_a ? 1 : 2;
}

}  // namespace

OutcomeCollector::OutcomeCollector(const OutcomeSource& source, OutcomeFormat format)
    : RowProblems(source.name), source_(source), n_expected_(rows_expected(source.text)) {
    set_.format = format;
}

void OutcomeCollector::add(const OutcomeRow& row) {
    ++n_rows_;
    const std::size_t number = group_of(row);
    if (number == kMostOutcomeGroups) {
        return;
    }
    OutcomeGroup& group = set_.groups[number];
    if (!row.baseline.empty() && row.baseline != group.baseline) {
        if (group.baseline.empty()) {
            group.baseline = row.baseline;
        } else {
            problem(row.line,
                    fmt::format("the baseline is {} here and {} before: a variant is compared with "
                                "one baseline",
                                in_quotes(row.baseline),
                                in_quotes(group.baseline)),
                    "Split the file.");
        }
    }
    lines_[number].push_back(row.line);
    Outcome outcome;
    outcome.question_id = trim_unicode(row.question);
    if (row.cluster) {
        outcome.cluster = trim_unicode(*row.cluster);
    }
    if (row.equal_texts) {
        ++group.n_texts;
        group.n_equal_texts += *row.equal_texts;
    }
    outcome.sample = row.sample;
    outcome.kind = row.kind;
    outcome.identical = row.identical;
    outcome.no_answer_variant = row.no_answer_variant;
    outcome.side_known = row.side_known;
    outcome.variant_is_a = row.variant_is_a;
    outcome.confidence = row.confidence;
    outcome.graded = row.graded;
    group.outcomes.push_back(std::move(outcome));
}

/// kMostOutcomeGroups: there are too many.
std::size_t OutcomeCollector::group_of(const OutcomeRow& row) {
    const std::string_view variant = row.variant.empty() ? std::string_view(source_.variant)
                                                         : row.variant;
    const std::string_view judge = row.judge.empty() ? std::string_view(source_.judge) : row.judge;
    if (last_group_ < set_.groups.size()) {
        const OutcomeGroup& last = set_.groups[last_group_];
        if (last.variant == variant && last.judge == judge) {
            return last_group_;
        }
    }
    const auto [found, is_new] = group_numbers_.try_emplace(
        {std::string(variant), std::string(judge)}, set_.groups.size());
    if (is_new && set_.groups.size() == kMostOutcomeGroups) {
        group_numbers_.erase(found);
        problem(row.line,
                fmt::format("more than {} pairs of variant and judge", kMostOutcomeGroups),
                "Are the right fields called variant and judge?");
        return kMostOutcomeGroups;
    }
    if (is_new) {
        OutcomeGroup group;
        group.variant = variant;
        group.judge = judge;
        if (set_.groups.empty()) {
            group.outcomes.reserve(n_expected_);  // one group is usual
        }
        set_.groups.push_back(std::move(group));
        lines_.emplace_back().reserve(set_.groups.size() == 1 ? n_expected_ : 0);
    }
    return last_group_ = found->second;
}

/// Names are of the file, not of a row: a row without one among rows with one is a mistake.
void OutcomeCollector::check_names() {
    const auto mixed = [&](std::string OutcomeGroup::*name) {
        const auto is_empty = [&](const OutcomeGroup& group) { return (group.*name).empty(); };
        return std::any_of(set_.groups.begin(), set_.groups.end(), is_empty) &&
               !std::all_of(set_.groups.begin(), set_.groups.end(), is_empty);
    };
    if (mixed(&OutcomeGroup::variant)) {
        problem(0, "some rows name a variant and others do not");
    }
    if (mixed(&OutcomeGroup::judge)) {
        problem(0, "some rows name a judge and others do not");
    }
}

void OutcomeCollector::check_repetitions(std::size_t number) {
    struct Seen {
        std::uint64_t key = 0;  ///< question, sample and order
        std::size_t index = 0;
        bool operator<(const Seen& other) const {
            return std::tie(key, index) < std::tie(other.key, other.index);
        }
    };
    const OutcomeGroup& group = set_.groups[number];
    if (group.dependence.n_questions == group.outcomes.size()) {
        return;
    }
    std::vector<Seen> seen;
    seen.reserve(group.outcomes.size());
    for (std::size_t i = 0; i < group.outcomes.size(); ++i) {
        const Outcome& outcome = group.outcomes[i];
        const std::uint64_t pair = std::uint64_t{group.dependence.question[i]} << kSampleBits |
                                   static_cast<std::uint64_t>(outcome.sample);
        seen.push_back({pair << 2 | order_of(outcome), i});
    }
    if (!std::is_sorted(seen.begin(), seen.end())) {
        std::sort(seen.begin(), seen.end());
    }
    static constexpr std::array<std::string_view, 3> kOrders{
        "without an order", "with the variant first", "with the variant second"};
    for (std::size_t i = 1; i < seen.size() && n_problems() <= kMostRowProblems; ++i) {
        const Seen &a = seen[i - 1], &b = seen[i];
        if (a.key >> 2 != b.key >> 2) {
            continue;
        }
        const bool same_order = a.key == b.key;
        if (!same_order && (a.key & 3) != 0) {
            continue;  // both orders: as it should be
        }
        std::string whose = group.variant.empty()
                                ? ""
                                : fmt::format(" for variant {}", in_quotes(group.variant));
        if (!group.judge.empty()) {
            whose += fmt::format(" by judge {}", in_quotes(group.judge));
        }
        const std::int64_t one = lines_[number][a.index], other = lines_[number][b.index];
        problem(
            std::max(one, other),
            fmt::format("question {} stands twice {}{}, here and at line {}",
                        in_quotes(group.outcomes[b.index].question_id),
                        same_order ? kOrders[b.key & 3] : "and once without an order",
                        whose,
                        std::min(one, other)),
            "A question has one verdict, or one for each order, of each sample (name its number "
            "`sample`); two experiments belong into two files.");
    }
}

void OutcomeCollector::two_clusters(std::string_view question,
                                    std::int64_t line,
                                    std::int64_t before) {
    problem(line,
            fmt::format(
                "question {} is in another cluster here than at line {}: these are outcomes of two "
                "experiments, or a mistake",
                in_quotes(question),
                before));
}

void OutcomeCollector::check_clusters(std::size_t number) {
    const OutcomeGroup& group = set_.groups[number];
    const Dependence& dependence = group.dependence;
    if (dependence.n_questions == group.outcomes.size()) {
        return;
    }
    std::vector<std::size_t> first(dependence.n_questions, group.outcomes.size());
    for (std::size_t i = 0; i < group.outcomes.size(); ++i) {
        std::size_t& before = first[dependence.question[i]];
        if (before == group.outcomes.size()) {
            before = i;
        }
        if (dependence.cluster[before] != dependence.cluster[i]) {
            two_clusters(group.outcomes[i].question_id, lines_[number][i], lines_[number][before]);
        }
    }
}

void OutcomeCollector::check_clusters_between_groups() {
    struct Where {
        std::optional<std::string_view> cluster;
        std::int64_t line = 0;
    };
    Numbering questions(n_expected_ / set_.groups.size());
    std::vector<Where> first;
    for (std::size_t g = 0; g < set_.groups.size(); ++g) {
        for (std::size_t i = 0; i < set_.groups[g].outcomes.size(); ++i) {
            const Outcome& outcome = set_.groups[g].outcomes[i];
            const std::uint32_t question = questions.number_of(outcome.question_id);
            if (question == first.size()) {
                first.push_back({outcome.cluster, lines_[g][i]});
            }
            const Where& before = first[question];
            if (before.cluster != outcome.cluster) {
                two_clusters(outcome.question_id,
                             std::max(lines_[g][i], before.line),
                             std::min(lines_[g][i], before.line));
            }
        }
    }
}

OutcomesOrProblems OutcomeCollector::finish() {
    check_names();
    bool any_cluster = false;
    for (std::size_t g = 0; g < set_.groups.size(); ++g) {
        OutcomeGroup& group = set_.groups[g];
        group.dependence = Dependence(group.outcomes);
        check_repetitions(g);
        const bool clusters = std::any_of(
            group.outcomes.begin(), group.outcomes.end(), [](const Outcome& outcome) {
                return outcome.cluster.has_value();
            });
        if (clusters) {
            check_clusters(g);
        }
        any_cluster = any_cluster || clusters;
    }
    if (any_cluster && set_.groups.size() > 1 && n_problems() == 0) {
        check_clusters_between_groups();
    }
    if (n_problems() == 0 && n_rows_ == 0) {
        problem(0, "holds no verdict");
    }
    if (n_problems() == 0) {
        return std::move(set_);
    }
    return tl::unexpected(take_problems());
}

TwoNames::Role TwoNames::role_of(std::string_view name) const {
    if (!source_.baseline.empty()) {
        return name == source_.baseline ? Role::kBaseline : Role::kVariant;
    }
    if (!source_.variant.empty()) {
        return name == source_.variant ? Role::kVariant : Role::kBaseline;
    }
    switch (look_of(name)) {
        case NameLook::kFullPrecision: return Role::kBaseline;
        case NameLook::kQuantized: return Role::kVariant;
        case NameLook::kUnknown: break;
    }
    return Role::kUnknown;
}

bool TwoNames::is_variant(std::string_view name) {
    if (last_ < names_.size() && names_[last_] == name) {
        return last_is_variant_;
    }
    const auto found = std::find(names_.begin(), names_.end(), name);
    last_ = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) {
        if (names_.size() == 3) {
            return false;  // finish has its problem already
        }
        names_.emplace_back(name);
    }
    last_is_variant_ = role_of(name) == Role::kVariant;
    return last_is_variant_;
}

void TwoNames::finish(OutcomeCollector& out) const {
    if (names_.empty()) {
        return;
    }
    const std::string all = names_.size() == 1
                                ? in_quotes(names_[0])
                                : fmt::format(
                                      "{} and {}", in_quotes(names_[0]), in_quotes(names_[1]));
    if (names_.size() > 2) {
        out.problem(0,
                    fmt::format("the orders name three models ({} and {}): a file without a field "
                                "variant holds the "
                                "verdicts of one variant",
                                all,
                                in_quotes(names_[2])));
        return;
    }
    const std::string& said = source_.baseline.empty() ? source_.variant : source_.baseline;
    if (!said.empty() && std::find(names_.begin(), names_.end(), said) == names_.end()) {
        out.problem(0, fmt::format("the orders name {}, not {}", all, in_quotes(said)));
        return;
    }
    std::string variant, baseline;
    bool any_unknown = false;
    for (const std::string& name : names_) {
        switch (role_of(name)) {
            case Role::kBaseline: baseline = name; break;
            case Role::kVariant: variant = name; break;
            case Role::kUnknown: any_unknown = true; break;
        }
    }
    if (any_unknown || (names_.size() == 2 && (variant.empty() || baseline.empty()))) {
        out.problem(0,
                    fmt::format("nothing tells which of {} is the baseline", all),
                    "Say so with --baseline NAME.");
        return;
    }
    if (said.empty()) {
        out.note(fmt::format(
            "{} is taken as the baseline by its name; --baseline NAME says otherwise.",
            baseline.empty() ? "What is not " + in_quotes(variant) : in_quotes(baseline)));
    }
    const bool named = std::any_of(
        out.groups().begin(), out.groups().end(), [](const OutcomeGroup& group) {
            return !group.variant.empty();
        });
    for (OutcomeGroup& group : out.groups()) {
        if (!named) {
            group.variant = variant;  // else some rows name theirs and others do not, which finish
                                      // tells
        }
        if (group.baseline.empty()) {
            group.baseline = baseline;
        }
    }
}

}  // namespace assay::exchange
