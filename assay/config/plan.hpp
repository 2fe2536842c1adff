#pragma once
// An experiment file and a command line -> Plan: every default filled in, every path absolute,
// every error at once.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// What command-line flags can set. A flag that is given wins over the file's key; relative paths
/// are relative to the working directory. The ranges are those of the experiment file; a value
/// outside is reported with the flag as its place.
struct Overrides {
    std::optional<std::string> name;
    std::optional<std::string> model;  ///< -m, --model: baseline.file, or [NAME=]answers:FILE
    /// --variants, split at commas: [NAME=]answers:FILE; what ends in .gguf or contains '/' is a
    /// file, else a type
    std::optional<std::vector<std::string>> variants;
    bool allow_missing = false;  ///< --allow-missing: of every variant whose answers are read from
                                 ///< a file
    std::optional<std::string> questions;  ///< --questions: dataset.file
    std::optional<std::int64_t> limit;
    std::optional<std::vector<std::string>> ids;
    std::optional<std::vector<std::string>> judges;  ///< --judge: as judge_of_text reads it;
                                                     ///< replaces the file's judges
    std::optional<std::string> run_dir;              ///< --run
    std::optional<std::string> system;               ///< the text; "" for no system prompt
    std::optional<std::string> system_file;
    std::optional<std::string> prompt_template;  ///< a file
    std::optional<std::string> chat_template;    ///< Jinja text
    std::optional<std::string> chat_template_file;
    std::optional<double> temp;
    std::optional<std::int64_t> top_k;
    std::optional<double> top_p;
    std::optional<double> min_p;
    std::optional<double> repeat_penalty;
    std::optional<std::int64_t> repeat_last_n;
    std::optional<std::int64_t> ctx_size;
    std::optional<std::int64_t> predict;
    std::optional<std::uint64_t> seed;  ///< --seed: generation.seed
    std::optional<std::vector<std::string>> stop;
    std::optional<std::uint64_t> blinding_seed;
    bool both_orders = false;  ///< --both-orders: judging.both-orders; false: not given
    std::optional<std::int64_t> repeats;
    std::optional<double> repeat_share;
    std::optional<double> margin;
    std::optional<double> alpha;
    std::optional<double> power;
    std::optional<std::string> stopping;
    std::optional<std::string> multiplicity;
    std::optional<std::string> known_bad;
    std::optional<double> decisive_rate;  ///< --decisive-rate: analysis.expected-decisive-rate
    std::optional<double> icc;
    std::optional<std::string> engine;  ///< --engine: the program assay-engine
    std::optional<std::int64_t> threads;
    std::optional<std::int64_t> slots;
    std::optional<std::int64_t> ubatch_size;
    std::optional<std::int64_t> n_gpu_layers;
    std::optional<std::string> flash_attn;
    std::optional<std::string> cache_type_k;
    std::optional<std::string> cache_type_v;
    std::optional<std::string> imatrix;  ///< for every variant that is made by quantizing and names
                                         ///< none of its own
    std::optional<std::int64_t> max_concurrency;  ///< -j, --max-concurrency: of every judge
};

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
