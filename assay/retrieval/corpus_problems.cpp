#include "assay/retrieval/corpus_problems.hpp"

#include <fmt/format.h>

namespace assay::retrieval {

void CorpusProblems::add(Failure failure) {
    if (++n_ <= kMostProblems) {
        told_.push_back(std::move(failure));
    }
}

void CorpusProblems::add(std::string message, std::string place, std::string remedy) {
    add(Failure{std::move(message), std::move(place), std::move(remedy)});
}

void CorpusProblems::throw_if_any() const {
    if (n_ == 0) {
        return;
    }
    std::string text;
    for (const Failure& failure : told_) {
        text += (text.empty() ? "" : "\n") + to_sentence(failure);
    }
    if (n_ > told_.size()) {
        text += fmt::format("\nand {} more problems of the corpus", n_ - told_.size());
    }
    throw_usage(text);
}

}  // namespace assay::retrieval
