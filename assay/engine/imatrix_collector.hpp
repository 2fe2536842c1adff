#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "ggml.h"

namespace assay::engine {

/// Sums up, while a context computes, how large the inputs of each weight of the model's blocks
/// are.
class ImatrixCollector {
 public:
    /// llama_context_params::cb_eval, with the collector as cb_eval_user_data.
    static bool on_tensor(ggml_tensor* tensor, bool ask, void* collector);

    /// Why nothing is collected any more; empty message: nothing is wrong.
    [[nodiscard]] const Failure& failure() const { return failure_; }
    /// Weights that were seen.
    [[nodiscard]] std::size_t n_weights() const { return sums_.size(); }

    /// Writes llama.cpp's file of an importance matrix. `dataset`: the name of the text.
    [[nodiscard]] Result<bool> write(const std::string& path,
                                     const std::string& dataset,
                                     int chunk_tokens) const;

 private:
    /// What was seen of one weight.
    struct Sums {
        std::vector<float> squares;        ///< by column; of several matrices one behind the other
        std::vector<std::int64_t> counts;  ///< rows that were summed up: one, or one for each
                                           ///< expert
    };

    [[nodiscard]] static bool wants(const ggml_tensor* product);
    [[nodiscard]] bool collect(const ggml_tensor* product);
    [[nodiscard]] bool collect_matrix(const ggml_tensor* product, const char* data);
    [[nodiscard]] bool collect_experts(const ggml_tensor* product, const char* data);
    /// The sums of the weight, of this size; null if they had another one before.
    [[nodiscard]] Sums* sums_of(const std::string& weight,
                                std::int64_t n_values,
                                std::int64_t n_counts);
    bool fail_at(const std::string& weight, std::string_view what);

    std::map<std::string, Sums> sums_;
    std::vector<char> input_;    ///< a copy of what is not in the host's memory
    std::vector<char> experts_;  ///< a copy of who was chosen
    Failure failure_;
};

}  // namespace assay::engine
