#include "assay/exchange/outcomes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "assay/base/csv.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/json_rows.hpp"
#include "assay/exchange/outcome_formats.hpp"

namespace assay::exchange {
namespace {

struct Format {
    OutcomeFormat format;
    std::string_view name;
    OutcomesOrProblems (*read)(const OutcomeSource&);
};
constexpr std::array<Format, 6> kFormats{
    {{OutcomeFormat::kOutcomes, "outcomes", read_outcome_rows},
     {OutcomeFormat::kStudy, "study", read_study_results},
     {OutcomeFormat::kAlpacaEval, "alpaca-eval", read_alpaca_eval},
     {OutcomeFormat::kArenaHard, "arena-hard", read_arena_hard},
     {OutcomeFormat::kArenaVotes, "arena-votes", read_arena_votes},
     {OutcomeFormat::kFastChat, "fastchat", read_fastchat}}};
constexpr const char* kWhatIsRead =
    "What is read: rows with question and verdict (JSONL, a JSON list, CSV), "
    "evaluation_results.json, AlpacaEval's "
    "annotations.json, judgments of arena-hard and FastChat, votes of an arena (model_a, model_b, "
    "winner), and run directories.";

std::string_view without_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

/// The keys of the first object of a list, or of the text. Throws JsonProblem.
std::vector<std::string> first_keys(JsonReader& reader) {
    std::vector<std::string> keys;
    if (reader.kind() == JsonKind::kList) {
        reader.enter_list();
        if (!reader.next_item()) {
            return keys;
        }
    }
    if (reader.kind() != JsonKind::kObject) {
        return keys;
    }
    reader.enter_object();
    while (const auto key = reader.next_key()) {
        keys.emplace_back(*key);
        reader.skip();
    }
    return keys;
}

std::string shown_keys(const std::vector<std::string>& keys) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < keys.size() && i < 8; ++i) {
        shown.push_back(shorten(keys[i], 40));
    }
    return fmt::format("{}{}", fmt::join(shown, ", "), keys.size() > shown.size() ? ", ..." : "");
}

Result<OutcomeFormat> format_by_keys(const OutcomeSource& source,
                                     const std::vector<std::string>& keys) {
    const auto has = [&](std::string_view key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    if (has("g1_winner")) {
        return OutcomeFormat::kFastChat;
    }
    if (has("games")) {
        return OutcomeFormat::kArenaHard;
    }
    if (has("model_a") && has("model_b") && has("winner")) {
        return OutcomeFormat::kArenaVotes;
    }
    if (has("preference")) {
        return OutcomeFormat::kAlpacaEval;
    }
    if (has("winner_model")) {
        return OutcomeFormat::kStudy;
    }
    if (has("verdict")) {
        return OutcomeFormat::kOutcomes;
    }
    if (keys.empty()) {
        return fail("holds no objects with verdicts", source.name, kWhatIsRead);
    }
    return fail(
        fmt::format("is of no known format: its first object has the keys {}", shown_keys(keys)),
        source.name,
        kWhatIsRead);
}

/// The keys of the first object, or why there are none.
Result<std::vector<std::string>> keys_of(std::string_view text, const OutcomeSource& source) {
    JsonReader reader(text);
    try {
        return first_keys(reader);
    } catch (const JsonProblem& problem) {
        const auto end = text.begin() +
                         static_cast<std::ptrdiff_t>(std::min(problem.offset, text.size()));
        return fail(fmt::format("broken JSON: {}", problem.message),
                    fmt::format("{}:{}", source.name, 1 + std::count(text.begin(), end, '\n')),
                    "Write one object a line (JSONL), or a list of objects.");
    }
}

/// A list of objects, or an object a line: what is wrong with the first line is not in the second.
/// Any other object is no list of verdicts, and its keys say what it is.
Result<OutcomeFormat> format_of_json(const OutcomeSource& source,
                                     std::string_view text,
                                     std::size_t start) {
    if (text[start] == '[') {
        const auto keys = keys_of(text, source);
        return keys ? format_by_keys(source, *keys) : tl::unexpected(keys.error());
    }
    const auto of_line = keys_of(text.substr(0, text.find('\n', start)), source);
    if (of_line) {
        return format_by_keys(source, *of_line);
    }
    const auto of_whole = keys_of(text, source);
    if (!of_whole) {
        return tl::unexpected(of_line.error());
    }
    return fail(fmt::format("is one JSON object with the keys {}, not a list of verdicts",
                            shown_keys(*of_whole)),
                source.name,
                kWhatIsRead);
}

}  // namespace

std::string_view name_of(OutcomeFormat format) {
    for (const Format& known : kFormats) {
        if (known.format == format) {
            return known.name;
        }
    }
    return {};
}

std::optional<OutcomeFormat> outcome_format_of(std::string_view name) {
    for (const Format& known : kFormats) {
        if (known.name == name) {
            return known.format;
        }
    }
    return std::nullopt;
}

Result<OutcomeFormat> detect_outcome_format(const OutcomeSource& source) {
    const std::string_view text = without_mark(source.text);
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) {
        return fail("is empty", source.name, kWhatIsRead);
    }
    if (text[start] == '{' || text[start] == '[') {
        return format_of_json(source, text, start);
    }
    CsvReader reader(text);
    CsvRecord head;
    while (reader.next(head) && head.is_blank()) {
        continue;
    }
    const auto has = [&](std::string_view column) {
        return std::any_of(head.cells.begin(), head.cells.end(), [&](const std::string& cell) {
            return trim(cell) == column;
        });
    };
    if (has("verdict")) {
        return OutcomeFormat::kOutcomes;
    }
    if (has("model_a") && has("model_b") && has("winner")) {
        return OutcomeFormat::kArenaVotes;
    }
    return fail(fmt::format("is neither JSON nor CSV with a column verdict: it begins with \"{}\"",
                            shorten(to_valid_utf8(text.substr(start, 60)), 40)),
                source.name,
                kWhatIsRead);
}

OutcomesOrProblems read_outcomes(const OutcomeSource& source, std::optional<OutcomeFormat> format) {
    if (!format) {
        const auto detected = detect_outcome_format(source);
        if (!detected) {
            return tl::unexpected(std::vector<Failure>{detected.error()});
        }
        format = *detected;
    }
    OutcomeSource unmarked = source;
    unmarked.text = without_mark(source.text);
    for (const Format& known : kFormats) {
        if (known.format == *format) {
            return known.read(unmarked);
        }
    }
    check_failed("every format has a reader", __FILE__, __LINE__);
}

}  // namespace assay::exchange
