#pragma once
// Lets the engine read a text, pass after pass and chunk after chunk.

#include <span>
#include <vector>

#include "assay/app/base_file_output.hpp"
#include "assay/app/text_measured.hpp"
#include "assay/app/text_passes.hpp"
#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/perplexity/base_file.hpp"
#include "assay/wire/text_scoring.hpp"

namespace assay::app {

/// Adds what the engine says of the text to `out`, whose files and chunks are chosen.
class TextReader {
 public:
    /// `head`: the chunks' tokens. `base`: the baseline's log-probabilities; null: the baseline is
    /// loaded.
    TextReader(llm::Engine& engine,
               Progress& progress,
               const wire::TextSettings& settings,
               const perplexity::BaseFileHead& head,
               perplexity::BaseFileReader* base,
               TextMeasured& out);

    /// `output` takes the baseline's log-probabilities in the first pass; null: nothing does.
    /// Throws Error.
    void read(std::span<const TextPass> passes, BaseFileOutput* output);

 private:
    void read_pass(const TextPass& pass, BaseFileOutput* output);
    void load(const TextPass& pass);
    void keep(const TextPass& pass, const wire::ScoredText& scored);

    llm::Engine& engine_;
    Progress& progress_;
    const wire::TextSettings settings_;
    const perplexity::BaseFileHead& head_;
    perplexity::BaseFileReader* base_;
    TextMeasured& out_;
    std::vector<double> kld_sums_;  ///< so far, for what is shown
};

}  // namespace assay::app
