// evaluation_results.json of the study and of assay.

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"
#include "assay/exchange/study.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

enum Field { kTask, kVerdict, kWinner, kOrder, kConfidence, kReasoning, kSample, kNFields };

/// What every row must have, and its name in the file.
constexpr std::array<std::pair<Field, std::string_view>, 3> kNeeded{
    {{kTask, "task_id"}, {kVerdict, "verdict"}, {kOrder, "order"}}};

class ResultReader {
 public:
    ResultReader(const OutcomeSource& source, OutcomeCollector& out) : out_(out), names_(source) {}

    void read(JsonReader& reader, std::int64_t line) {
        std::array<std::optional<std::string_view>, kNFields> cells;
        const std::size_t problems_before = out_.n_problems();
        members_.read(reader, out_, line, [&](int field, std::string_view key) {
            cells[static_cast<std::size_t>(field)] = read_name(reader, out_, line, key);
        });
        if (out_.n_problems() != problems_before) {
            return;
        }
        for (const auto& [field, name] : kNeeded) {
            if (!cells[field]) {
                out_.problem(line, fmt::format("no {}", name));
                return;
            }
        }
        const auto state = verdict_state_of(*cells[kVerdict]);
        if (!state) {
            out_.problem(
                line,
                fmt::format(
                    "verdict: unknown word \"{}\"; known: A, B, TIE, INVALID, ERROR, REFUSED",
                    shorten(*cells[kVerdict], 60)));
            return;
        }
        const std::string_view order = *cells[kOrder];
        if (order.size() <= 6 || !order.ends_with("_first")) {
            out_.problem(line,
                         fmt::format("order: \"{}\" is not <name>_first", shorten(order, 60)));
            return;
        }
        const std::string_view first = order.substr(0, order.size() - 6);
        if (!agrees(*state, first, cells[kWinner].value_or(""))) {
            out_.problem(
                line,
                fmt::format("verdict {} and order \"{}\" do not go with winner_model \"{}\"",
                            *cells[kVerdict],
                            shorten(order, 60),
                            shorten(cells[kWinner].value_or(""), 60)));
            return;
        }
        OutcomeRow row;
        row.line = line;
        row.question = *cells[kTask];
        row.sample = cells[kSample] ? sample_from(*cells[kSample], out_, line) : 0;
        row.side_known = true;
        row.variant_is_a = names_.is_variant(first);
        row.kind = outcome_of(*state, row.variant_is_a);
        if (cells[kConfidence]) {
            row.confidence = confidence_from(*cells[kConfidence], out_, line);
        }
        // What assay settled without a judge says so in these words.
        row.identical = *state == VerdictState::kTie && cells[kReasoning] == kReasonIdentical;
        row.no_answer_variant = row.kind == OutcomeKind::kLoss &&
                                cells[kReasoning] == kReasonNoAnswer;
        out_.add(row);
    }

    void finish() const { names_.finish(out_); }

 private:
    /// Whether the winner's name is what verdict and order say, as far as names can be compared:
    /// the study itself writes a model in one way in `order` and in another in `winner_model`.
    static bool agrees(VerdictState state, std::string_view first, std::string_view winner) {
        if (winner.empty()) {
            return true;
        }
        const bool tie = to_lower_ascii(winner) == "tie";
        if (state == VerdictState::kTie || tie) {
            return tie && state == VerdictState::kTie;
        }
        if (state != VerdictState::kA && state != VerdictState::kB) {
            return false;
        }
        if (winner == first) {
            return state == VerdictState::kA;
        }
        const NameLook a = look_of(first), b = look_of(winner);
        return a == NameLook::kUnknown || b == NameLook::kUnknown ||
               (a == b) == (state == VerdictState::kA);
    }

    OutcomeCollector& out_;
    TwoNames names_;
    MemberNames members_{{{"task_id", kTask},
                          {"verdict", kVerdict},
                          {"winner_model", kWinner},
                          {"order", kOrder},
                          {"confidence", kConfidence},
                          {"reasoning", kReasoning},
                          {"sample", kSample}}};
};

}  // namespace

OutcomesOrProblems read_study_results(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kStudy);
    ResultReader results(source, out);
    each_json_object(source.text, out, [&](JsonReader& reader, std::int64_t line) {
        results.read(reader, line);
    });
    results.finish();
    return out.finish();
}

}  // namespace assay::exchange
