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
#include "assay/pairing/damage.hpp"
#include "assay/pairing/sides.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/records/names.hpp"

namespace assay::pairing {
namespace {

using Questions = std::vector<const ControlQuestion*>;

/// In an order from the seed, whatever order they came in.
Questions shuffled(std::span<const ControlQuestion> questions, Rng rng) {
    Questions out;
    for (const ControlQuestion& question : questions) {
        out.push_back(&question);
    }
    std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
        return a->question_id < b->question_id;
    });
    rng.shuffle(std::span<const ControlQuestion*>(out));
    return out;
}

struct Pair {
    const ControlQuestion* question = nullptr;
    const ControlAnswer* honest = nullptr;
    const ControlAnswer* other = nullptr;
    std::optional<Damage> damage = {};
    std::string other_text = {};  ///< empty: the other answer as it is
};

/// One answer twice, of that rank, the first that is there from number `from` on; a question
/// without one gives its place to the next.
std::optional<Pair> pair_of_one(const Questions& questions, std::size_t rank, std::size_t from) {
    for (std::size_t skipped = 0; skipped < questions.size(); ++skipped) {
        const ControlQuestion* question = questions[(rank + skipped) % questions.size()];
        for (std::size_t i = 0; i < question->answers.size(); ++i) {
            const ControlAnswer& answer = question->answers[(from + i) % question->answers.size()];
            if (!answer.text.empty()) {
                return Pair{question, &answer, &answer};
            }
        }
    }
    return std::nullopt;
}

std::optional<Pair> swapped_pair(const Questions& questions, std::size_t rank) {
    const std::size_t n = questions.size();
    if (n < 2) {
        return std::nullopt;
    }
    const std::size_t n_variants = questions.front()->answers.size();
    for (std::size_t skipped = 0; skipped < n; ++skipped) {
        const std::size_t at = (rank + skipped) % n;
        const ControlAnswer& honest = questions[at]->answers.front();
        if (honest.text.empty()) {
            continue;
        }
        // Each time that the question comes round it gets the next partner; the baseline's answers
        // first, then each variant's.
        const std::size_t n_partners = (n - 1) * n_variants, round = rank / n;
        for (std::size_t i = 0; i < n_partners; ++i) {
            const std::size_t partner = (round + i) % n_partners;
            const ControlAnswer& other = questions[(at + 1 + partner % (n - 1)) % n]
                                             ->answers[partner / (n - 1)];
            if (!other.text.empty() && other.text != honest.text) {
                return Pair{questions[at], &honest, &other};
            }
        }
    }
    return std::nullopt;
}

/// The baseline's answers that a damage can be done to, by damage; of the damages that can be done
/// to any. Where none can be done, an answer of few words may be replaced whole.
class DamagedPairs {
 public:
    explicit DamagedPairs(Questions questions) : questions_(std::move(questions)) {
        find_places();
        if (by_damage_.empty()) {
            may_be_replaced_ = true;
            find_places();
        }
    }

    /// Damages in turn; within one, the next answer, and when all were used, the next place in it.
    [[nodiscard]] std::optional<Pair> pair(std::size_t rank) const {
        if (by_damage_.empty()) {
            return std::nullopt;
        }
        const auto& [damage, fit] = by_damage_[rank % by_damage_.size()];
        const std::size_t nth = rank / by_damage_.size();
        const std::size_t at = fit[nth % fit.size()];
        const ControlAnswer* answer = &questions_[at]->answers.front();
        // An answer that is damaged again may have no further place: then as the first time.
        std::string text = text_of(damage, at, nth / fit.size());
        if (text.empty()) {
            text = text_of(damage, at, 0);
        }
        return Pair{questions_[at], answer, answer, damage, std::move(text)};
    }

 private:
    void find_places() {
        for (const Damage damage : kDamages) {
            std::vector<std::size_t> fit;
            for (std::size_t at = 0; at < questions_.size(); ++at) {
                if (!text_of(damage, at, 0).empty()) {
                    fit.push_back(at);
                }
            }
            if (!fit.empty()) {
                by_damage_.emplace_back(damage, std::move(fit));
            }
        }
    }
    [[nodiscard]] std::string text_of(Damage damage, std::size_t at, std::size_t turn) const {
        const ControlQuestion& question = *questions_[at];
        const ControlQuestion& donor = *questions_[(at + 1 + turn) % questions_.size()];
        const std::string& text = question.answers.front().text;
        if (text.empty()) {
            return {};
        }
        return damaged(
            damage, {text, question.text, donor.answers.front().text, may_be_replaced_}, turn);
    }

    Questions questions_;
    bool may_be_replaced_ = false;
    std::vector<std::pair<Damage, std::vector<std::size_t>>> by_damage_;
};

