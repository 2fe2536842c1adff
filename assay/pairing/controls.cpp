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

constexpr std::size_t kFewestWords = 6;

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
};

/// One answer twice, of that rank, the first fit one from number `from` on; a question without one
/// gives its place to the next.
std::optional<Pair> pair_of_one(const Questions& questions,
                                std::size_t rank,
                                std::size_t from,
                                bool (*fit)(const ControlAnswer&)) {
    for (std::size_t skipped = 0; skipped < questions.size(); ++skipped) {
        const ControlQuestion* question = questions[(rank + skipped) % questions.size()];
        for (std::size_t i = 0; i < question->answers.size(); ++i) {
            const ControlAnswer& answer = question->answers[(from + i) % question->answers.size()];
            if (fit(answer)) {
                return Pair{question, &answer, &answer};
            }
        }
    }
    return std::nullopt;
}

bool is_there(const ControlAnswer& answer) {
    return !answer.text_sha256.empty();
}
bool can_be_cut(const ControlAnswer& answer) {
    return answer.can_be_cut;
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
        if (honest.text_sha256.empty()) {
            continue;
        }
        // Each time that the question comes round it gets the next partner; the baseline's answers
        // first, then each variant's.
        const std::size_t n_partners = (n - 1) * n_variants, round = rank / n;
        for (std::size_t i = 0; i < n_partners; ++i) {
            const std::size_t partner = (round + i) % n_partners;
            const ControlAnswer& other = questions[(at + 1 + partner % (n - 1)) % n]
                                             ->answers[partner / (n - 1)];
            if (!other.text_sha256.empty() && other.text_sha256 != honest.text_sha256) {
                return Pair{questions[at], &honest, &other};
            }
        }
    }
    return std::nullopt;
}

std::optional<Pair> pair_of(ControlKind kind, const Questions& questions, std::size_t rank) {
    switch (kind) {
        case ControlKind::kIdentical: return pair_of_one(questions, rank, rank, is_there);
        case ControlKind::kSwapped: return swapped_pair(questions, rank);
        case ControlKind::kTruncated:
            return pair_of_one(questions,
                               rank,
                               rank / questions.size(),
                               can_be_cut);  // the baseline's first: half of a bad answer says
                                             // nothing
    }
    return std::nullopt;
}

}  // namespace

std::string cut_short(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::string shown = to_valid_utf8(trim(text));
    std::size_t n_words = 1;
    for (std::size_t i = 1; i < shown.size(); ++i) {
        n_words += kSpaces.find(shown[i]) == std::string_view::npos &&
                   kSpaces.find(shown[i - 1]) != std::string_view::npos;
    }
    const std::size_t space = shown.find_last_of(kSpaces, shown.size() / 2);
    if (n_words < kFewestWords || space == std::string::npos) {
        return {};
    }
    return std::string(trim(std::string_view(shown).substr(0, space)));
}

ControlAnswer control_answer(std::string_view key, const Answer* answer) {
    ControlAnswer out{std::string(key), {}, false};
    if (answer == nullptr || answer->stop_reason == StopReason::kFailed ||
        trim(answer->text).empty()) {
        return out;
    }
    out.text_sha256 = sha256_hex(to_valid_utf8(answer->text));
    out.can_be_cut = !cut_short(answer->text).empty();
    return out;
}

std::string id_of(const Control& control) {
    const std::array<std::string, 6> fields{"control",
                                            std::string(name_of(control.kind)),
                                            std::to_string(control.rank),
                                            control.question_id,
                                            control.honest_answer_key,
                                            control.other_answer_key};
    return sha256_of_fields(fields);
}

std::vector<Control> draw_controls(std::span<const ControlQuestion> questions,
                                   std::span<const ControlStream> streams,
                                   std::span<const Control> already_drawn,
                                   std::int64_t n_each,
                                   std::uint64_t blinding_seed) {
    std::vector<Control> out;
    if (questions.empty() || streams.empty()) {
        return out;
    }
    for (const ControlKind kind : kControlKinds) {
        std::int64_t n_drawn = 0, next_rank = 0, lean = 0;
        for (const Control& control : already_drawn) {
            if (control.kind != kind) {
                continue;
            }
            ++n_drawn;
            next_rank = std::max(next_rank, control.rank + 1);
            lean += control.honest_is_a ? 1 : -1;
        }
        if (n_drawn >= n_each) {
            continue;
        }
        const auto stream = [&](std::string_view purpose) {
            return Rng(blinding_seed,
                       fmt::format("{}/controls/{}/{}", purpose, name_of(kind), next_rank));
        };
        // Not by next_rank: an extension goes on in the same order.
        const Questions order = shuffled(
            questions, Rng(blinding_seed, fmt::format("order/controls/{}", name_of(kind))));
        Rng side_rng = stream("sides"), place_rng = stream("places");
        const std::vector<char> sides = draw_sides(
            static_cast<std::size_t>(n_each - n_drawn), lean, side_rng);
        for (const char side : sides) {
            const auto rank = static_cast<std::size_t>(next_rank);
            const auto pair = pair_of(kind, order, rank);
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
    if (control.kind == ControlKind::kTruncated) {
        Answer half = other;
        half.text = cut_short(other.text);
        return blinded_pair(control.id,
                            question,
                            control.honest_is_a ? honest : half,
                            control.honest_is_a ? half : honest);
    }
    return blinded_pair(control.id,
                        question,
                        control.honest_is_a ? honest : other,
                        control.honest_is_a ? other : honest);
}

}  // namespace assay::pairing
