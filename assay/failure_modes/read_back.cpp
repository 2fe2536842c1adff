#include "assay/failure_modes/read_back.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

using Words = std::vector<std::string>;
using Run = std::span<const std::string>;

Words words_in_full(std::string_view text) {
    Words out;
    for (std::string& word : words(text)) {
        const bool contracted = word.size() > 3 && word.ends_with("'re");
        out.push_back(contracted ? word.substr(0, word.size() - 3) : std::move(word));
        if (contracted) {
            out.emplace_back("are");
        }
    }
    return out;
}

bool equal(Run a, Run b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Equal but for one word that is another one, is missing, or was added.
bool nearly_equal(Run a, Run b) {
    const std::size_t shorter = std::min(a.size(), b.size()), longer = std::max(a.size(), b.size());
    std::size_t begin = 0, end = 0;
    while (begin < shorter && a[begin] == b[begin]) {
        ++begin;
    }
    while (begin + end < shorter && a[a.size() - 1 - end] == b[b.size() - 1 - end]) {
        ++end;
    }
    return begin + end + 1 >= longer;
}

bool has_opening(Run text, Run opening) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (std::size_t n = opening.size() - 1; n <= opening.size() + 1 && i + n <= text.size();
             ++n) {
            if (nearly_equal(text.subspan(i, n), opening)) {
                return true;
            }
        }
    }
    return false;
}

bool has_run(Run text, Run run) {
    for (std::size_t i = 0; i + run.size() <= text.size(); ++i) {
        if (equal(text.subspan(i, run.size()), run)) {
            return true;
        }
    }
    return false;
}

using Runs = std::set<std::vector<std::string_view>>;

void add_runs(Run text, Runs& runs) {
    for (std::size_t i = 0; i + kInstructionWords <= text.size(); ++i) {
        const Run run = text.subspan(i, kInstructionWords);
        runs.emplace(run.begin(), run.end());
    }
}

}  // namespace

std::vector<std::string> fixed_texts(std::string_view jinja) {
    std::vector<std::string> out;
    while (!jinja.empty()) {
        std::size_t begin = jinja.find('{');
        while (begin != jinja.npos &&
               (begin + 1 == jinja.size() ||
                std::string_view("{%#").find(jinja[begin + 1]) == jinja.npos)) {
            begin = jinja.find('{', begin + 1);
        }
        if (begin != 0) {
            out.emplace_back(jinja.substr(0, begin));
        }
        if (begin == jinja.npos) {
            break;
        }
        const char closing[] = {jinja[begin + 1] == '{' ? '}' : jinja[begin + 1], '}'};
        const std::size_t end = jinja.find(std::string_view(closing, 2), begin + 2);
        jinja = end == jinja.npos ? std::string_view() : jinja.substr(end + 2);
    }
    return out;
}

bool reads_instructions_back(std::string_view text, std::span<const std::string> instructions) {
    const Words all = words_in_full(text);
    Runs said;
    add_runs(all, said);
    for (const std::string& instruction : instructions) {
        const Words asked = words_in_full(instruction);
        if (asked.size() < kOpeningWords) {
            continue;
        }
        if (has_opening(all, Run(asked).first(kOpeningWords))) {
            return true;
        }
        Runs runs;
        add_runs(asked, runs);
        Runs both;
        std::set_intersection(
            runs.begin(), runs.end(), said.begin(), said.end(), std::inserter(both, both.end()));
        if (!both.empty()) {
            return true;
        }
    }
    return false;
}

bool reads_question_back(std::string_view text, std::string_view question) {
    const Words asked = words_in_full(question);
    if (asked.size() < kFewestQuestionWords) {
        return false;
    }
    return has_run(words_in_full(text), Run(asked).first(std::min(asked.size(), kQuestionWords)));
}

}  // namespace assay::failure_modes
