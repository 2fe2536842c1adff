#pragma once
// A plan while it is being read: what was written, where, and what is still to be looked up.

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/config/plan.hpp"
#include "assay/config/problems.hpp"
#include "assay/config/yaml_tree.hpp"

namespace assay::config {

/// The fields of a dataset, and of answers, whose names in a file can be said (`fields`).
inline constexpr std::array<std::string_view, 6> kDatasetFields{
    "id", "question", "expected", "contexts", "cluster", "gold"};
inline constexpr std::array<std::string_view, 5> kAnswerFields{
    "answer", "id", "question", "contexts", "generator"};

struct Draft {
    Plan plan;                             ///< what is not set yet is empty or has its default
    std::map<std::string, Where> origins;  ///< key path in the plan ("variants[1].file") -> where
                                           ///< it was written
    std::set<std::string> meant;  ///< top-level keys that a misspelt one stands for: not reported
                                  ///< as missing, too
    std::map<std::string, RunRecipe> recipes;  ///< key path of a variant ("variants[1]") -> how its
                                               ///< entry says that it is run; an empty word: as
                                               ///< the engine block says
    std::filesystem::path working_dir;         ///< absolute
    std::string source;  ///< the experiment file as it was given; empty without one

    // Texts that are given by file. Read once everything is overlaid, so that a file that a flag
    // replaces may be missing.
    std::string system_file;
    std::string prompt_template_file;
    std::string chat_template_file;
    std::vector<std::string> judge_template_files;  ///< one for each judge; empty: none
    bool has_system = false;                        ///< given as text, perhaps as the empty one

    /// Where a value was written; of what is a default: the experiment file without a line, or
    /// nothing.
    [[nodiscard]] Where origin(const std::string& key) const {
        const auto found = origins.find(key);
        return found == origins.end() ? Where{source, 0, 0, key} : found->second;
    }
};

/// Reads an experiment file's tree into the draft. Reports what is wrong with single values; what
/// concerns several values, or the disk, is resolve()'s.
void read_experiment(const YamlNode& root,
                     const std::filesystem::path& file,
                     Draft& draft,
                     Problems& problems);

/// Lays the flags over the draft.
void apply_flags(const Overrides& flags, Draft& draft, Problems& problems);

/// Fills in defaults, reads templates, looks for files, and checks what concerns several values.
void resolve(Draft& draft, Problems& problems);

/// Reports a power that is not above alpha.
void check_power(const Draft& draft, Problems& problems);

// Helpers that file and flags share.

/// `text` as an absolute path below `base`. Reports a path that is empty, holds a NUL or is not
/// UTF-8.
[[nodiscard]] std::string absolute_path(const std::filesystem::path& base,
                                        std::string_view text,
                                        const Where& where,
                                        Problems& problems);
/// A model's file: the same, or "ollama:NAME" as it is.
[[nodiscard]] std::string model_path_of(const std::filesystem::path& base,
                                        std::string_view text,
                                        const Where& where,
                                        Problems& problems);
/// A variant written as one word, with "NAME=" before it or not: "answers:FILE",
/// "PROVIDER:MODEL@URL"; else a file if it is "ollama:NAME", ends in .gguf or contains '/', else a
/// type. Reports an unknown type and a "=" without a name. `name` is empty where none is written.
[[nodiscard]] VariantSpec variant_of_text(std::string_view text,
                                          const std::filesystem::path& base,
                                          const Where& where,
                                          Problems& problems);
/// The same for the baseline, where a word that is nothing else is a file.
[[nodiscard]] VariantSpec baseline_of_text(std::string_view text,
                                           const std::filesystem::path& base,
                                           const Where& where,
                                           Problems& problems);
/// Canonical name of a quantization type; reports an unknown one and gives "".
[[nodiscard]] std::string type_of_text(std::string_view text,
                                       const Where& where,
                                       Problems& problems);

}  // namespace assay::config
