// assay's own format for verdicts that were made elsewhere: JSONL, a JSON list, or CSV.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/exchange/csv_rows.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"
#include "assay/records/names.hpp"

namespace assay::exchange {
namespace {

enum Field {
    kQuestion,
    kVerdict,
    kOrder,
    kCluster,
    kConfidence,
    kJudge,
    kVariant,
    kBaseline,
    kExperiment,
    kIdentical,
    kSample,
    kNFields
};

const std::vector<MemberNames::Name>& names() {
    static const std::vector<MemberNames::Name> kNames{
        {"question", kQuestion},     {"question_id", kQuestion},  {"task_id", kQuestion},
        {"id", kQuestion},           {"uid", kQuestion},          {"sample_id", kQuestion},
        {"doc_id", kQuestion},       {"verdict", kVerdict},       {"order", kOrder},
        {"cluster", kCluster},       {"document_id", kCluster},   {"paper_id", kCluster},
        {"confidence", kConfidence}, {"judge", kJudge},           {"variant", kVariant},
        {"baseline", kBaseline},     {"experiment", kExperiment}, {"plan_sha256", kExperiment},
        {"identical", kIdentical},   {"sample", kSample}};
    return kNames;
}

/// A row as it is written: a text or nothing for each field.
using Cells = std::array<std::optional<std::string_view>, kNFields>;

bool same_word(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + ('a' - 'A'))
                                                        : text[i];
        if (c != lower[i]) {
            return false;
        }
    }
    return true;
}

/// What the word of a verdict says: an outcome, or a side.
struct VerdictWord {
    std::string_view word;
    std::optional<OutcomeKind> kind;  ///< empty: A or B, which need an order
    VerdictState side = VerdictState::kTie;
};
constexpr std::array<VerdictWord, 10> kWords{
    {{"win", OutcomeKind::kWin},
     {"loss", OutcomeKind::kLoss},
     {"tie", OutcomeKind::kTie},
     {"a", std::nullopt, VerdictState::kA},
     {"b", std::nullopt, VerdictState::kB},
     {"invalid", OutcomeKind::kInvalid},
     {"error", OutcomeKind::kError},
     {"refused", OutcomeKind::kRefused},
     {"not_judged", OutcomeKind::kNotJudged},
     {"no_answer_baseline", OutcomeKind::kNoAnswerBaseline}}};

class RowReader {
 public:
    RowReader(const OutcomeSource& source, OutcomeCollector& out) : out_(out), names_(source) {}

    void add(const Cells& cells, std::int64_t line) {
        OutcomeRow row;
        row.line = line;
        check_experiment(cells, line);
        if (!cells[kQuestion]) {
            out_.problem(line, "no question: a row needs the question's id", "Name it `question`.");
            return;
        }
        row.question = *cells[kQuestion];
        row.cluster = cells[kCluster];
        row.sample = cells[kSample] ? sample_from(*cells[kSample], out_, line) : 0;
        row.variant = cells[kVariant].value_or("");
        row.baseline = cells[kBaseline].value_or("");
        row.judge = cells[kJudge].value_or("");
        if (cells[kOrder] && !read_order(*cells[kOrder], row)) {
            return;
        }
        if (!read_verdict(cells[kVerdict], row)) {
            return;
        }
        if (cells[kConfidence]) {
            row.confidence = read_confidence(*cells[kConfidence], line);
        }
        if (cells[kIdentical]) {
            read_identical(*cells[kIdentical], row);
        }
        out_.add(row);
    }

    void finish() const { names_.finish(out_); }

 private:
    bool read_order(std::string_view order, OutcomeRow& row) {
        row.side_known = true;
        if (same_word(order, "a") || same_word(order, "first")) {
            row.variant_is_a = true;
        } else if (same_word(order, "b") || same_word(order, "second")) {
            row.variant_is_a = false;
        } else if (order.size() > 6 && order.ends_with("_first")) {
            const std::string_view name = order.substr(0, order.size() - 6);
            if (row.variant.empty()) {
                row.variant_is_a = names_.is_variant(name);
            } else {
                row.variant_is_a = name == row.variant;
                if (!row.variant_is_a && row.baseline.empty()) {
                    row.baseline = name;
                }
                if (!row.variant_is_a && name != row.baseline) {
                    out_.problem(
                        row.line,
                        fmt::format(
                            "order: \"{}\" is neither the variant \"{}\" nor the baseline \"{}\"",
                            shorten(name, 60),
                            shorten(row.variant, 60),
                            shorten(row.baseline, 60)));
                    return false;
                }
            }
        } else {
            out_.problem(
                row.line,
                fmt::format(
                    "order: unknown word \"{}\"; known: a or first (the variant was shown first), "
                    "b or second, and <name>_first",
                    shorten(order, 60)));
            return false;
        }
        return true;
    }

