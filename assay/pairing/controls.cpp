#include "assay/pairing/controls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/random.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/pairing/sides.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/names.hpp"

namespace assay::pairing {
namespace {

using Questions = std::vector<const ControlQuestion*>;

/// In an order from the seed, whatever order they came in.
Questions shuffled(std::span<const ControlQuestion> questions, Rng rng) {
    Questions out;
    for (const ControlQuestion& question : questions) out.push_back(&question);
    std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->question_id < b->question_id; });
    rng.shuffle(std::span<const ControlQuestion*>(out));
    return out;
}

struct Pair {
    const ControlQuestion* question = nullptr;
    const ControlAnswer* honest = nullptr;
    const ControlAnswer* other = nullptr;
};

/// The pair of that rank; a question whose answers are all empty gives its place to the next one.
std::optional<Pair> identical_pair(const Questions& questions, std::size_t rank) {
    for (std::size_t skipped = 0; skipped < questions.size(); ++skipped) {
        const ControlQuestion* question = questions[(rank + skipped) % questions.size()];
        for (std::size_t i = 0; i < question->answers.size(); ++i) {
            const ControlAnswer& answer = question->answers[(rank + i) % question->answers.size()];
            if (!answer.text_sha256.empty()) return Pair{question, &answer, &answer};
        }
    }
    return std::nullopt;
}

std::optional<Pair> swapped_pair(const Questions& questions, std::size_t rank) {
    const std::size_t n = questions.size();
    if (n < 2) return std::nullopt;
    const std::size_t n_variants = questions.front()->answers.size();
    for (std::size_t skipped = 0; skipped < n; ++skipped) {
        const std::size_t at = (rank + skipped) % n;
        const ControlAnswer& honest = questions[at]->answers.front();
        if (honest.text_sha256.empty()) continue;
        // Each time that the question comes round it gets the next partner; the baseline's answers first, then each variant's.
        const std::size_t n_partners = (n - 1) * n_variants, round = rank / n;
        for (std::size_t i = 0; i < n_partners; ++i) {
            const std::size_t partner = (round + i) % n_partners;
            const ControlAnswer& other = questions[(at + 1 + partner % (n - 1)) % n]->answers[partner / (n - 1)];
            if (!other.text_sha256.empty() && other.text_sha256 != honest.text_sha256) return Pair{questions[at], &honest, &other};
        }
    }
    return std::nullopt;
}

}  // namespace

ControlAnswer control_answer(std::string_view key, const Answer* answer) {
    ControlAnswer out{std::string(key), {}};
    if (answer == nullptr || answer->stop_reason == StopReason::kFailed || trim(answer->text).empty()) return out;
    out.text_sha256 = sha256_hex(to_valid_utf8(answer->text));
    return out;
}

std::vector<Control> draw_controls(std::span<const ControlQuestion> questions,
                                   std::span<const ControlStream> streams,
                                   std::span<const Control> already_drawn,
                                   std::int64_t n_each,
                                   std::uint64_t blinding_seed) {
    std::vector<Control> out;
    if (questions.empty() || streams.empty()) return out;
    for (const ControlKind kind : {ControlKind::kIdentical, ControlKind::kSwapped}) {
        std::int64_t n_drawn = 0, next_rank = 0, lean = 0;
        for (const Control& control : already_drawn) {
            if (control.kind != kind) continue;
            ++n_drawn;
            next_rank = std::max(next_rank, control.rank + 1);
            lean += control.honest_is_a ? 1 : -1;
        }
        if (n_drawn >= n_each) continue;
        const auto stream = [&](std::string_view purpose) { return Rng(blinding_seed, fmt::format("{}/controls/{}/{}", purpose, name_of(kind), next_rank)); };
        // Not by next_rank: an extension goes on in the same order.
        const Questions order = shuffled(questions, Rng(blinding_seed, fmt::format("order/controls/{}", name_of(kind))));
        Rng side_rng = stream("sides"), place_rng = stream("places");
        const std::vector<char> sides = draw_sides(static_cast<std::size_t>(n_each - n_drawn), lean, side_rng);
        for (const char side : sides) {
            const auto rank = static_cast<std::size_t>(next_rank);
            const auto pair = kind == ControlKind::kIdentical ? identical_pair(order, rank) : swapped_pair(order, rank);
            if (!pair) break;
            Control control;
            control.kind = kind;
            control.rank = next_rank++;
            const ControlStream& among = streams[rank % streams.size()];
            control.variant = among.variant;
            control.question_id = pair->question->question_id;
            control.honest_answer_key = pair->honest->key;
            control.other_answer_key = pair->other->key;
            control.honest_is_a = side != 0;
            control.place = static_cast<double>(among.first) + static_cast<double>(among.last - among.first) * place_rng.uniform();
            const std::array<std::string, 6> fields{"control", std::string(name_of(kind)), std::to_string(control.rank), control.question_id, control.honest_answer_key, control.other_answer_key};
            control.id = sha256_of_fields(fields);
            out.push_back(std::move(control));
        }
    }
    return out;
}

BlindedPair blind(const Question& question, const Control& control, const Answer& honest, const Answer& other) {
    ASSAY_CHECK(question.id == control.question_id);
    return blinded_pair(control.id, question, control.honest_is_a ? honest : other, control.honest_is_a ? other : honest);
}

}  // namespace assay::pairing
