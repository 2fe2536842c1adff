// How a prompt gets into the stream of a slot.
//
// Problem: prompts share their beginnings, and computing one twice costs as much as most answers
// do. But a row's bits may not depend on what was computed before.
//
// Model: a prompt has pieces (pieces.hpp). A slot keeps the first ones of its last prompt, and
// takes those that another slot keeps by a copy of that stream. What is then missing is computed
// piece by piece.
//
// Invariant: a piece has the same tokens in the same places of its stream, and its rows come from
// the same batches, wherever it was taken from. A task that is to be alone has its slot's own
// pieces only, and all other streams are empty.

#include "assay/engine/answerer.hpp"
#include "assay/engine/session.hpp"

namespace assay::engine {

std::vector<Keeper> Answerer::keepers() const {
    std::vector<Keeper> out;
    for (const auto& slot : slots_) {
        out.push_back({&slot->kept, !slot->active});
    }
    return out;
}

/// An idle slot for the task that has waited longest; nothing: it waits on.
std::optional<std::size_t> Answerer::slot_for(const PendingTask& first) const {
    if (first.alone()) {
        // Waits until all others are done; then nobody joins it.
        return any_active() ? std::nullopt : std::optional(slots_.size() - 1);
    }
    if (std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
            return slot->active && slot->pending.alone();
        })) {
        return std::nullopt;
    }
    return choose_slot(keepers(), first.pieces, static_cast<std::size_t>(start_.stream_size));
}

void Answerer::compute_prompt(std::size_t slot_index) {
    Slot& slot = *slots_[slot_index];
    const Pieces& pieces = slot.pending.pieces;
    take_over_pieces(slot_index);
    // The pieces are the same whether they were kept, copied or are computed just now: an answer
    // does not depend on what the slots held.
    for (std::size_t i = slot.kept.size(); i < pieces.size(); ++i) {
        const auto at = static_cast<std::size_t>(slot.n_past);
        compute_pieces(slot_index, at, at + pieces[i].size());
        slot.kept.push_back(pieces[i]);
    }
    const std::size_t n_prompt = slot.pending.prompt().size();
    if (static_cast<std::size_t>(slot.n_past) < n_prompt) {
        compute_pieces(slot_index, static_cast<std::size_t>(slot.n_past), n_prompt);
    } else if (slot.done.n_computed_tokens > 0) {
        keep_prompt_end(slot);
    }
}

/// All pieces of the prompt are kept, and its last row is the batch's.
void Answerer::keep_prompt_end(Slot& slot) {
    const auto last = static_cast<std::size_t>(batch_.n_tokens - 1);
    const float* logits = logits_of(last);
    const std::span<const float> row = row_behind(last);
    slot.end = PromptEnd{{logits, logits + llama_vocab_n_tokens(vocab_)}, {row.begin(), row.end()}};
}

/// Of what is kept, the pieces that need not be computed for this task. All of them are enough only
/// where the row behind them is known; a draft is read from that row on, so it is computed again.
std::size_t Answerer::n_usable(const Slot& slot) const {
    const Pieces& wanted = slot.pending.pieces;
    const std::size_t same = n_same(slot.kept, wanted);
    if (same == 0 || n_tokens(wanted, same) < slot.pending.prompt().size()) {
        return same;
    }
    const auto& request = std::get<wire::AnswerRequest>(slot.pending.task);
    const bool is_known = slot.end && slot.kept.size() == same;
    return is_known && request.draft.tokens.empty() ? same : same - 1;
}

/// Leaves in the stream the first pieces of the prompt, as many as this slot keeps or another one
/// can give. The library copies whole streams, before it computes the next batch.
void Answerer::take_over_pieces(std::size_t slot_index) {
    Slot& slot = *slots_[slot_index];
    const Pieces& wanted = slot.pending.pieces;
    if (slot.pending.alone()) {
        empty_others(slot_index);
    }
    const auto source = copies_ ? choose_source(keepers(),
                                                slot_index,
                                                wanted,
                                                static_cast<std::size_t>(start_.stream_size))
                                : std::nullopt;
    if (source) {
        const Slot& other = *slots_[*source];
        llama_memory_seq_cp(llama_get_memory(context_), other.seq, slot.seq, -1, -1);
        slot.kept = other.kept;
        slot.end = other.end;
    }
    cut_back(slot, n_usable(slot));
}

/// Other streams, all idle, hold nothing: a row of theirs then reads one cell in a step, and not
/// all that is kept, which made most of the time of a task that is alone.
void Answerer::empty_others(std::size_t slot_index) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (i != slot_index) {
            cut_back(*slots_[i], 0);
        }
    }
}

void Answerer::compute_pieces(std::size_t slot_index, std::size_t first, std::size_t last) {
    Slot& slot = *slots_[slot_index];
    const std::vector<std::int32_t>& prompt = slot.pending.prompt();
    const auto most = static_cast<std::size_t>(start_.n_ubatch);
    for (std::size_t n_pieces = (last - first + most - 1) / most; n_pieces > 0; --n_pieces) {
        const std::size_t n = (last - first + n_pieces - 1) / n_pieces;
        batch_.n_tokens = static_cast<std::int32_t>(n);
        for (std::size_t i = 0; i < n; ++i) {
            batch_.token[i] = prompt[first + i];
            batch_.pos[i] = slot.n_past + static_cast<llama_pos>(i);
            batch_.n_seq_id[i] = 1;
            batch_.seq_id[i][0] = slot.seq;
            batch_.logits[i] = i + 1 == n && first + n == prompt.size();
        }
        decode("a prompt");
        slot.n_past += static_cast<llama_pos>(n);
        slot.done.n_computed_tokens += static_cast<std::int64_t>(n);
        first += n;
    }
}

/// Leaves the first `n_pieces` of what is kept in the stream, or, where its memory can only be
/// cleared (recurrent models), nothing.
void Answerer::cut_back(Slot& slot, std::size_t n_pieces) {
    if (n_pieces < slot.kept.size()) {
        slot.end.reset();
    }
    slot.kept.resize(n_pieces);
    slot.n_past = 0;
    for (const auto& piece : slot.kept) {
        slot.n_past += static_cast<llama_pos>(piece.size());
    }
    const llama_memory_t memory = llama_get_memory(context_);
    if (slot.n_past > 0) {
        if (llama_memory_seq_rm(memory, slot.seq, slot.n_past, -1)) {
            return;
        }
        copies_ = false;
    }
    llama_memory_seq_rm(memory, slot.seq, -1, -1);
    slot.kept.clear();
    slot.end.reset();
    slot.n_past = 0;
}

}  // namespace assay::engine