    bool read_verdict(const std::optional<std::string_view>& word, OutcomeRow& row) {
        if (!word) {
            out_.problem(row.line,
                         "no verdict",
                         "Name it `verdict`: win, tie, loss, or A, B with an order.");
            return false;
        }
        for (const VerdictWord& known : kWords) {
            if (!same_word(*word, known.word)) {
                continue;
            }
            if (known.kind) {
                row.kind = *known.kind;
            } else if (!row.side_known) {
                out_.problem(row.line,
                             fmt::format("verdict: {} means nothing without an order", *word),
                             "Add `order`: a where the variant was shown as A, b where as B.");
                return false;
            } else {
                row.kind = outcome_of(known.side, row.variant_is_a);
            }
            return true;
        }
        unknown_verdict(*word, row.line);
        return false;
    }

    void unknown_verdict(std::string_view word, std::int64_t line) {
        std::vector<std::string> known;
        for (const VerdictWord& verdict : kWords) {
            known.emplace_back(verdict.word);
        }
        const std::string near = nearest_word(word, known);
        out_.problem(line,
                     fmt::format("verdict: unknown word \"{}\"{}; known: {}",
                                 shorten(word, 60),
                                 near.empty() ? "" : fmt::format(", did you mean {}", near),
                                 fmt::join(known, ", ")));
    }

    Confidence read_confidence(std::string_view word, std::int64_t line) {
        // Most rows have one of these, as they are written here.
        if (word == "high") {
            return Confidence::kHigh;
        }
        if (word == "medium") {
            return Confidence::kMedium;
        }
        if (word == "low") {
            return Confidence::kLow;
        }
        return confidence_from(word, out_, line);
    }

    void read_identical(std::string_view word, OutcomeRow& row) {
        row.identical = same_word(word, "true");
        if (!row.identical && !same_word(word, "false")) {
            out_.problem(
                row.line,
                fmt::format("identical: \"{}\" is neither true nor false", shorten(word, 60)));
        } else if (row.identical && row.kind != OutcomeKind::kTie) {
            out_.problem(
                row.line,
                "identical: true, but the verdict is no tie: equal answers cannot win or lose");
        }
    }

    void check_experiment(const Cells& cells, std::int64_t line) {
        const std::string_view name = cells[kExperiment].value_or("");
        if (first_line_ == 0) {
            experiment_ = name;
            first_line_ = line;
        } else if (name != experiment_) {
            const auto words = [](std::string_view text) {
                return text.empty() ? std::string("no experiment")
                                    : fmt::format("experiment \"{}\"", shorten(text, 60));
            };
            out_.problem(
                line,
                fmt::format(
                    "{}, but line {} is of {}: outcomes of two experiments are not analysed as one",
                    words(name),
                    first_line_,
                    words(experiment_)),
                "Split the file.");
        }
    }

    OutcomeCollector& out_;
    TwoNames names_;
    std::string experiment_;
    std::int64_t first_line_ = 0;
};

void read_json(std::string_view text, OutcomeCollector& out, RowReader& rows) {
    MemberNames members(names());
    each_json_object(text, out, [&](JsonReader& reader, std::int64_t line) {
        Cells cells;
        const std::size_t problems_before = out.n_problems();
        members.read(reader, out, line, [&](int field, std::string_view key) {
            if (field == kIdentical && reader.kind() == JsonKind::kBool) {
                cells[kIdentical] = reader.read_bool() ? "true" : "false";
            } else {
                cells[static_cast<std::size_t>(field)] = read_name(reader, out, line, key);
            }
        });
        // A field of the wrong type has been told; that it is missing besides would be a second
        // error for one mistake.
        if (out.n_problems() == problems_before) {
            rows.add(cells, line);
        }
    });
}

void read_csv(std::string_view text, OutcomeCollector& out, RowReader& rows) {
    const auto columns = [&](const CsvRecord& head) {
        auto found = columns_of(head, MemberNames(names()), out);
        for (const auto& [field, name] :
             {std::pair(kQuestion, "question"), {kVerdict, "verdict"}}) {
            if (found && std::find(found->begin(), found->end(), field) == found->end()) {
                out.problem(head.line,
                            fmt::format("the head names no column {}", name),
                            "The first row of a CSV file names the columns: question,verdict and "
                            "optionally order, cluster, confidence, judge, variant.");
                found.reset();
            }
        }
        return found;
    };
    each_csv_row(text, out, columns, [&](const std::vector<CsvCell>& known, std::int64_t line) {
        Cells cells;
        for (const CsvCell& cell : known) {
            cells[static_cast<std::size_t>(cell.field)] = cell.text;
        }
        rows.add(cells, line);
    });
}

}  // namespace

OutcomesOrProblems read_outcome_rows(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kOutcomes);
    RowReader rows(source, out);
    const std::size_t start = source.text.find_first_not_of(" \t\r\n");
    const bool json = start != std::string_view::npos &&
                      (source.text[start] == '{' || source.text[start] == '[');
    (json ? read_json : read_csv)(source.text, out, rows);
    rows.finish();
    return out.finish();
}

}  // namespace assay::exchange
