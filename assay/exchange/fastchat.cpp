// FastChat's pairwise judgments of mt-bench.

#include <fmt/format.h>

#include <array>
#include <string>

#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"
#include "assay/exchange/shown_prompt.hpp"

namespace assay::exchange {
namespace {

enum Field {
    kQuestion,
    kModel1,
    kModel2,
    kWinner1,
    kWinner2,
    kJudge,
    kTurn,
    kScore,
    kPrompt1,
    kPrompt2,
    kNFields
};

class MatchReader {
 public:
    MatchReader(const OutcomeSource& source, OutcomeCollector& out) : source_(source), out_(out) {}

    void read(JsonReader& reader, std::int64_t line) {
        Cells cells;
        EqualAnswers equal_answers;
        bool graded_alone = false;
        const std::size_t problems_before = out_.n_problems();
        members_.read(reader, out_, line, [&](int field, std::string_view key) {
            switch (field) {
                case kScore:
                    graded_alone = true;
                    reader.skip();
                    break;
                case kPrompt1: equal_answers[0] = read_shows_equal_answers(reader); break;
                case kPrompt2: equal_answers[1] = read_shows_equal_answers(reader); break;
                case kJudge: cells[kJudge] = read_judge(reader, line); break;
                default:
                    cells[static_cast<std::size_t>(field)] = read_name(reader, out_, line, key);
            }
        });
        if (out_.n_problems() != problems_before) {
            return;
        }
        static constexpr std::array<std::string_view, 4> kNeeded{
            "question_id", "model_1", "model_2", "g1_winner"};
        for (std::size_t i = 0; i < kNeeded.size(); ++i) {
            if (cells[i]) {
                continue;
            }
            out_.problem(line, fmt::format("no {}", kNeeded[i]));
            return;
        }
        if (*cells[kModel1] == *cells[kModel2]) {
            out_.problem(
                line,
                fmt::format("model_1 and model_2 are both \"{}\"", shorten(*cells[kModel1], 60)));
            return;
        }
        add(cells, equal_answers, graded_alone, line);
    }

    void finish() {
        if (n_others_ > 0) {
            out_.note(fmt::format(
                "{} judgments of pairs without {} were left out.", n_others_, source_.baseline));
        }
        if (n_others_ > 0 && out_.n_rows() == 0) {
            out_.problem(0, fmt::format("no judgment is of a pair with \"{}\"", source_.baseline));
        }
    }

 private:
    using Cells = std::array<std::optional<std::string_view>, kNFields>;
    using EqualAnswers = std::array<std::optional<bool>, 2>;  ///< of each game, as its prompt says

    void add(const Cells& cells,
             const EqualAnswers& equal_answers,
             bool graded_alone,
             std::int64_t line) {
        const auto variant_is_1 = is_first_the_variant(*cells[kModel1], *cells[kModel2], line);
        if (!variant_is_1) {
            return;
        }
        OutcomeRow row;
        row.line = line;
        row.variant = *variant_is_1 ? *cells[kModel1] : *cells[kModel2];
        row.baseline = *variant_is_1 ? *cells[kModel2] : *cells[kModel1];
        row.judge = cells[kJudge].value_or("");
        std::string question(*cells[kQuestion]);
        row.cluster = *cells[kQuestion];
        if (cells[kTurn]) {
            question += fmt::format(", turn {}", *cells[kTurn]);
        }
        row.question = question;
        for (const Field game : {kWinner1, kWinner2}) {
            if (!cells[game] || (game == kWinner2 && graded_alone)) {
                continue;
            }
            const auto state = state_of(*cells[game], game == kWinner1);
            if (!state) {
                out_.problem(
                    line,
                    fmt::format("{}: unknown word \"{}\"; known: model_1, model_2, tie, error",
                                game == kWinner1 ? "g1_winner" : "g2_winner",
                                shorten(*cells[game], 60)));
                return;
            }
            // A judge that graded each answer alone saw no sides, and its two games are one.
            row.side_known = !graded_alone;
            row.variant_is_a = (game == kWinner1) == *variant_is_1;
            row.kind = outcome_of(*state, row.variant_is_a);
            row.equal_texts = equal_answers[game == kWinner1 ? 0 : 1];
            out_.add(row);
        }
    }

    /// In A and B: model_1 is A in the first game and B in the second. FastChat writes error for a
    /// reply without a verdict.
    static std::optional<VerdictState> state_of(std::string_view winner, bool first_game) {
        if (winner == "tie") {
            return VerdictState::kTie;
        }
        if (winner == "error") {
            return VerdictState::kInvalid;
        }
        if (winner != "model_1" && winner != "model_2") {
            return std::nullopt;
        }
        return (winner == "model_1") == first_game ? VerdictState::kA : VerdictState::kB;
    }

    /// Nothing: this pair does not count, or (with a problem) it cannot be told.
    std::optional<bool> is_first_the_variant(std::string_view model_1,
                                             std::string_view model_2,
                                             std::int64_t line) {
        if (!source_.baseline.empty()) {
            if (model_2 == source_.baseline) {
                return true;
            }
            if (model_1 == source_.baseline) {
                return false;
            }
            ++n_others_;
            return std::nullopt;
        }
        if (baseline_.empty()) {
            baseline_ = model_2;
        }
        if (model_2 == baseline_) {
            return true;
        }
        out_.problem(line,
                     fmt::format("model_2 is \"{}\" here and \"{}\" before, so nothing tells which "
                                 "model is the baseline",
                                 shorten(model_2, 60),
                                 shorten(baseline_, 60)),
                     "Say so with --baseline NAME; pairs without it are left out.");
        return std::nullopt;
    }

    /// ["gpt-4", "pair-v2"]: the model, and the name of its prompt, which differs by category and
    /// turn; or a text.
    std::optional<std::string_view> read_judge(JsonReader& reader, std::int64_t line) {
        if (reader.kind() != JsonKind::kList) {
            return read_name(reader, out_, line, "judge");
        }
        std::optional<std::string_view> name;
        std::size_t n = 0;
        reader.enter_list();
        while (reader.next_item()) {
            if (n++ == 0) {
                name = read_name(reader, out_, line, "judge");
            } else {
                reader.skip();
            }
        }
        return name;
    }

    const OutcomeSource& source_;
    OutcomeCollector& out_;
    std::string baseline_;
    std::int64_t n_others_ = 0;
    MemberNames members_{{{"question_id", kQuestion},
                          {"model_1", kModel1},
                          {"model_2", kModel2},
                          {"g1_winner", kWinner1},
                          {"g2_winner", kWinner2},
                          {"judge", kJudge},
                          {"turn", kTurn},
                          {"m1_score", kScore},
                          {"g1_user_prompt", kPrompt1},
                          {"g2_user_prompt", kPrompt2}}};
};

}  // namespace

OutcomesOrProblems read_fastchat(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kFastChat);
    MatchReader matches(source, out);
    each_json_object(source.text, out, [&](JsonReader& reader, std::int64_t line) {
        matches.read(reader, line);
    });
    matches.finish();
    return out.finish();
}

}  // namespace assay::exchange
