#pragma once
// The files and folders that a draft names, looked up on this machine.

#include <optional>
#include <string>

#include "assay/config/draft_step.hpp"
#include "assay/config/variant_entry.hpp"

namespace assay::config {

class NamedFiles : DraftStep {
 public:
    using DraftStep::DraftStep;

    /// Reports every file of models, answers, questions and the engine that is not there.
    void look_for_all();

    /// Reports a file, or a checkpoint folder, that is not there; true if it is a file that is.
    /// "ollama:NAME" is looked up when the run begins.
    bool look_for(const std::string& key, const std::string& file);

    /// A text file's content. Reports one that is not there, above 1 MiB, no text, or empty.
    std::optional<std::string> read_text(const std::string& key, const std::string& file);

 private:
    void look_for_folder(const std::string& key, const std::string& folder);
    void look_for_adapters(const std::string& key, const VariantEntry& entry);
};

}  // namespace assay::config
