// Problem: a file's field is guessed, and a file can be named twice. Both give identical pairs, and
// identical pairs are ties, so that a mistake looks like perfect equivalence.
//
// Model: what is compared is the text without white space at its ends. Two kinds of equality are
// counted: with the expected answers, and between two sources. Where being right means being equal
// (a letter, a number, a name) equality says little, so there it must be complete.
//
// Invariant: a sign only ever takes a decision away; nothing is decided by it. A false alarm costs
// a key in the plan, and a mistake that is not seen costs a wrong release.

#include "assay/analysis/equal_answers.hpp"

#include <fmt/format.h>

#include "assay/analysis/decide.hpp"
#include "assay/base/text.hpp"

namespace assay::analysis {
namespace {

struct Equality {
    std::size_t n = 0;  ///< questions with both texts
    std::size_t n_equal = 0;
    std::size_t n_long = 0;  ///< of those: the first text is long
    std::size_t n_long_equal = 0;
};

Equality equality_of(std::span<const std::optional<std::string_view>> texts,
                     std::span<const std::optional<std::string_view>> others) {
    Equality out;
    for (std::size_t i = 0; i < texts.size() && i < others.size(); ++i) {
        if (!texts[i] || !others[i]) {
            continue;
        }
        const std::string_view text = trim(*texts[i]);
        const bool equal = text == trim(*others[i]), is_long = text.size() >= kLongText;
        ++out.n;
        out.n_equal += equal;
        out.n_long += is_long;
        out.n_long_equal += equal && is_long;
    }
    return out;
}

std::string equals_expected(const AnswerSource& source,
                            std::span<const std::optional<std::string_view>> expected) {
    if (source.made_here) {
        return "";
    }
    const Equality e = equality_of(expected, source.texts);
    const bool long_ones = e.n_long >= kFewestEqual &&
                           static_cast<double>(e.n_long_equal) >=
                               kEqualShare * static_cast<double>(e.n_long);
    const bool all = e.n >= kFewestEqual && e.n_equal == e.n;
    if (!long_ones && !all) {
        return "";
    }
    return fmt::format(
        "{} of {} answers of {} are the expected answers to the letter: perhaps a field that holds "
        "the expected answer was read as the model's",
        e.n_equal,
        e.n,
        source.name);
}

bool are_one(const AnswerSource& a, const AnswerSource& b) {
    if (a.made_here && b.made_here) {
        return false;
    }
    const Equality e = equality_of(a.texts, b.texts);
    const bool one_file = !a.answer_file.empty() && a.answer_file == b.answer_file;
    return e.n >= kFewestEqual && e.n_equal == e.n && (one_file || e.n_long >= kFewestEqual);
}

void add(std::string& text, const std::string& sentence) {
    text += (text.empty() ? "" : "; ") + sentence;
}

}  // namespace

std::vector<std::string> equal_answers(std::span<const AnswerSource> sources,
                                       std::span<const std::optional<std::string_view>> expected) {
    std::vector<std::string> out(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::string said = equals_expected(sources[i], expected);
        if (said.empty()) {
            continue;
        }
        add(out[i], said);
        for (std::size_t k = 1; i == 0 && k < out.size(); ++k) {
            add(out[k], said);
        }
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        for (std::size_t k = i + 1; k < sources.size(); ++k) {
            if (!are_one(sources[i], sources[k])) {
                continue;
            }
            const std::string said = fmt::format(
                "all answers of {} are those of {}, though they are said to be two models: perhaps "
                "one file or model was named twice",
                sources[k].name,
                sources[i].name);
            add(out[k], said);
            if (i > 0) {
                add(out[i], said);
            }
        }
    }
    return out;
}

Decision gate_equal_answers(const Decision& decision,
                            const std::string& what_is_equal,
                            bool accepted) {
    if (what_is_equal.empty() || accepted) {
        return decision;
    }
    return not_measured(
        decision,
        fmt::format("Nothing is concluded from these answers: {}. If it is meant, write "
                    "accept-equal-answers: true under analysis, or give --accept-equal-answers.",
                    what_is_equal));
}

}  // namespace assay::analysis
