#pragma once
// An experiment file and a command line -> Plan: every default filled in, every path absolute,
// every error at once.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// The value of a plain setting as a flag gives it. Whole numbers of every size, so that one that
/// is out of range is reported as that.
using SettingValue = std::variant<bool, double, std::int64_t, std::uint64_t, std::string>;

/// What command-line flags can set. A flag that is given wins over the file's key; relative paths
/// are relative to the working directory. The ranges are those of the experiment file; a value
/// outside is reported with the flag as its place.
struct Overrides {
    /// Plain settings (records/settings.hpp) by their place in an experiment file:
    /// "generation.temp"; and "judges.concurrency", which is that of every API judge.
    std::map<std::string, SettingValue, std::less<>> settings;
    std::optional<std::string> name;
    std::optional<std::string> model;  ///< -m, --model: baseline.file, or [NAME=]answers:FILE
    /// --variants, split at commas: [NAME=]answers:FILE; what ends in .gguf or contains '/' is a
    /// file, else a type
    std::optional<std::vector<std::string>> variants;
    std::vector<std::string> lora{};         ///< --lora: adapters that are merged into the model
    std::vector<std::string> lora_scaled{};  ///< --lora-scaled: likewise, each FILE:SCALE
    bool allow_missing = false;  ///< --allow-missing: of every variant whose answers are read from
                                 ///< a file
    std::optional<std::string> questions;  ///< --questions: dataset.file
    /// --fields: each "[WHOSE.]FIELD=PATH"; WHOSE is "dataset" or the name of a variant whose
    /// answers are read, without it all answers are meant
    std::optional<std::vector<std::string>> fields;
    std::optional<std::string> contexts_separator;  ///< --contexts-separator
    std::optional<std::string> corpus;              ///< --corpus: retrieval.corpus
    std::optional<std::string> embedder;            ///< --embedder: a file, or none
    std::optional<std::string> query_prefix;        ///< --query-prefix
    std::optional<std::string> passage_prefix;      ///< --passage-prefix
    std::optional<std::vector<std::string>> ids;
    std::optional<std::vector<std::string>> judges;  ///< --judge: as judge_of_text reads it;
                                                     ///< replaces the file's judges
    std::optional<std::string> run_dir;              ///< --run
    std::optional<std::string> system;               ///< the text; "" for no system prompt
    std::optional<std::string> system_file;
    std::optional<std::string> prompt_template;  ///< a file
    std::optional<std::string> chat_template;    ///< Jinja text
    std::optional<std::string> chat_template_file;
    std::optional<std::vector<std::string>> stop;
    std::optional<std::string> known_bad;
    std::optional<std::string> engine;  ///< --engine: the program assay-engine
    /// --imatrix: a file, or make; for every variant that is made by quantizing and names none
    std::optional<std::string> imatrix;
    std::optional<std::string> imatrix_text;     ///< --imatrix-text: of those that are made
    std::optional<std::int64_t> imatrix_chunks;  ///< --imatrix-chunks: likewise
};

/// Of Overrides::settings.
inline constexpr std::string_view kEveryJudgesConcurrency = "judges.concurrency";

/// The plan of an experiment file, of flags alone, or of both.
///
/// Reads the experiment file and the templates that it names, and looks whether models and dataset
/// are there; it opens neither. On failure every error is returned, those of the file in the order
/// of its lines with a place
/// ("exp.yaml:3:1"), then those of the flags ("--temp") and of the whole. `place` of a file is the
/// path as it was given. Throws nothing but std::bad_alloc.
[[nodiscard]] tl::expected<Plan, std::vector<Failure>> load_plan(
    const std::optional<std::filesystem::path>& file, const Overrides& flags);

/// The analysis settings of flags alone, for planning without an experiment: checked as load_plan
/// checks them. Other flags are not looked at.
[[nodiscard]] tl::expected<AnalysisSettings, std::vector<Failure>> load_analysis(
    const Overrides& flags);

}  // namespace assay::config
