#pragma once
// An answer of the baseline that another model reads (docs/fidelity.md), and what that gives.
//
// Rows are the model's last hidden state before its output matrix, float32, one for each token that
// was chosen: they take a hundredth of the logits' room, and the logits are computed from them
// again, bit by bit.

#include <cstdint>
#include <string>
#include <vector>

namespace assay::wire {

/// What a model wrote: the tokens that it chose, its end token among them, and what is known of
/// each of them.
struct Written {
    std::vector<std::int32_t> tokens;
    std::string rows;    ///< bytes: n_tokens x width float32; empty: not kept
    std::string logits;  ///< bytes: n_tokens float32, the chosen token's own, before the penalty:
                         ///< what is computed from a row must give these bits
    static void fields(auto& self, auto& field) {
        field("written_tokens", self.tokens);
        field.bytes("written_rows", self.rows);
        field.bytes("written_logits", self.logits);
    }
};

/// What a model thought of the tokens of a draft, one value for each (records/fidelity.hpp), and
/// where it would have gone another way. Empty lists: the draft had no rows, or `failure`.
struct Reading {
    std::vector<std::int32_t> top_baseline;
    std::vector<std::int32_t> top_variant;
    std::vector<std::int32_t> ranks;
    std::vector<double> kld;
    std::vector<double> log_prob_baseline;
    std::vector<double> log_prob_variant;
    std::vector<double> entropy_baseline;
    std::vector<double> entropy_variant;
    std::string failure;   ///< why nothing can be said of this draft; empty: it can
    int diverges_at = -1;  ///< place of the first token that it would not have chosen; -1: none
    std::int32_t own_token = 0;  ///< that it would have chosen there
    std::string own_text;        ///< of that token; empty for an end token
    std::string draft_text;      ///< of the draft's token there
    double own_log_prob_baseline = 0;
    double own_log_prob_variant = 0;
    static void fields(auto& self, auto& field) {
        field("top_baseline", self.top_baseline);
        field("top_variant", self.top_variant);
        field("ranks", self.ranks);
        field("kld", self.kld);
        field("log_prob_baseline", self.log_prob_baseline);
        field("log_prob_variant", self.log_prob_variant);
        field("entropy_baseline", self.entropy_baseline);
        field("entropy_variant", self.entropy_variant);
        field("reading_failure", self.failure);
        field("diverges_at", self.diverges_at);
        field("own_token", self.own_token);
        field.bytes("own_text", self.own_text);
        field.bytes("draft_text", self.draft_text);
        field("own_log_prob_baseline", self.own_log_prob_baseline);
        field("own_log_prob_variant", self.own_log_prob_variant);
    }
};

}  // namespace assay::wire
