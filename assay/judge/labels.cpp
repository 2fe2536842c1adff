#include "assay/judge/labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace assay::judge {
namespace {

constexpr std::array<const char*, 5> kTieWords{"C", "T", "Tie", "Equal", "="};

/// Empty: not a single token in either form, or one that another label has.
std::optional<Label> label_of(const std::string& word,
                              const SingleToken& single_token,
                              std::span<const std::int32_t> taken) {
    Label label{word, {}};
    for (const std::string& form : {word, " " + word}) {
        const auto token = single_token(form);
        if (!token) {
            continue;
        }
        if (std::find(taken.begin(), taken.end(), *token) != taken.end()) {
            return {};
        }
        if (label.tokens.empty() || label.tokens.front() != *token) {
            label.tokens.push_back(*token);
        }
    }
    return label.tokens.empty() ? std::nullopt : std::optional(label);
}

/// Of a verdict with this share of what the labels have together.
Confidence confidence_of(double share) {
    if (share >= kHighProbability) {
        return Confidence::kHigh;
    }
    return share >= kMediumProbability ? Confidence::kMedium : Confidence::kLow;
}

const char* word_of(Confidence confidence) {
    if (confidence == Confidence::kHigh) {
        return "high";
    }
    return confidence == Confidence::kMedium ? "medium" : "low";
}

}  // namespace

std::vector<std::int32_t> Labels::tokens() const {
    std::vector<std::int32_t> all;
    for (const Label* label : {&a, &b, &tie}) {
        all.insert(all.end(), label->tokens.begin(), label->tokens.end());
    }
    return all;
}

Result<Labels> choose_labels(const SingleToken& single_token) {
    Labels labels;
    auto a = label_of("A", single_token, {});
    if (a) {
        labels.a = std::move(*a);
    }
    auto b = label_of("B", single_token, labels.a.tokens);
    if (!a || !b) {
        return fail("A and B are not single tokens of its vocabulary where it would write them",
                    "",
                    "Ask it with reasoning: true, or take another model.");
    }
    labels.b = std::move(*b);
    for (const char* word : kTieWords) {
        if (auto tie = label_of(word, single_token, labels.tokens())) {
            labels.tie = std::move(*tie);
            return labels;
        }
    }
    return fail(
        fmt::format("none of {} is a single token of its vocabulary where it would write it",
                    fmt::join(kTieWords, ", ")),
        "",
        "Ask it with reasoning: true, or take another model.");
}

Verdict label_verdict(const Labels& labels, std::span<const double> log_probs) {
    ASSAY_CHECK(log_probs.size() == labels.tokens().size());
    auto next = log_probs.begin();
    const auto probability = [&](const Label& label) {
        double sum = 0;
        for (std::size_t i = 0; i < label.tokens.size(); ++i) {
            sum += std::exp(*next++);
        }
        return sum;
    };
    const double a = probability(labels.a), b = probability(labels.b),
                 tie = probability(labels.tie);
    const double mass = a + b + tie, largest = std::max({a, b, tie});
    const double outside = std::max(0.0, 1 - mass);

    Verdict verdict;
    verdict.reasoning = fmt::format("A {:.3f}, B {:.3f}, tie ({}) {:.3f}; {:.3f} is on other words",
                                    a,
                                    b,
                                    labels.tie.word,
                                    tie,
                                    outside);
    nlohmann::ordered_json raw{{"verdict", nullptr},
                               {"confidence", nullptr},
                               {"probabilities", {{"A", a}, {"B", b}, {"TIE", tie}}},
                               {"outside_labels", outside}};
    if (mass < kLeastMass) {
        verdict.state = VerdictState::kInvalid;
        verdict.failure = fmt::format(
            "The judge gives its labels A, B and {} a probability of {:.3f} together, so it did "
            "not answer what was asked.",
            labels.tie.word,
            mass);
    } else {
        verdict.state = VerdictState::kTie;
        raw["verdict"] = "TIE";
        if (tie != largest && a != b) {
            verdict.state = a == largest ? VerdictState::kA : VerdictState::kB;
            raw["verdict"] = a == largest ? "A" : "B";
        }
        verdict.confidence = confidence_of(largest / mass);
        raw["confidence"] = word_of(verdict.confidence);
    }
    verdict.raw = raw.dump();
    return verdict;
}

}  // namespace assay::judge
