#pragma once
// The output matrix of a model, without the model: it makes logits of rows that were kept.

#include <memory>
#include <span>
#include <string>

#include "assay/base/result.hpp"

namespace assay::engine {

/// logits = matrix x row, on the kernels that the model itself takes, so that the bits are those
/// that it had. Whoever uses it compares one logit of each row with what was kept beside it: an
/// architecture that computes its logits in another way is seen so.
class OutputHead {
 public:
    /// Reads output.weight, or where a model has none token_embd.weight, from the file (any part of
    /// a split one). Fails where the header says that logits are scaled, capped or shifted behind
    /// the matrix.
    [[nodiscard]] static Result<OutputHead> open(const std::string& model_path, int n_threads);
    /// What open() would take; 0 where it would fail.
    [[nodiscard]] static std::uint64_t bytes_in_file(const std::string& model_path);
    ~OutputHead();
    OutputHead(OutputHead&&) noexcept;
    OutputHead& operator=(OutputHead&&) noexcept;

    [[nodiscard]] std::size_t width() const;    ///< values of a row
    [[nodiscard]] std::size_t n_vocab() const;  ///< logits of a row
    [[nodiscard]] std::uint64_t bytes() const;  ///< of memory that the matrix takes

    /// The logits of n rows, n x n_vocab, until the next call. `single`: the rows were outputs of
    /// batches that had no other one, as behind a prompt, which takes another kernel. Throws
    /// std::runtime_error when the library fails.
    [[nodiscard]] std::span<const float> logits(std::span<const float> rows, bool single);

 private:
    struct State;
    explicit OutputHead(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace assay::engine
