// AlpacaEval's annotations.json.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"

namespace assay::exchange {
namespace {

enum Field {
    kInstruction,
    kOutput1,
    kOutput2,
    kGenerator,
    kGenerator1,
    kGenerator2,
    kAnnotator,
    kPreference,
    kNFields
};

/// From -1, the first output is better, to 1, the second is; of 1 .. 2. Older files write 0 for a
/// draw, newer ones 1.5 (AlpacaEval's metrics/helpers.py takes both as one).
double grade_of(double preference) {
    return preference == 0 ? 0 : 2 * preference - 3;
}

OutcomeKind kind_of(std::optional<double> grade) {
    if (!grade) {
        return OutcomeKind::kInvalid;
    }
    if (*grade == 0) {
        return OutcomeKind::kTie;
    }
    return *grade > 0 ? OutcomeKind::kWin : OutcomeKind::kLoss;
}

class AnnotationReader {
 public:
    AnnotationReader(const OutcomeSource& source, OutcomeCollector& out)
        : source_(source), out_(out) {}

    void read(JsonReader& reader, std::int64_t line) {
        Cells cells;
        bool has_preference = false;
        std::optional<double> preference;
        const std::size_t problems_before = out_.n_problems();
        members_.read(reader, out_, line, [&](int field, std::string_view key) {
            if (field == kPreference) {
                has_preference = true;
                preference = read_preference(reader, line);
            } else {
                cells[static_cast<std::size_t>(field)] = read_name(reader, out_, line, key);
            }
        });
        if (out_.n_problems() != problems_before) {
            return;
        }
        if (!cells[kInstruction] || !has_preference) {
            out_.problem(line, cells[kInstruction] ? "no preference" : "no instruction");
            return;
        }
        const auto models = models_of(cells, line);
        if (!models) {
            return;
        }
        OutcomeRow row;
        row.line = line;
        // An instruction may be annotated with several pairs of outputs: these depend on each
        // other.
        const std::vector<std::string> outputs{std::string(cells[kOutput1].value_or("")),
                                               std::string(cells[kOutput2].value_or(""))};
        const std::string question = fmt::format(
            "{} [{}]", *cells[kInstruction], sha256_of_fields(outputs).substr(0, 8));
        row.question = question;
        // The same instruction in other white space, case or Unicode form is a copy.
        const std::string instruction = folded_text(*cells[kInstruction]);
        row.cluster = instruction;
        if (cells[kOutput1] && cells[kOutput2]) {
            row.equal_texts = trim_unicode(*cells[kOutput1]) == trim_unicode(*cells[kOutput2]);
        }
        row.baseline = models->baseline;
        row.variant = models->variant;
        row.judge = cells[kAnnotator].value_or("");
        std::optional<double> grade;
        if (preference) {
            grade = models->variant_is_second ? grade_of(*preference) : -grade_of(*preference);
        }
        row.kind = kind_of(grade);
        if (grade && *grade != -1 && *grade != 0 && *grade != 1) {
            row.graded = grade;
        }
        n_with_baseline_ += !row.baseline.empty();
        out_.add(row);
    }

    void finish() {
        if (n_with_baseline_ > 0 && n_with_baseline_ < out_.n_rows()) {
            out_.problem(0, "some rows name a baseline (generator_1) and others do not");
        }
    }

 private:
    using Cells = std::array<std::optional<std::string_view>, kNFields>;

    struct Models {
        std::string_view baseline;
        std::string_view variant;
        bool variant_is_second = true;
    };

    /// AlpacaEval compares output_2 with output_1, so that the second is the variant unless
    /// --baseline says otherwise. Nothing: a problem.
    std::optional<Models> models_of(const Cells& cells, std::int64_t line) {
        std::string_view first = cells[kGenerator1].value_or(""),
                         second = cells[kGenerator2].value_or("");
        // The outputs of a model have it without a number, and some files keep it so.
        const std::string_view plain = cells[kGenerator].value_or("");
        if (first.empty() && !second.empty()) {
            first = plain;
        } else if (second.empty() && !first.empty()) {
            second = plain;
        } else if (first.empty() && !plain.empty()) {
            out_.problem(line,
                         fmt::format("generator is \"{}\", and nothing says which of the two "
                                     "outputs is its",
                                     shorten(plain, 60)),
                         "Rename it to generator_1 or generator_2.");
            return std::nullopt;
        }
        if (!first.empty() && first == second) {
            out_.problem(line,
                         fmt::format("both outputs are of \"{}\"", shorten(first, 60)),
                         "A comparison needs two models.");
            return std::nullopt;
        }
        const std::string& baseline = source_.baseline;
        if (baseline.empty() || second.empty() || first == baseline) {
            return Models{first, second, true};
        }
        if (second == baseline) {
            return Models{second, first, false};
        }
        if (first.empty()) {
            return Models{baseline, second, true};
        }
        out_.problem(line,
                     fmt::format("compares \"{}\" with \"{}\", neither of which is the baseline "
                                 "\"{}\"",
                                 shorten(second, 60),
                                 shorten(first, 60),
                                 shorten(baseline, 60)),
                     "Name one of them with --baseline.");
        return std::nullopt;
    }

    std::optional<double> read_preference(JsonReader& reader, std::int64_t line) {
        const JsonKind kind = reader.kind();
        if (kind != JsonKind::kNumber) {
            if (kind != JsonKind::kNull) {
                out_.problem(
                    line,
                    fmt::format("preference: is {}; a number in [1, 2] or null is expected",
                                words_of(kind)));
            }
            reader.skip();
            return std::nullopt;
        }
        const std::string_view text = reader.read_number();
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && (value == 0 || (value >= 1 && value <= 2))) {
            return value;
        }
        out_.problem(line,
                     fmt::format("preference: {} is not in [1, 2]", shorten(text, 40)),
                     "1 means that output_1 was preferred, 2 that output_2 was, 1.5 or 0 neither.");
        return std::nullopt;
    }

    const OutcomeSource& source_;
    OutcomeCollector& out_;
    std::size_t n_with_baseline_ = 0;
    MemberNames members_{{{"instruction", kInstruction},
                          {"output_1", kOutput1},
                          {"output_2", kOutput2},
                          {"generator", kGenerator},
                          {"generator_1", kGenerator1},
                          {"generator_2", kGenerator2},
                          {"annotator", kAnnotator},
                          {"preference", kPreference}}};
};

}  // namespace

OutcomesOrProblems read_alpaca_eval(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kAlpacaEval);
    AnnotationReader annotations(source, out);
    each_json_object(source.text, out, [&](JsonReader& reader, std::int64_t line) {
        annotations.read(reader, line);
    });
    annotations.finish();
    return out.finish();
}

}  // namespace assay::exchange
