// Answers many prompts at once, each with the bits that it would have alone.
//
// Problem. Floating-point sums depend on their order, and a kernel's order depends on the shape of
// the batch. In an ordinary server an answer's bits thus depend on what happens to be beside it,
// and two models that are compared would differ by chance.
//
// Model. n_slots slots, each a stream of cells of its own in the context's memory (kv_unified =
// false), so that no slot's cells move with another's. A slot is idle or computes one task. A slot
// keeps the first pieces of its last prompt. A prompt goes to the idle slot that has to compute the
// least of it (pieces.cpp); where another slot keeps more of it, busy or idle, that one's stream is
// copied, which takes a small part of the time that computing does.
//
// Invariant. Every row goes through the same kernels whatever its neighbours are (on the CPU
// backend), because the shapes are functions of the task alone:
//   - A prompt is computed by itself, in as few pieces of at most n_ubatch tokens as possible, all
//     of about the same size. No piece is of one token, which would take another path.
//   - What prompts share at their beginning (the template, then the passages) are pieces of their
//     own, whether they were kept, are copied or are computed anew. A copy has the same cells in
//     the same places. Several samples of one prompt share all of it, with the logits behind it.
//   - A decode step has exactly n_slots rows in the order of the slots. Idle ones are fed a dummy
//     token, and all rows are outputs.
//
// Why it ends. A step computes one token of every active slot, and an answer has at most `predict`
// tokens; labels are read behind the prompt, with no step. Tasks are taken in the order in which
// they came; one that wants to be alone is taken when all slots are idle, and empties the others. A
// failing library throws, and the process is not used any more.

#include "assay/engine/answerer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "assay/engine/log.hpp"
#include "assay/engine/sampler.hpp"
#include "assay/engine/session.hpp"
#include "common.h"

namespace assay::engine {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Greedy answers to one prompt are the same one; sampled ones are asked for several times. A task
/// that is to be alone computes its prompt's end itself.
bool may_share_prompt(const wire::AnswerRequest& request) {
    return request.sampling.temp > 0 && !request.alone;
}
bool may_share_prompt(const wire::LabelRequest& /*request*/) {
    return false;
}

}  // namespace

Answerer::Answerer(llama_context* context,
                   const wire::Start& start,
                   RowTap* tap,
                   OutputHead* head,
                   OnDone on_done,
                   OnFailed on_failed)
    : context_(context),
      vocab_(llama_model_get_vocab(llama_get_model(context))),
      start_(start),
      tap_(tap),
      head_(head),
      on_done_(std::move(on_done)),
      on_failed_(std::move(on_failed)),
      copies_(can_cut_back(llama_get_model(context))) {
    ASSAY_CHECK(start.n_slots == 1 || (start.n_slots >= 8 && start.n_slots % 8 == 0));
    batch_ = llama_batch_init(std::max(start.n_ubatch, start.n_slots), 0, 1);
    for (int i = 0; i < start.n_slots; ++i) {
        slots_.push_back(std::make_unique<Slot>(i));
    }
}

Answerer::~Answerer() {
    llama_batch_free(batch_);
}

/// What is wrong with a prompt whose answer takes `n_answer` tokens; empty: nothing.
std::optional<Failure> Answerer::complaint(const std::vector<std::int32_t>& prompt,
                                           std::size_t n_answer) const {
    const std::size_t room = static_cast<std::size_t>(start_.stream_size);
    if (prompt.empty()) {
        return Failure{"the prompt is empty", {}, {}};
    }
    if (prompt.size() + n_answer > room) {
        return Failure{
            fmt::format("a prompt of {} tokens and an answer of {} do not fit the {} of a slot",
                        prompt.size(),
                        n_answer,
                        room),
            {},
            {}};
    }
    const std::int32_t n_vocab = llama_vocab_n_tokens(vocab_);
    for (const std::int32_t token : prompt) {
        if (token < 0 || token >= n_vocab) {
            return Failure{fmt::format("token {} is not in the vocabulary", token), {}, {}};
        }
    }
    return std::nullopt;
}

