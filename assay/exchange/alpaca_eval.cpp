// AlpacaEval's annotations.json.

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/exchange/outcome_formats.hpp"

namespace assay::exchange {
namespace {

enum Field {
    kInstruction,
    kOutput1,
    kOutput2,
    kGenerator1,
    kGenerator2,
    kAnnotator,
    kPreference,
    kNFields
};

/// 1: the baseline, which stands first, is better; 2: the variant is; 1.5: neither.
OutcomeKind kind_of(std::optional<double> preference) {
    if (!preference) {
        return OutcomeKind::kInvalid;
    }
    if (*preference == 1.5) {
        return OutcomeKind::kTie;
    }
    return *preference > 1.5 ? OutcomeKind::kWin : OutcomeKind::kLoss;
}

class AnnotationReader {
 public:
    explicit AnnotationReader(OutcomeCollector& out) : out_(out) {}

    void read(JsonReader& reader, std::int64_t line) {
        std::array<std::optional<std::string_view>, kNFields> cells;
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
        OutcomeRow row;
        row.line = line;
        // An instruction may be annotated with several pairs of outputs: these depend on each
        // other.
        const std::vector<std::string> outputs{std::string(cells[kOutput1].value_or("")),
                                               std::string(cells[kOutput2].value_or(""))};
        const std::string question = fmt::format(
            "{} [{}]", *cells[kInstruction], sha256_of_fields(outputs).substr(0, 8));
        row.question = question;
        row.cluster = cells[kInstruction];
        row.baseline = cells[kGenerator1].value_or("");
        row.variant = cells[kGenerator2].value_or("");
        row.judge = cells[kAnnotator].value_or("");
        row.kind = kind_of(preference);
        if (preference && *preference != 1 && *preference != 1.5 && *preference != 2) {
            row.graded = 2 * *preference - 3;
        }
        out_.add(row);
    }

 private:
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
        if (error == std::errc() && value >= 1 && value <= 2) {
            return value;
        }
        out_.problem(line,
                     fmt::format("preference: {} is not in [1, 2]", shorten(text, 40)),
                     "1 means that output_1 was preferred, 2 that output_2 was, 1.5 neither.");
        return std::nullopt;
    }

    OutcomeCollector& out_;
    MemberNames members_{{{"instruction", kInstruction},
                          {"output_1", kOutput1},
                          {"output_2", kOutput2},
                          {"generator_1", kGenerator1},
                          {"generator_2", kGenerator2},
                          {"annotator", kAnnotator},
                          {"preference", kPreference}}};
};

}  // namespace

OutcomesOrProblems read_alpaca_eval(const OutcomeSource& source) {
    OutcomeCollector out(source, OutcomeFormat::kAlpacaEval);
    AnnotationReader annotations(out);
    each_json_object(source.text, out, [&](JsonReader& reader, std::int64_t line) {
        annotations.read(reader, line);
    });
    return out.finish();
}

}  // namespace assay::exchange
