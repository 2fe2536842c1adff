#include "assay/app/fidelity.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

namespace assay::app {
namespace {

constexpr std::uint64_t kMostRowBytes = std::uint64_t{16} << 30;

/// Never more than half of what is free where the run is.
std::uint64_t most_row_bytes(const std::string& folder) {
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    return error ? kMostRowBytes : std::min<std::uint64_t>(kMostRowBytes, space.available / 2);
}

}  // namespace

Fidelity::Fidelity(const std::string& folder, std::string head_model)
    : head_model_(std::move(head_model)), rows_(folder, most_row_bytes(folder)) {}

void Fidelity::keep(const std::string& question_id, const wire::Written& written) {
    if (failed()) {
        return;
    }
    if (written.tokens.empty() || written.rows.empty()) {
        return fail("the model of the baseline shows no rows before its output matrix");
    }
    const auto kept = rows_.keep(question_id, written);
    if (!kept) {
        return fail(to_sentence(kept.error()));
    }
    n_left_out_ += *kept ? 0 : 1;
}

void Fidelity::note_self(const wire::Reading& reading) {
    if (!reading.failure.empty()) {
        return fail(reading.failure);
    }
    if (!self_) {
        self_.emplace();
    }
    const auto n = static_cast<std::int64_t>(reading.kld.size());
    double sum = self_->mean_kld * static_cast<double>(self_->n_tokens);
    for (std::int64_t i = 0; i < n; ++i) {
        const double kld = reading.kld[static_cast<std::size_t>(i)];
        const bool as_written = reading.diverges_at < 0 || i < reading.diverges_at;
        sum += kld;
        self_->n_exact += kld == 0 && as_written ? 1 : 0;
    }
    ++self_->n_answers;
    self_->n_tokens += n;
    self_->mean_kld = self_->n_tokens == 0 ? 0 : sum / static_cast<double>(self_->n_tokens);
}

void Fidelity::fail(const std::string& reason) {
    if (failure_.empty()) {
        failure_ = reason;
    }
}

bool has_to_read(const store::Store& store,
                 const std::string& baseline_key,
                 const std::string& variant_key) {
    if (store.has_fidelity(baseline_key, variant_key)) {
        return false;
    }
    const auto failed = [&](const std::string& key) {
        const auto row = store.answer(key);
        return row && row->answer.stop_reason == StopReason::kFailed;
    };
    return !failed(baseline_key) && !failed(variant_key);
}

AnswerFidelity fidelity_of(const std::string& question_id,
                           const wire::Written& draft,
                           const wire::Reading& reading) {
    AnswerFidelity out;
    out.question_id = question_id;
    for (std::size_t i = 0; i < reading.kld.size(); ++i) {
        TokenFidelity token;
        token.token = draft.tokens[i];
        token.top_baseline = reading.top_baseline[i];
        token.top_variant = reading.top_variant[i];
        token.kld = reading.kld[i];
        token.log_prob_baseline = reading.log_prob_baseline[i];
        token.log_prob_variant = reading.log_prob_variant[i];
        token.rank = reading.ranks[i];
        token.entropy_baseline = reading.entropy_baseline[i];
        token.entropy_variant = reading.entropy_variant[i];
        out.tokens.push_back(token);
    }
    if (reading.diverges_at < 0) {
        return out;
    }
    const TokenFidelity& there = out.tokens[static_cast<std::size_t>(reading.diverges_at)];
    Divergence divergence;
    divergence.position = reading.diverges_at;
    divergence.token_baseline = there.token;
    divergence.token_variant = reading.own_token;
    divergence.text_baseline = reading.draft_text;
    divergence.text_variant = reading.own_text;
    divergence.baseline_of_baseline = std::exp(there.log_prob_baseline);
    divergence.variant_of_baseline = std::exp(there.log_prob_variant);
    divergence.baseline_of_variant = std::exp(reading.own_log_prob_baseline);
    divergence.variant_of_variant = std::exp(reading.own_log_prob_variant);
    out.divergence = divergence;
    return out;
}

}  // namespace assay::app