void Answerer::submit(std::uint64_t id, const wire::AnswerRequest& request) {
    if (start_.n_slots % 8 != 0) {
        return on_failed_(id, Failure{"answers need a multiple of 8 slots", {}, {}});
    }
    if (request.predict < 1) {
        return on_failed_(id, Failure{"an answer of no tokens was asked for", {}, {}});
    }
    if (!request.grammar.empty() && request.sampling.temp > 0) {
        return on_failed_(id, Failure{"a grammar goes with temperature 0 only", {}, {}});
    }
    if (!request.grammar.empty() && !grammar_of(vocab_, request.grammar)) {
        return on_failed_(id, Failure{"the grammar cannot be read", {}, {}});
    }
    if (!request.draft.tokens.empty()) {
        if (auto wrong = complaint_of_draft(request)) {
            return on_failed_(id, *wrong);
        }
    }
    enqueue(id, request, request.predict);
}

void Answerer::submit(std::uint64_t id, const wire::LabelRequest& request) {
    if (request.labels.empty()) {
        return on_failed_(id, Failure{"no labels were asked for", {}, {}});
    }
    for (const std::int32_t label : request.labels) {
        if (label < 0 || label >= llama_vocab_n_tokens(vocab_)) {
            return on_failed_(
                id, Failure{fmt::format("label {} is not in the vocabulary", label), {}, {}});
        }
    }
    enqueue(id, request, 0);
}

template <class Request>
void Answerer::enqueue(std::uint64_t id, const Request& request, int n_answer) {
    if (auto wrong = complaint(request.prompt, static_cast<std::size_t>(n_answer))) {
        return on_failed_(id, *wrong);
    }
    auto pieces = pieces_of(request.prompt, request.prefix_ends);
    if (!pieces) {
        return on_failed_(id, pieces.error());
    }
    if (may_share_prompt(request)) {
        const auto rest = static_cast<std::ptrdiff_t>(n_tokens(*pieces, pieces->size()));
        pieces->emplace_back(request.prompt.begin() + rest, request.prompt.end());
    }
    queue_.push_back({id, request, std::move(*pieces)});
}

bool Answerer::has_work() const {
    return !queue_.empty() || any_active();
}

void Answerer::step() {
    while (!queue_.empty()) {
        const auto slot = slot_for(queue_.front());
        if (!slot) {
            break;
        }
        PendingTask pending = std::move(queue_.front());
        queue_.pop_front();
        admit(*slot, std::move(pending));  // an answer may end with its first token
    }
    if (any_active()) {
        decode_step();
    }
}

bool Answerer::any_active() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->active; });
}

void Answerer::admit(std::size_t slot_index, PendingTask pending) {
    Slot& slot = *slots_[slot_index];
    slot.pending = std::move(pending);
    slot.active = true;
    slot.done = {};
    slot.trace = {};
    if (const auto* request = std::get_if<wire::AnswerRequest>(&slot.pending.task)) {
        slot.sampler = std::make_unique<Sampler>(
            request->sampling, request->grammar, request->prompt, vocab_);
    }
    const auto start = Clock::now();
    compute_prompt(slot_index);
    slot.done.prefill_ms = ms_since(start);
    if (slot.done.n_computed_tokens == 0) {
        return take_token(slot, slot.end->logits.data(), slot.end->row);
    }
    const auto last = static_cast<std::size_t>(batch_.n_tokens - 1);
    if (const auto* request = std::get_if<wire::LabelRequest>(&slot.pending.task)) {
        return read_labels(slot, *request, logits_of(last));
    }
    if (std::get<wire::AnswerRequest>(slot.pending.task).draft.tokens.empty()) {
        return take_token(slot, last);
    }
    read_draft(slot);
}

const float* Answerer::logits_of(std::size_t row) const {
    const float* logits = llama_get_logits_ith(context_, static_cast<std::int32_t>(row));
    if (logits == nullptr) {
        throw std::runtime_error("llama.cpp gave no logits for an output row");
    }
    return logits;
}

/// Computes the batch; `what` it is of.
void Answerer::decode(const char* what) {
    if (tap_ != nullptr) {
        tap_->clear();
    }
    if (const int code = llama_decode(context_, batch_); code != 0) {
        throw std::runtime_error(
            fmt::format("llama_decode gave {} for {}: {}", code, what, take_errors()));
    }
}

void Answerer::decode_step() {
    const auto start = Clock::now();
    batch_.n_tokens = static_cast<std::int32_t>(slots_.size());
    std::vector<Slot*> active;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        Slot& slot = *slots_[i];
        batch_.token[i] = slot.active ? slot.last_token : 0;
        batch_.pos[i] = slot.n_past;
        batch_.n_seq_id[i] = 1;
        batch_.seq_id[i][0] = slot.seq;
        batch_.logits[i] = 1;  // idle rows too: with fewer outputs the last layer would take
                               // another kernel
        if (slot.active) {
            active.push_back(&slot);
            ++slot.n_past;
        }
    }
    decode("a step");
    for (auto& slot : slots_) {
        if (!slot->active) {
            cut_back(*slot, slot->kept.size());  // takes the dummy token out again
        }
    }
    const double share_ms = ms_since(start) / static_cast<double>(active.size());
    for (Slot* slot : active) {
        slot->done.decode_ms += share_ms;
    }
    for (Slot* slot : active) {
        take_token(*slot, static_cast<std::size_t>(slot->seq));
    }
}

