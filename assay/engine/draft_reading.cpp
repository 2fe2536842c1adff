// Problem: how far is a model from the one that wrote an answer, at each of its tokens? Both
// distributions over the whole vocabulary are needed, and only one of the models is here.
//
// Model: beside the tokens come the rows that the writer had before its output matrix, and that
// matrix makes its logits of them again. With b and v the two rows of logits less their largest
// value, B and V the sums of exp(b) and exp(v), p = exp(b) / B:
//   divergence  KL(baseline || variant) = sum p (b - v) - log B + log V
//   entropy     of the baseline         = log B - sum p b
// (Kullback and Leibler 1951; Cover and Thomas, Elements of Information Theory, ch. 2), in nats.
//
// Invariant: one logit of each row was kept beside it. If the logit that is computed has other
// bits, the architecture computes its logits in another way, or on another path, and nothing is
// said of this draft. Equal rows give a divergence of exactly 0, as every sum is of the same values
// in the same order.

#include "assay/engine/draft_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "assay/engine/row_sums.hpp"
#include "common.h"

namespace assay::engine {
namespace {

float float_at(const std::string& bytes, std::size_t index) {
    float value = 0;
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    return value;
}

}  // namespace

struct DraftReading::Facts {
    bool finite = true;
    std::int32_t top_baseline = 0;
    std::int32_t top_variant = 0;
    std::int32_t rank = 1;
    double kld = 0;
    double log_prob_baseline = 0;
    double log_prob_variant = 0;
    double entropy_baseline = 0;
    double entropy_variant = 0;
    double own_log_prob_baseline = 0;
    double own_log_prob_variant = 0;
};

DraftReading::DraftReading(const wire::Written& draft,
                           OutputHead* head,
                           const llama_vocab* vocab,
                           int n_threads)
    : draft_(draft), head_(head), vocab_(vocab), n_threads_(std::max(1, n_threads)) {
    reads_ = can_read();
}

bool DraftReading::can_read() {
    if (head_ == nullptr || draft_.rows.empty()) {
        return false;
    }
    const auto n_vocab = static_cast<std::size_t>(llama_vocab_n_tokens(vocab_));
    if (head_->n_vocab() != n_vocab) {
        fail(fmt::format("the baseline has logits for {} tokens, and this model for {}",
                         head_->n_vocab(),
                         n_vocab));
        return false;
    }
    const std::size_t n = draft_.tokens.size();
    if (draft_.rows.size() != n * head_->width() * sizeof(float) ||
        draft_.logits.size() != n * sizeof(float)) {
        fail("the baseline's rows have another size than its output matrix");
        return false;
    }
    return true;
}

void DraftReading::fail(std::string why) {
    wire::Reading failed;
    failed.failure = std::move(why);
    failed.diverges_at = reading_.diverges_at;
    failed.own_token = reading_.own_token;
    reading_ = std::move(failed);
    reads_ = false;
}

void DraftReading::diverges(std::size_t position, std::int32_t own_token) {
    reading_.diverges_at = static_cast<int>(position);
    reading_.own_token = own_token;
    reading_.own_text = common_token_to_piece(vocab_, own_token, false);
    reading_.draft_text = common_token_to_piece(vocab_, draft_.tokens[position], false);
}

/// The row of the first token was the one output of its batch, the others had company.
std::span<const float> DraftReading::baseline_logits(std::size_t first, std::size_t n) {
    std::vector<float> rows(n * head_->width());
    std::memcpy(rows.data(),
                draft_.rows.data() + first * head_->width() * sizeof(float),
                rows.size() * sizeof(float));
    return head_->logits(rows, first == 0);
}

bool DraftReading::is_as_written(std::size_t position, const float* baseline) const {
    return std::bit_cast<std::uint32_t>(baseline[draft_.tokens[position]]) ==
           std::bit_cast<std::uint32_t>(float_at(draft_.logits, position));
}

void DraftReading::take(std::size_t first, std::span<const float* const> logits) {
    if (!reads_) {
        return;
    }
    const std::span<const float> baseline = baseline_logits(first, logits.size());
    const std::size_t n_vocab = head_->n_vocab();
    std::vector<Facts> facts(logits.size());
    const auto n = static_cast<std::ptrdiff_t>(logits.size());
#pragma omp parallel for num_threads(n_threads_)
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        facts[at] = facts_of(first + at, baseline.data() + at * n_vocab, logits[at]);
    }
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (!facts[i].finite) {
            return fail("a model gave numbers that are not finite (NaN or infinity)");
        }
        if (!is_as_written(first + i, baseline.data() + i * n_vocab)) {
            return fail(
                "the baseline's logits cannot be computed from its rows: its architecture "
                "computes them in another way");
        }
        keep(facts[i]);
        if (static_cast<int>(first + i) == reading_.diverges_at) {
            reading_.own_log_prob_baseline = facts[i].own_log_prob_baseline;
            reading_.own_log_prob_variant = facts[i].own_log_prob_variant;
        }
    }
}

DraftReading::Facts DraftReading::facts_of(std::size_t position,
                                           const float* baseline,
                                           const float* variant) const {
    const std::size_t n = head_->n_vocab();
    const Largest b = largest_of(baseline, n), v = largest_of(variant, n);
    Facts out;
    out.finite = b.all_finite && v.all_finite;
    if (!out.finite) {
        return out;
    }
    const RowSums sums = sums_of(baseline, b.value, variant, v.value, n);
    const double log_b = std::log(sums.exp_b), log_v = std::log(sums.exp_v);
    const auto of_baseline = [&](std::int32_t token) {
        return static_cast<double>(baseline[token]) - static_cast<double>(b.value) - log_b;
    };
    const auto of_variant = [&](std::int32_t token) {
        return static_cast<double>(variant[token]) - static_cast<double>(v.value) - log_v;
    };
    const std::int32_t token = draft_.tokens[position];
    out.top_baseline = b.index;
    out.top_variant = v.index;
    out.rank = 1 + count_larger(variant, variant[token], n);
    // It is never negative (Gibbs); the rounding of the sums may be.
    out.kld = std::max(0.0, (sums.exp_b_b - sums.exp_b_v) / sums.exp_b - (log_b - log_v));
    out.log_prob_baseline = of_baseline(token);
    out.log_prob_variant = of_variant(token);
    out.entropy_baseline = std::max(0.0, log_b - sums.exp_b_b / sums.exp_b);
    out.entropy_variant = std::max(0.0, log_v - sums.exp_v_v / sums.exp_v);
    if (static_cast<int>(position) == reading_.diverges_at) {
        out.own_log_prob_baseline = of_baseline(reading_.own_token);
        out.own_log_prob_variant = of_variant(reading_.own_token);
    }
    return out;
}

void DraftReading::keep(const Facts& facts) {
    reading_.top_baseline.push_back(facts.top_baseline);
    reading_.top_variant.push_back(facts.top_variant);
    reading_.ranks.push_back(facts.rank);
    reading_.kld.push_back(facts.kld);
    reading_.log_prob_baseline.push_back(facts.log_prob_baseline);
    reading_.log_prob_variant.push_back(facts.log_prob_variant);
    reading_.entropy_baseline.push_back(facts.entropy_baseline);
    reading_.entropy_variant.push_back(facts.entropy_variant);
}

}  // namespace assay::engine
