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
constexpr std::array<Format, 5> kFormats{
    {{OutcomeFormat::kOutcomes, "outcomes", read_outcome_rows},
     {OutcomeFormat::kStudy, "study", read_study_results},
     {OutcomeFormat::kAlpacaEval, "alpaca-eval", read_alpaca_eval},
     {OutcomeFormat::kArenaHard, "arena-hard", read_arena_hard},
     {OutcomeFormat::kFastChat, "fastchat", read_fastchat}}};
constexpr const char* kWhatIsRead =
    "What is read: rows with question and verdict (JSONL, a JSON list, CSV), "
    "evaluation_results.json, AlpacaEval's "
    "annotations.json, judgments of arena-hard and FastChat, and run directories.";

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
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < keys.size() && i < 8; ++i) {
        shown.push_back(shorten(keys[i], 40));
    }
    return fail(fmt::format("is of no known format: its first object has the keys {}{}",
                            fmt::join(shown, ", "),
                            keys.size() > shown.size() ? ", ..." : ""),
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
        // Without a list there is one object a line: what is wrong with the first is not in the
        // second.
        JsonReader reader(
            text.substr(0, text[start] == '{' ? text.find('\n', start) : std::string_view::npos));
        try {
            return format_by_keys(source, first_keys(reader));
        } catch (const JsonProblem& problem) {
            const auto line = 1 +
                              std::count(text.begin(),
                                         text.begin() + static_cast<std::ptrdiff_t>(problem.offset),
                                         '\n');
            return fail(fmt::format("broken JSON: {}", problem.message),
                        fmt::format("{}:{}", source.name, line),
                        "Write one object a line (JSONL), or a list of objects.");
        }
    }
    CsvReader reader(text);
    CsvRecord head;
    while (reader.next(head) && head.is_blank()) {
        continue;
    }
    for (const std::string& cell : head.cells) {
        if (trim(cell) == "verdict") {
            return OutcomeFormat::kOutcomes;
        }
    }
    return fail(fmt::format("is neither JSON nor CSV with a column verdict: it begins with \"{}\"",
                            shorten(text.substr(start, 60), 40)),
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
