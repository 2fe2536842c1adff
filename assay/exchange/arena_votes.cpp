// Votes of an arena: two models answered, and somebody said which answer was better.
//
// Problem: a vote does not say which model is the variant, and a file may hold many models.
//
// Model: all votes are read first, then the roles are given to names: by --baseline and --variant,
// or by the looks of the names where there are two. Votes between other models are left out, with a
// note that counts them.
//
// Invariant: no vote is turned into an outcome before its two names have roles. Model a was shown
// first. An arena's voters are thousands, each with a vote or two: they are one judge.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/exchange/csv_rows.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"

namespace assay::exchange {
namespace {

enum Field { kQuestion, kModelA, kModelB, kWinner, kJudge, kNFields };

constexpr std::string_view kVoter = "arena_user_";

MemberNames member_names() {
    return MemberNames({{"question_id", kQuestion},
                        {"question", kQuestion},
                        {"id", kQuestion},
                        {"model_a", kModelA},
                        {"model_b", kModelB},
                        {"winner", kWinner},
                        {"judge", kJudge}});
}

struct Vote {
    std::int64_t line = 0;
    std::array<std::string, kNFields> cells;
};

/// 'tie (bothbad)' and its spellings.
bool is_tie(std::string_view winner) {
    const std::string word = to_lower_ascii(trim(winner));
    static constexpr std::array<std::string_view, 6> kTies{
        "tie", "tie (bothbad)", "tie (both bad)", "bothbad", "both_bad", "both bad"};
    return std::find(kTies.begin(), kTies.end(), word) != kTies.end();
}

std::optional<VerdictState> state_of(std::string_view winner) {
    if (is_tie(winner)) {
        return VerdictState::kTie;
    }
    if (trim(winner) == "model_a") {
        return VerdictState::kA;
    }
    return trim(winner) == "model_b" ? std::optional(VerdictState::kB) : std::nullopt;
}

std::string in_quotes(std::string_view name) {
    return fmt::format("\"{}\"", shorten(name, 60));
}

class Votes {
 public:
    Votes(const OutcomeSource& source, OutcomeCollector& out) : source_(source), out_(out) {}

    void add(Vote vote) {
        static constexpr std::array<std::string_view, 3> kNeeded{"model_a", "model_b", "winner"};
        for (std::size_t i = 0; i < kNeeded.size(); ++i) {
            if (trim(vote.cells[kModelA + i]).empty()) {
                out_.problem(vote.line, fmt::format("no {}", kNeeded[i]));
                return;
            }
        }
        if (!state_of(vote.cells[kWinner])) {
            out_.problem(vote.line,
                         fmt::format("winner: unknown word {}; known: model_a, model_b, tie, tie "
                                     "(bothbad)",
                                     in_quotes(vote.cells[kWinner])));
            return;
        }
        if (vote.cells[kModelA] == vote.cells[kModelB]) {
            out_.problem(
                vote.line,
                fmt::format("model_a and model_b are both {}", in_quotes(vote.cells[kModelA])));
            return;
        }
        for (const Field side : {kModelA, kModelB}) {
            if (std::find(names_.begin(), names_.end(), vote.cells[side]) == names_.end() &&
                names_.size() <= kMostOutcomeGroups) {
                names_.push_back(vote.cells[side]);
            }
        }
        votes_.push_back(std::move(vote));
    }

    void finish() {
        if (out_.n_problems() > 0 || votes_.empty() || !find_roles()) {
            return;
        }
        std::int64_t n_left_out = 0, number = 0;
        for (Vote& vote : votes_) {
            ++number;
            if (vote.cells[kQuestion].empty()) {  // kept in the vote: rows only refer to names
                vote.cells[kQuestion] = fmt::format("vote {}", number);
            }
            if (!add_outcome(vote)) {
                ++n_left_out;
            }
        }
        if (n_left_out > 0) {
            out_.note(fmt::format("{} votes between other models were left out.", n_left_out));
        }
        if (out_.n_rows() == 0) {
            out_.problem(0,
                         fmt::format("no vote is between {} and {}",
                                     in_quotes(baseline_),
                                     variant_.empty() ? "another model" : in_quotes(variant_)));
        }
    }

 private:
    [[nodiscard]] bool is_there(const std::string& name) const {
        return std::find(names_.begin(), names_.end(), name) != names_.end();
    }

    [[nodiscard]] std::string all_names() const {
        std::vector<std::string> shown;
        for (std::size_t i = 0; i < names_.size() && i < 10; ++i) {
            shown.push_back(in_quotes(names_[i]));
        }
        return fmt::format(
            "{}{}", fmt::join(shown, ", "), names_.size() > shown.size() ? ", ..." : "");
    }

