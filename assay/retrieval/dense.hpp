#pragma once
// The dense leg: passages by how near their vectors are to a question's.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/records/plan.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/dense_index.hpp"
#include "assay/retrieval/embedder.hpp"
#include "assay/retrieval/found.hpp"
#include "assay/store/vector_cache.hpp"

namespace assay::retrieval {

/// The most memory that vectors of a corpus may take, in bytes.
inline constexpr std::uint64_t kMostVectorBytes = 16'000'000'000;

/// Settings, and what makes vectors of texts with them.
struct SearchSetup {
    RetrievalSettings settings;
    Embedder* embedder = nullptr;               ///< of settings.embedder; null: none is named
    std::filesystem::path vectors{};            ///< file of the cache for its vectors
    const std::atomic<bool>* cancel = nullptr;  ///< looked at while the corpus is read; may be null
};

class DenseLeg {
 public:
    /// Makes the vectors of all passages that the cache does not have; each is in the cache a
    /// second after it was made. Says before what memory they take. Throws Error where that is too
    /// much, where the embedder fails, or the cache holds something else than vectors.
    DenseLeg(const Corpus& corpus, const SearchSetup& setup, Progress& progress);

    /// The `depth` nearest passages, the nearest first. `cut`: the embedder did not see all of the
    /// question.
    struct Nearest {
        std::vector<Scored> passages;
        bool cut = false;
    };
    [[nodiscard]] Nearest search(const std::string& question, std::size_t depth);

    /// Passages of which the embedder saw only the beginning.
    [[nodiscard]] std::int64_t n_cut() const { return n_cut_; }

 private:
    /// Nothing: the cache does not have it.
    [[nodiscard]] std::optional<Embedding> kept(const std::string& text) const;
    [[nodiscard]] Embedding make(const std::string& text);
    void set(std::size_t place, const Embedding& embedding);

    const SearchSetup& setup_;
    const EmbedderFacts facts_;
    const std::string key_;  ///< of the embedder in the cache
    store::VectorCache cache_;
    std::unique_ptr<DenseIndex> index_;
    std::int64_t n_cut_ = 0;
};

}  // namespace assay::retrieval
