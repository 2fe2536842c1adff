#include "assay/retrieval/retriever.hpp"

#include <fmt/format.h>

#include "assay/retrieval/chunks.hpp"

namespace assay::retrieval {
namespace {

/// To be counted up where passages are cut or read in another way.
constexpr int kPassageRules = 1;

}  // namespace

std::vector<Rule> rules_of(const RetrievalSettings& settings) {
    return {{"top", std::to_string(settings.top)},
            {"embedder", settings.embedder},
            {"the rule of passages",
             fmt::format("at most {} words, at the ends of sentences, never across a heading (rule "
                         "{})",
                         kMostWords,
                         kPassageRules)},
            {"the lexical search", lexical_rules()}};
}

std::vector<Found> Retriever::find(std::string_view question, std::size_t depth) const {
    std::vector<Found> out;
    for (const Scored& scored : lexical_.search(question, depth)) {
        const auto rank = static_cast<std::int64_t>(out.size()) + 1;
        out.push_back({scored.place, {{std::string(kLexicalLeg), rank, scored.score}}});
    }
    return out;
}

}  // namespace assay::retrieval
