#include "assay/analysis/recommend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/analysis/phrases.hpp"
#include "assay/base/result.hpp"
#include "assay/records/names.hpp"

namespace assay::analysis {
namespace {

/// An equivalent or non_inferior that may not be claimed is inconclusive.
DecisionLabel effective_label(const Candidate& candidate) {
    return passes(candidate.label) && !candidate.claimed ? DecisionLabel::kInconclusive
                                                         : candidate.label;
}

bool may_ship(const Candidate& candidate) {
    return passes(effective_label(candidate));
}

bool smaller(const Candidate& a, const Candidate& b) {
    if ((a.size_bytes == 0) != (b.size_bytes == 0)) {
        return b.size_bytes == 0;
    }
    return a.size_bytes < b.size_bytes;
}

std::string saving(const Candidate& candidate, std::uint64_t baseline_size_bytes) {
    if (candidate.size_bytes == 0 || baseline_size_bytes == 0) {
        return "";
    }
    const double share = 1 - static_cast<double>(candidate.size_bytes) /
                                 static_cast<double>(baseline_size_bytes);
    return share >= 0 ? fmt::format(", and {:.1f} % smaller", 100 * share)
                      : fmt::format(", but {:.1f} % larger", -100 * share);
}

std::string why_not(const Candidate& candidate) {
    switch (effective_label(candidate)) {
        case DecisionLabel::kDegraded:
            return candidate.name + " is " +
                   words_of(DecisionLabel::kDegraded, candidate.on_these_questions);
        case DecisionLabel::kInconclusive:
            if (passes(candidate.label)) {
                return candidate.name +
                       " would pass alone, but may not be claimed beside the others";
            }
            return candidate.name + " is " +
                   words_of(DecisionLabel::kInconclusive, candidate.on_these_questions) +
                   (candidate.n_more.value_or(0) > 0
                        ? " (about " + count_of(*candidate.n_more, "more question") +
                              " would show that it may ship, if it is as good)"
                        : std::string());
        default:
            return candidate.name + " was not measured" +
                   (candidate.why_not_measured.empty() ? "" : ": " + candidate.why_not_measured);
    }
}

constexpr int kExploratoryCode = 6;

std::string_view without_full_stop(std::string_view sentence) {
    return sentence.ends_with('.') ? sentence.substr(0, sentence.size() - 1) : sentence;
}

/// 0: passes.
int code_of(DecisionLabel label) {
    switch (label) {
        case DecisionLabel::kEquivalent:
        case DecisionLabel::kNonInferior: return 0;
        case DecisionLabel::kDegraded: return 3;
        case DecisionLabel::kInconclusive: return 5;
        case DecisionLabel::kNotMeasured: return 4;
    }
    return 4;
}

/// The first of `codes` that occurs among the candidates.
int first_of(std::span<const Candidate> candidates, std::initializer_list<int> codes) {
    for (const int code : codes) {
        if (std::any_of(candidates.begin(), candidates.end(), [&](const Candidate& c) {
                return code_of(effective_label(c)) == code;
            })) {
            return code;
        }
    }
    return 0;
}

int code_of_gate(std::span<const Candidate> candidates, const std::string& gate) {
    if (gate.empty()) {
        return first_of(candidates, {0, 5, 3, 4});
    }
    if (gate == "all") {
        return first_of(candidates, {3, 4, 5, 0});
    }
    std::string known;
    for (const Candidate& candidate : candidates) {
        if (candidate.name == gate) {
            return code_of(effective_label(candidate));
        }
        known += (known.empty() ? "" : ", ") + candidate.name;
    }
    throw_usage(fmt::format("there is no variant \"{}\"", gate),
                "--gate",
                known.empty() ? "no variant was compared"
                              : fmt::format("the variants are {}; or say all", known));
}

}  // namespace

Recommendation recommend(std::span<const Candidate> candidates,
                         std::uint64_t baseline_size_bytes,
                         const Exploratory& exploratory) {
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates) {
        if (may_ship(candidate) && (best == nullptr || smaller(candidate, *best))) {
            best = &candidate;
        }
    }
    Recommendation out;
    if (best != nullptr && exploratory.is) {
        out.sentence = fmt::format(
            "No variant is recommended, as the result is exploratory ({}): {} looks {}; to confirm "
            "it, judge new questions in another run directory.",
            without_full_stop(exploratory.why),
            best->name,
            words_of(best->label, best->on_these_questions));
        return out;
    }
    if (best != nullptr) {
        out.variant = best->name;
        out.sentence = fmt::format(
            "{} {}{}: {}{}{}.",
            best->on_these_questions ? "For these questions, use" : "Use",
            best->name,
            best->path.empty() ? "" : fmt::format(" ({})", best->path),
            best->label == DecisionLabel::kEquivalent
                ? "equivalent to the baseline within the margin"
                : "not worse than the baseline by more than the margin",
            saving(*best, baseline_size_bytes),
            best->on_these_questions ? "; nothing is said of other questions" : "");
        return out;
    }
    std::string reasons;
    for (const Candidate& candidate : candidates) {
        reasons += (reasons.empty() ? "" : "; ") + why_not(candidate);
    }
    out.sentence = reasons.empty() ? "No variant was compared, so none is recommended."
                                   : fmt::format("No variant is recommended: {}.", reasons);
    return out;
}

int exit_code(std::span<const Candidate> candidates, const ExitCodeOptions& options) {
    int code = code_of_gate(candidates, options.gate);
    const bool nothing_decided = candidates.empty();
    if (code == 0 && !nothing_decided && options.exploratory.is && !options.exploratory.accepted) {
        code = kExploratoryCode;
    }
    return code == 0 ? 0 : options.fail_exit_code.value_or(code);
}

}  // namespace assay::analysis
