#pragma once
// What the tests of the formats share.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/base/result.hpp"
#include "assay/exchange/json_rows.hpp"
#include "assay/exchange/outcomes.hpp"

namespace assay::exchange {

struct Names {
    std::string baseline;
    std::string variant;
    std::string judge;
};

inline OutcomesOrProblems read(std::string_view text,
                               const Names& names = {},
                               std::optional<OutcomeFormat> format = std::nullopt) {
    return read_outcomes({"v.jsonl", text, names.baseline, names.variant, names.judge}, format);
}

inline OutcomeSet outcomes_of(std::string_view text, const Names& names = {}) {
    auto set = read(text, names);
    if (!set) {
        for (const Failure& failure : set.error()) {
            ADD_FAILURE() << to_sentence(failure);
        }
        return {OutcomeFormat::kOutcomes, {OutcomeGroup{}}, {}};
    }
    return std::move(*set);
}

/// All sentences of a refusal, one a line.
inline std::string refusal_of(std::string_view text,
                              const Names& names = {},
                              std::optional<OutcomeFormat> format = std::nullopt) {
    const auto set = read(text, names, format);
    if (set) {
        ADD_FAILURE() << "accepted: " << text;
        return {};
    }
    std::string out;
    for (const Failure& failure : set.error()) {
        out += to_sentence(failure) + "\n";
    }
    return out;
}

inline void expect_has(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

/// "q1:win q2:loss", in the file's order.
inline std::string words_of(const OutcomeGroup& group) {
    static constexpr std::string_view kWords[] = {
        "win", "tie", "loss", "invalid", "error", "refused", "not_judged", "no_answer_baseline"};
    std::string out;
    for (const Outcome& outcome : group.outcomes) {
        out += (out.empty() ? "" : " ") + outcome.question_id + ":" +
               std::string(kWords[static_cast<int>(outcome.kind)]);
        if (outcome.side_known) {
            out += outcome.variant_is_a ? "/a" : "/b";
        }
    }
    return out;
}

/// Reads thousands of broken forms of a good text: each gives outcomes or sentences with a place,
/// never anything else.
inline void expect_that_nothing_crashes(std::string_view good,
                                        std::optional<OutcomeFormat> format) {
    Rng rng(23);
    static constexpr std::string_view kBytes = "{}[]\",:\\ \n0129.-eABTIE=><_\xFF\xC3";
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        std::string text(good);
        for (std::uint64_t edits = 1 + rng.below(4); edits > 0 && !text.empty(); --edits) {
            const std::size_t at = rng.below(text.size());
            switch (rng.below(5)) {
                case 0: text[at] = kBytes[rng.below(kBytes.size())]; break;
                case 1: text.insert(at, 1, kBytes[rng.below(kBytes.size())]); break;
                case 2: text.erase(at, 1 + rng.below(6)); break;
                case 3: text.resize(at); break;
                default: text += text.substr(at);
            }
        }
        for (const auto& forced : {std::optional<OutcomeFormat>(), format}) {
            const auto set = read(text, {}, forced);
            if (set) {
                EXPECT_FALSE(set->groups.empty());
                for (const OutcomeGroup& group : set->groups) {
                    EXPECT_FALSE(group.outcomes.empty());
                    EXPECT_EQ(group.dependence.question.size(), group.outcomes.size());
                }
                continue;
            }
            ++refused;
            EXPECT_FALSE(set.error().empty());
            EXPECT_LE(set.error().size(), kMostRowProblems + 1);
            for (const Failure& failure : set.error()) {
                EXPECT_FALSE(failure.message.empty());
                EXPECT_EQ(failure.place.rfind("v.jsonl", 0), 0u) << failure.place;
            }
        }
    }
    EXPECT_GT(refused, 1000) << "the edits break the text often enough";
}

}  // namespace assay::exchange
