#include "assay/retrieval/retriever.hpp"

#include <fmt/format.h>

#include "assay/retrieval/chunks.hpp"
#include "assay/retrieval/fuse.hpp"

namespace assay::retrieval {
namespace {

/// To be counted up where passages are cut or read in another way.
constexpr int kPassageRules = 1;

}  // namespace

std::vector<Rule> rules_of(const SearchSetup& setup) {
    const RetrievalSettings& settings = setup.settings;
    std::vector<Rule> out{
        {"top", std::to_string(settings.top)},
        {"embedder",
         setup.embedder == nullptr ? std::string(kNoEmbedder) : setup.embedder->sha256()},
        {"the rule of passages",
         fmt::format("at most {} words, at the ends of sentences, never across a heading (rule {})",
                     kMostWords,
                     kPassageRules)},
        {"the lexical search", lexical_rules()}};
    if (setup.embedder != nullptr) {
        out.push_back({"max-tokens", std::to_string(settings.max_tokens)});
        out.push_back({"query-prefix", fmt::format("\"{}\"", settings.query_prefix)});
        out.push_back({"passage-prefix", fmt::format("\"{}\"", settings.passage_prefix)});
        out.push_back({"the fusion", fusion_rules()});
    }
    return out;
}

Retriever::Retriever(const Corpus& corpus, const SearchSetup& setup, Progress& progress)
    : lexical_(corpus.passages) {
    if (setup.embedder != nullptr) {
        dense_.emplace(corpus, setup, progress);
    }
}

Retriever::Result Retriever::find(const std::string& question, std::size_t depth) {
    if (dense_) {
        const DenseLeg::Nearest nearest = dense_->search(question, kFusedDepth);
        return {fuse(lexical_.search(question, kFusedDepth), nearest.passages, depth), nearest.cut};
    }
    Result out;
    for (const Scored& scored : lexical_.search(question, depth)) {
        const auto rank = static_cast<std::int64_t>(out.found.size()) + 1;
        out.found.push_back({scored.place, {{std::string(kLexicalLeg), rank, scored.score}}});
    }
    return out;
}

}  // namespace assay::retrieval