    /// False: with a problem. An empty variant_ stands for every model but the baseline.
    bool find_roles() {
        baseline_ = source_.baseline;
        variant_ = source_.variant;
        for (const auto& [option, name] :
             {std::pair("--baseline", baseline_), std::pair("--variant", variant_)}) {
            if (!name.empty() && !is_there(name)) {
                out_.problem(0,
                             fmt::format("{}: no vote is of {}; the models are {}",
                                         option,
                                         in_quotes(name),
                                         all_names()));
                return false;
            }
        }
        if (!baseline_.empty() && baseline_ == variant_) {
            out_.problem(0,
                         fmt::format("--baseline and --variant are both {}", in_quotes(baseline_)));
            return false;
        }
        if (!baseline_.empty()) {
            return true;
        }
        if (names_.size() > 2) {
            out_.problem(
                0,
                fmt::format("the votes are of more than two models ({}), and nothing tells "
                            "which is the baseline",
                            all_names()),
                "Say so with --baseline NAME; --variant NAME keeps one of the others.");
            return false;
        }
        return variant_.empty() ? find_roles_by_looks() : give_roles(variant_ == names_[1]);
    }

    bool give_roles(bool second_is_the_variant) {
        baseline_ = names_[second_is_the_variant ? 0 : 1];
        variant_ = names_[second_is_the_variant ? 1 : 0];
        return true;
    }

    /// Of two models.
    bool find_roles_by_looks() {
        const NameLook first = look_of(names_[0]), second = look_of(names_[1]);
        const bool first_is_full = first == NameLook::kFullPrecision &&
                                   second == NameLook::kQuantized;
        const bool second_is_full = second == NameLook::kFullPrecision &&
                                    first == NameLook::kQuantized;
        if (!first_is_full && !second_is_full) {
            out_.problem(0,
                         fmt::format("nothing tells which of {} and {} is the baseline",
                                     in_quotes(names_[0]),
                                     in_quotes(names_[1])),
                         "Say so with --baseline NAME or --variant NAME.");
            return false;
        }
        give_roles(first_is_full);
        out_.note(
            fmt::format("{} is taken as the baseline by its name; --baseline NAME says otherwise.",
                        in_quotes(baseline_)));
        return true;
    }

    /// False: the vote is of other models.
    bool add_outcome(const Vote& vote) {
        const bool baseline_is_a = vote.cells[kModelA] == baseline_;
        const std::string& other = vote.cells[baseline_is_a ? kModelB : kModelA];
        if ((!baseline_is_a && vote.cells[kModelB] != baseline_) ||
            (!variant_.empty() && other != variant_)) {
            return false;
        }
        OutcomeRow row;
        row.line = vote.line;
        row.question = vote.cells[kQuestion];
        row.variant = other;
        row.baseline = baseline_;
        row.judge = vote.cells[kJudge];
        if (row.judge.starts_with(kVoter)) {
            row.judge = "voters";
        }
        row.side_known = true;
        row.variant_is_a = !baseline_is_a;
        row.kind = outcome_of(*state_of(vote.cells[kWinner]), row.variant_is_a);
        out_.add(row);
        return true;
    }

    const OutcomeSource& source_;
    OutcomeCollector& out_;
    std::vector<std::string> names_;  ///< of the models, in the order in which they came
    std::vector<Vote> votes_;
    std::string baseline_;
    std::string variant_;
};

void read_json(std::string_view text, OutcomeCollector& out, Votes& votes) {
    MemberNames members = member_names();
    each_json_object(text, out, [&](JsonReader& reader, std::int64_t line) {
        Vote vote;
        vote.line = line;
        const std::size_t problems_before = out.n_problems();
        members.read(reader, out, line, [&](int field, std::string_view key) {
            vote.cells[static_cast<std::size_t>(field)] = read_name(reader, out, line, key)
                                                              .value_or("");
        });
        if (out.n_problems() == problems_before) {
            votes.add(std::move(vote));
        }
    });
}

void read_csv(std::string_view text, OutcomeCollector& out, Votes& votes) {
    const auto columns = [&](const CsvRecord& head) {
        return columns_of(head, member_names(), out);
    };
    each_csv_row(text, out, columns, [&](const std::vector<CsvCell>& known, std::int64_t line) {
        Vote vote;
        vote.line = line;
        for (const CsvCell& cell : known) {
            vote.cells[static_cast<std::size_t>(cell.field)] = cell.text;
        }
        votes.add(std::move(vote));
    });
}

}  // namespace

OutcomesOrProblems read_arena_votes(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kArenaVotes);
    Votes votes(source, out);
    const std::size_t start = source.text.find_first_not_of(" \t\r\n");
    const bool json = start != std::string_view::npos &&
                      (source.text[start] == '{' || source.text[start] == '[');
    (json ? read_json : read_csv)(source.text, out, votes);
    votes.finish();
    return out.finish();
}

}  // namespace assay::exchange
