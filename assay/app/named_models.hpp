#pragma once
// A baseline and variants that a command line names and assay-engine runs, without an experiment:
// for what looks at models themselves (fidelity on a text, speed).

#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/config/problems.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/variant_spec.hpp"

namespace assay::app {

/// As they are typed.
struct ModelWords {
    std::string baseline;  ///< may be empty: none
    std::vector<std::string> variants;
    std::string imatrix;  ///< for the types that are made; may be empty
};

/// Each with a name: the one that was given, the type, or the file's stem. Paths are absolute.
struct NamedModels {
    std::optional<VariantSpec> baseline{};
    std::vector<VariantSpec> variants{};
};

/// `what`: "a text is read", for the sentence of what is no file. Reports every word that is none,
/// and names that two have.
[[nodiscard]] NamedModels named_models(const ModelWords& words,
                                       const std::string& what,
                                       config::Problems& problems);

/// Why a model is no GGUF which the engine runs as it is; nothing: it is one. `word`: as it was
/// named; `what`: as above.
[[nodiscard]] std::optional<Failure> why_no_file(const VariantSpec& spec,
                                                 const std::string& word,
                                                 const std::string& what);

/// What makes and reads files.
struct ModelWorkshop {
    llm::Engine& engine;
    Progress& progress;
    int n_threads = 1;
};

/// The file of a model: hashed, with its adapters merged in where it names some; or made of the
/// baseline's file, which is then not null. Throws Error.
[[nodiscard]] ModelFile file_of_model(const VariantSpec& spec,
                                      const ModelFile* baseline,
                                      const ModelWorkshop& workshop);

}  // namespace assay::app
