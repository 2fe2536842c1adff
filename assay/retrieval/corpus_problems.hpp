#pragma once
// What is wrong with the files of a corpus, told at once.

#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::retrieval {

/// At most this many problems of a corpus are told, and one that counts the rest.
inline constexpr std::size_t kMostProblems = 20;

class CorpusProblems {
 public:
    void add(Failure failure);
    void add(std::string message, std::string place, std::string remedy);
    [[nodiscard]] bool any() const { return n_ > 0; }
    /// Throws Error kUsage with a line for each, if there is any.
    void throw_if_any() const;

 private:
    std::vector<Failure> told_;
    std::size_t n_ = 0;
};

}  // namespace assay::retrieval
