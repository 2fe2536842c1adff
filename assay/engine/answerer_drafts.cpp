// Drafts: an answer of the baseline is read before this model writes its own.
//
// Problem: what would this model have thought of each token while writing the same answer? Computed
// in one piece, as a prompt is, the rows take other kernels, and one greedy token in twenty of a
// quantized model would change for that reason alone.
//
// Model: behind a prompt, rows are the same bits however they are grouped, if a batch has fewer
// than 64 rows a stream (from 64 on flash attention works in tiles, with other rounding), at least
// 2 rows, and a multiple of 4 (repacked weights take a rest of 1 to 3 rows through another kernel).
// So the draft's tokens are computed in pieces of rows_of_a_piece, padded with dummy rows that
// are outputs and are cut off again. Each row is then what it would have been in a decode step:
// tests/flow/fidelity_model_test.cpp compares them.
//
// Invariant: the answer's tokens are those that the sampler chose on these rows. As long as it
// chooses the draft's, they are taken over; from the first other one on, the stream is cut back to
// there and the answer goes on step by step. So the answer has the bytes of plain decoding. It ends
// because a draft is finite, and what is behind it ends as every answer does.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "assay/engine/answerer.hpp"
#include "assay/engine/draft_reading.hpp"
#include "assay/engine/session.hpp"

namespace assay::engine {

struct Answerer::Draft {
    const std::vector<std::int32_t>& tokens;
    DraftReading reading;
    bool agrees = true;  ///< every token so far is what this model would have written
    bool finite = true;  ///< so are the numbers that it was chosen by
    std::optional<const char*> end = std::nullopt;  ///< why the answer ends; nothing: it does not
};

std::optional<Failure> Answerer::complaint_of_draft(const wire::AnswerRequest& request) const {
    const auto& tokens = request.draft.tokens;
    if (!start_.reads()) {
        return Failure{"a draft was given to a context that was not started for drafts", {}, {}};
    }
    if (!can_cut_back(llama_get_model(context_))) {
        return Failure{"the memory of this model cannot be cut back: it reads no drafts", {}, {}};
    }
    if (request.prompt.size() + tokens.size() + kMostPadding >
        static_cast<std::size_t>(start_.stream_size)) {
        return Failure{fmt::format("a prompt of {} tokens and a draft of {} do not fit the {} of a "
                                   "slot, less {} for padding",
                                   request.prompt.size(),
                                   tokens.size(),
                                   start_.stream_size,
                                   kMostPadding),
                       {},
                       {}};
    }
    const std::int32_t n_vocab = llama_vocab_n_tokens(vocab_);
    const auto outside = std::find_if(tokens.begin(), tokens.end(), [&](std::int32_t token) {
        return token < 0 || token >= n_vocab;
    });
    if (outside != tokens.end()) {
        return Failure{
            fmt::format("the draft's token {} is not in the vocabulary", *outside), {}, {}};
    }
    return std::nullopt;
}

/// Behind the prompt, whose last row is the draft's first.
void Answerer::read_draft(Slot& slot) {
    const auto start = std::chrono::steady_clock::now();
    const auto& request = std::get<wire::AnswerRequest>(slot.pending.task);
    const auto& tokens = request.draft.tokens;
    Draft draft{tokens, {request.draft, head_, vocab_, start_.n_threads}};
    const auto most = static_cast<std::size_t>(rows_of_a_piece(start_));
    read_rows(slot, draft, 0, 1);
    // The row behind the draft's last token is no part of it.
    for (std::size_t i = 0; i + 1 < tokens.size() && draft.finite;) {
        const std::size_t n = std::min(most, tokens.size() - 1 - i);
        force(slot, std::span(tokens).subspan(i, n));
        read_rows(slot, draft, i + 1, n);
        i += n;
    }
    slot.done.reading = draft.reading.finish();
    slot.done.read_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() -
                                                                  start)
                            .count();
    if (!draft.finite) {
        return fail_unfinished(slot);
    }
    if (draft.end) {
        return finish(slot, *draft.end);
    }
    if (request.read_only) {
        return finish(slot, "read");
    }
    go_on_behind(slot);
}

/// The last `n` rows of the batch before padding are of the draft's tokens from `first` on.
void Answerer::read_rows(Slot& slot, Draft& draft, std::size_t first, std::size_t n) {
    const std::size_t at = first == 0 ? static_cast<std::size_t>(batch_.n_tokens) - 1 : 0;
    std::vector<const float*> logits(n);
    for (std::size_t i = 0; i < n; ++i) {
        logits[i] = logits_of(at + i);
        if (draft.agrees && !draft.end && draft.finite) {
            choose_along(slot, draft, first + i, at + i);
        }
    }
    draft.reading.take(first, logits);
}

void Answerer::choose_along(Slot& slot, Draft& draft, std::size_t position, std::size_t row) {
    const Sampler::Choice choice = slot.sampler->choose(logits_of(row));
    if (!choice.finite) {
        draft.finite = false;
        return;
    }
    keep_row(slot, row_behind(row), choice);
    draft.agrees = !choice.ended && choice.token == draft.tokens[position];
    const std::size_t n_before = slot.done.tokens.size();
    draft.end = accept(slot, choice);
    if (draft.agrees) {
        slot.done.n_verified += static_cast<int>(slot.done.tokens.size() - n_before);
    } else {
        draft.reading.diverges(position, choice.token);
    }
}

/// Computes tokens that are given, behind what the stream holds.
void Answerer::force(Slot& slot, std::span<const std::int32_t> tokens) {
    const std::size_t n_rows = (tokens.size() + kRowGroup - 1) / kRowGroup * kRowGroup;
    batch_.n_tokens = static_cast<std::int32_t>(n_rows);
    for (std::size_t i = 0; i < n_rows; ++i) {
        batch_.token[i] = i < tokens.size() ? tokens[i] : 0;
        batch_.pos[i] = slot.n_past + static_cast<llama_pos>(i);
        batch_.n_seq_id[i] = 1;
        batch_.seq_id[i][0] = slot.seq;
        batch_.logits[i] = 1;
    }
    decode("a draft");
    slot.n_past += static_cast<llama_pos>(tokens.size());
    if (n_rows > tokens.size()) {
        llama_memory_seq_rm(llama_get_memory(context_), slot.seq, slot.n_past, -1);
    }
}

/// Leaves prompt and answer in the stream, but for the token that is computed next.
void Answerer::go_on_behind(Slot& slot) {
    slot.n_past = static_cast<llama_pos>(slot.pending.prompt().size() + slot.done.tokens.size()) -
                  1;
    llama_memory_seq_rm(llama_get_memory(context_), slot.seq, slot.n_past, -1);
}

/// Of the batch's row `row`, where rows are kept; else empty. The tap counts outputs only.
std::span<const float> Answerer::row_behind(std::size_t row) const {
    if (tap_ == nullptr) {
        return {};
    }
    const auto index = std::count_if(
        batch_.logits, batch_.logits + row, [](std::int8_t output) { return output != 0; });
    return tap_->row(static_cast<std::size_t>(index));
}

/// Beside the answer, where rows are kept.
void Answerer::keep_row(Slot& slot, std::span<const float> values, const Sampler::Choice& choice) {
    if (tap_ == nullptr || choice.ended) {
        return;
    }
    wire::Written& written = slot.done.written;
    written.tokens.push_back(choice.token);
    written.rows.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    written.logits.append(reinterpret_cast<const char*>(&choice.logit), sizeof choice.logit);
}

}  // namespace assay::engine