std::optional<Pair> pair_of(ControlKind kind,
                            const Questions& questions,
                            const DamagedPairs& damaged_pairs,
                            std::size_t rank) {
    std::optional<Pair> out;
    switch (kind) {
        case ControlKind::kIdentical: return pair_of_one(questions, rank, rank);
        case ControlKind::kSwapped: return swapped_pair(questions, rank);
        case ControlKind::kDamaged: return damaged_pairs.pair(rank);
        case ControlKind::kReformatted:
            // The baseline's first: of a bad answer nothing is preferred anyway.
            out = pair_of_one(questions, rank, rank / questions.size());
            if (out) {
                out->other_text = reformatted(out->other->text, rank);
            }
            return out;
        case ControlKind::kPadded:
            out = pair_of_one(questions, rank, rank / questions.size());
            if (out) {
                out->other_text = padded(out->other->text);
            }
            return out;
        case ControlKind::kTruncated: break;  // no longer drawn
    }
    return std::nullopt;
}

}  // namespace

ControlAnswer control_answer(std::string_view key, const Answer* answer) {
    ControlAnswer out{std::string(key), {}};
    if (answer == nullptr || answer->stop_reason == StopReason::kFailed ||
        trim(answer->text).empty()) {
        return out;
    }
    out.text = to_valid_utf8(answer->text);
    return out;
}

std::string id_of(const Control& control) {
    std::vector<std::string> fields{"control",
                                    std::string(name_of(control.kind)),
                                    std::to_string(control.rank),
                                    control.question_id,
                                    control.honest_answer_key,
                                    control.other_answer_key};
    if (!control.other_text.empty()) {
        fields.push_back(control.other_text);
    }
    return sha256_of_fields(fields);
}

std::vector<Control> draw_controls(const ControlDraw& draw) {
    std::vector<Control> out;
    if (draw.questions.empty() || draw.streams.empty()) {
        return out;
    }
    const std::span<const ControlStream> streams = draw.streams;
    const std::uint64_t blinding_seed = draw.blinding_seed;
    for (const ControlKind kind : kDrawnControlKinds) {
        std::int64_t n_drawn = 0, next_rank = 0, lean = 0;
        for (const Control& control : draw.already_drawn) {
            if (control.kind != kind) {
                continue;
            }
            ++n_drawn;
            next_rank = std::max(next_rank, control.rank + 1);
            lean += control.honest_is_a ? 1 : -1;
        }
        for (const Control& control : draw.others) {
            if (control.kind == kind) {
                next_rank = std::max(next_rank, control.rank + 1);
            }
        }
        const std::int64_t wanted = draw.wanted.of(kind);
        if (n_drawn >= wanted) {
            continue;
        }
        const auto stream = [&](std::string_view purpose) {
            return Rng(blinding_seed,
                       fmt::format("{}/controls/{}/{}", purpose, name_of(kind), next_rank));
        };
        // Not by next_rank: an extension goes on in the same order.
        const Questions order = shuffled(
            draw.questions, Rng(blinding_seed, fmt::format("order/controls/{}", name_of(kind))));
        const DamagedPairs damaged_pairs(kind == ControlKind::kDamaged ? order : Questions());
        Rng side_rng = stream("sides"), place_rng = stream("places");
        const std::vector<char> sides = draw_sides(
            static_cast<std::size_t>(wanted - n_drawn), lean, side_rng);
        for (const char side : sides) {
            const auto rank = static_cast<std::size_t>(next_rank);
            auto pair = pair_of(kind, order, damaged_pairs, rank);
            if (!pair) {
                break;
            }
            Control control;
            control.kind = kind;
            control.rank = next_rank++;
            const ControlStream& among = streams[rank % streams.size()];
            control.variant = among.variant;
            control.question_id = pair->question->question_id;
            control.honest_answer_key = pair->honest->key;
            control.other_answer_key = pair->other->key;
            control.honest_is_a = side != 0;
            control.place = static_cast<double>(among.first) +
                            static_cast<double>(among.last - among.first) * place_rng.uniform();
            control.damage = pair->damage;
            control.other_text = std::move(pair->other_text);
            control.id = id_of(control);
            out.push_back(std::move(control));
        }
    }
    return out;
}

BlindedPair blind(const Question& question,
                  const Control& control,
                  const Answer& honest,
                  const Answer& other) {
    ASSAY_CHECK(question.id == control.question_id);
    Answer shown = other;
    if (control.kind == ControlKind::kTruncated) {
        shown.text = cut_short(other.text);
    } else if (!control.other_text.empty()) {
        shown.text = control.other_text;
    }
    return blinded_pair(control.id,
                        question,
                        control.honest_is_a ? honest : shown,
                        control.honest_is_a ? shown : honest);
}

}  // namespace assay::pairing
