// arena-hard's judgments, versions 0.1 and 2.

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"
#include "assay/exchange/shown_prompt.hpp"

namespace assay::exchange {
namespace {

enum Field { kQuestion, kModel, kJudge, kBaseline, kGames, kNFields };
enum GameField { kScore, kPrompt };

struct Game {
    VerdictState state = VerdictState::kInvalid;
    std::optional<bool> equal_answers = {};  ///< empty: its prompt does not say
};

/// "A>>B" and its like; INVALID for what a judge wrote instead. Both tools keep whatever stood
/// between [[ and ]].
VerdictState state_of(std::string_view score) {
    if (score.size() < 3 || score.size() > 4) {
        return VerdictState::kInvalid;
    }
    const char left = score.front(), right = score.back();
    const std::string_view relation = score.substr(1, score.size() - 2);
    if (!((left == 'A' && right == 'B') || (left == 'B' && right == 'A'))) {
        return VerdictState::kInvalid;
    }
    if (relation == "=" || relation == "==") {
        return VerdictState::kTie;
    }
    if (relation == ">" || relation == ">>") {
        return left == 'A' ? VerdictState::kA : VerdictState::kB;
    }
    if (relation == "<" || relation == "<<") {
        return left == 'A' ? VerdictState::kB : VerdictState::kA;
    }
    return VerdictState::kInvalid;
}

class JudgmentReader {
 public:
    explicit JudgmentReader(OutcomeCollector& out) : out_(out) {}

    void read(JsonReader& reader, std::int64_t line) {
        std::array<std::optional<std::string_view>, kNFields> cells;
        std::vector<Game> games;
        const std::size_t problems_before = out_.n_problems();
        members_.read(reader, out_, line, [&](int field, std::string_view key) {
            if (field == kGames) {
                games = read_games(reader, line);
            } else {
                cells[static_cast<std::size_t>(field)] = read_name(reader, out_, line, key);
            }
        });
        if (out_.n_problems() != problems_before) {
            return;
        }
        if (!cells[kQuestion] || games.empty()) {
            out_.problem(line, cells[kQuestion] ? "no games" : "no question_id or uid");
            return;
        }
        if (games.size() > 2) {
            out_.problem(line,
                         fmt::format("games: there are {}; one, or one in each order, are expected",
                                     games.size()));
            return;
        }
        for (std::size_t i = 0; i < games.size(); ++i) {
            OutcomeRow row;
            row.line = line;
            row.question = *cells[kQuestion];
            row.variant = cells[kModel].value_or("");
            row.judge = cells[kJudge].value_or("");
            row.baseline = cells[kBaseline].value_or("");
            row.side_known = true;
            row.variant_is_a = i == 1;  // in the first game the baseline is A
            row.kind = outcome_of(games[i].state, row.variant_is_a);
            row.equal_texts = games[i].equal_answers;
            out_.add(row);
        }
    }

 private:
    std::vector<Game> read_games(JsonReader& reader, std::int64_t line) {
        std::vector<Game> games;
        if (reader.kind() != JsonKind::kList) {
            out_.problem(line,
                         fmt::format("games: is {}; a list is expected", words_of(reader.kind())));
            reader.skip();
            return games;
        }
        reader.enter_list();
        while (reader.next_item()) {
            games.emplace_back();
            if (reader.kind() == JsonKind::kObject) {
                read_game(reader, line, games.back());
            } else {
                if (reader.kind() != JsonKind::kNull) {
                    out_.problem(line,
                                 fmt::format("games: an item is {}, not an object",
                                             words_of(reader.kind())));
                }
                reader.skip();
            }
        }
        return games;
    }

    void read_game(JsonReader& reader, std::int64_t line, Game& game) {
        game_members_.read(reader, out_, line, [&](int field, std::string_view key) {
            if (field == kPrompt) {
                game.equal_answers = read_shows_equal_answers(reader);
            } else if (const auto score = read_name(reader, out_, line, key)) {
                game.state = state_of(*score);
            }
        });
    }

    OutcomeCollector& out_;
    MemberNames members_{{{"question_id", kQuestion},
                          {"uid", kQuestion},
                          {"model", kModel},
                          {"judge", kJudge},
                          {"baseline", kBaseline},
                          {"games", kGames}}};
    MemberNames game_members_{{{"score", kScore}, {"user_prompt", kPrompt}}};
};

}  // namespace

OutcomesOrProblems read_arena_hard(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kArenaHard);
    JudgmentReader judgments(out);
    each_json_object(source.text, out, [&](JsonReader& reader, std::int64_t line) {
        judgments.read(reader, line);
    });
    return out.finish();
}

}  // namespace assay::exchange
