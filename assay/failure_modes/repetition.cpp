#include "assay/failure_modes/repetition.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

/// A stretch of at least `min_length` items in which each equals the one `period` before,
/// kLoopTimes times over.
template <class Items>
bool has_loop(const Items& items, std::size_t min_length) {
    for (std::size_t period = 1; period <= kLoopMaxPeriod && period * kLoopTimes <= items.size();
         ++period) {
        std::size_t equal = 0;
        for (std::size_t i = period; i < items.size(); ++i) {
            equal = items[i] == items[i - period] ? equal + 1 : 0;
            if (equal >= period * (kLoopTimes - 1) && equal + period >= min_length) {
                return true;
            }
        }
    }
    return false;
}

std::size_t repeated_words(const std::vector<std::string>& all) {
    if (all.size() < kGramWords) {
        return 0;
    }
    std::set<std::vector<std::string_view>> seen;
    std::size_t repeated = 0, counted_to = 0;
    for (std::size_t i = 0; i + kGramWords <= all.size(); ++i) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(i);
        if (seen.emplace(first, first + static_cast<std::ptrdiff_t>(kGramWords)).second) {
            continue;
        }
        repeated += i + kGramWords - std::max(i, counted_to);
        counted_to = i + kGramWords;
    }
    return repeated;
}

}  // namespace

double repeated_share(std::string_view text) {
    const std::vector<std::string> all = words(text);
    return all.empty() ? 0
                       : static_cast<double>(repeated_words(all)) / static_cast<double>(all.size());
}

bool is_repetitive(std::string_view text) {
    const std::vector<std::string> all = words(text);
    if (has_loop(all, kLoopWords)) {
        return true;
    }
    if (std::any_of(all.begin(), all.end(), [](const std::string& word) {
            return has_loop(word, kLoopCharacters);
        })) {
        return true;
    }
    const std::size_t repeated = repeated_words(all);
    return repeated >= kRepeatedWords &&
           static_cast<double>(repeated) >= kRepeatedShare * static_cast<double>(all.size());
}

}  // namespace assay::failure_modes