/// The logarithm of softmax, its sum in double and in the vocabulary's order: the same on every
/// thread count.
void Answerer::read_labels(Slot& slot, const wire::LabelRequest& request, const float* logits) {
    const auto n_vocab = static_cast<std::size_t>(llama_vocab_n_tokens(vocab_));
    const double largest = *std::max_element(logits, logits + n_vocab);
    double sum = 0;
    for (std::size_t i = 0; i < n_vocab; ++i) {
        sum += std::exp(static_cast<double>(logits[i]) - largest);
    }
    wire::LabelDone done;
    for (const std::int32_t label : request.labels) {
        done.log_probs.push_back(static_cast<double>(logits[label]) - largest - std::log(sum));
    }
    if (!std::all_of(done.log_probs.begin(), done.log_probs.end(), [](double value) {
            return std::isfinite(value);
        })) {
        return fail_unfinished(slot);
    }
    done.n_computed_tokens = slot.done.n_computed_tokens;
    done.prefill_ms = slot.done.prefill_ms;
    done.peak_memory_bytes = own_peak_memory();
    const std::uint64_t id = slot.pending.id;
    release(slot);
    on_done_(id, done);
}

void Answerer::fail_unfinished(Slot& slot) {
    const std::uint64_t id = slot.pending.id;
    release(slot);
    on_failed_(id,
               Failure{"the model gave numbers that are not finite (NaN or infinity)",
                       {},
                       "The file is damaged, or its quantization failed."});
}

void Answerer::take_token(Slot& slot, std::size_t row) {
    take_token(slot, logits_of(row), row_behind(row));
}

void Answerer::take_token(Slot& slot, const float* logits, std::span<const float> row) {
    const Sampler::Choice choice = slot.sampler->choose(logits);
    if (!choice.finite) {
        return fail_unfinished(slot);
    }
    keep_row(slot, row, choice);
    if (const auto end = accept(slot, choice)) {
        finish(slot, *end);
    }
}

/// Takes a token into the answer. Why the answer ends with it; nothing: it goes on.
std::optional<const char*> Answerer::accept(Slot& slot, const Sampler::Choice& choice) {
    if (choice.ended) {
        return "stop";
    }
    const auto& request = std::get<wire::AnswerRequest>(slot.pending.task);
    if (slot.done.tokens.size() < wire::kTraceTokens) {
        slot.trace.update(
            fmt::format("{}:{:08x};", choice.token, std::bit_cast<std::uint32_t>(choice.logit)));
    }
    if (llama_vocab_is_eog(vocab_, choice.token)) {
        return "stop";
    }
    slot.last_token = choice.token;
    slot.done.tokens.push_back(choice.token);
    slot.done.text += common_token_to_piece(vocab_, choice.token, false);
    for (const std::string& stop : request.stops) {
        if (stop.empty()) {
            continue;
        }
        const std::size_t at = slot.done.text.find(stop);
        if (at == std::string::npos) {
            continue;
        }
        slot.done.text.resize(at);
        return "stop";
    }
    if (slot.done.tokens.size() >= static_cast<std::size_t>(request.predict)) {
        return "length";
    }
    return std::nullopt;
}

void Answerer::finish(Slot& slot, const char* stop_reason) {
    slot.done.stop_reason = stop_reason;
    slot.done.trace_sha256 = slot.trace.finish();
    slot.done.peak_memory_bytes = own_peak_memory();
    const std::uint64_t id = slot.pending.id;
    release(slot);
    on_done_(id, slot.done);
}

/// Of this model: what is here for the baseline's sake is no part of it.
std::uint64_t Answerer::own_peak_memory() const {
    const std::uint64_t all = peak_memory_bytes();
    const std::uint64_t of_head = head_ == nullptr ? 0 : head_->bytes();
    return all - std::min(all, of_head);
}

/// Leaves the slot idle, its stream holding what is kept.
void Answerer::release(Slot& slot) {
    slot.active = false;
    cut_back(slot, slot.kept.size());
}

}  // namespace assay::engine
