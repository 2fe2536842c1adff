#include "assay/failure_modes/citation.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::size_t kMaxDigits = 3;
constexpr std::size_t kMaxBracket = 60;  ///< bytes between the brackets

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The numbers of "1, 2" or "2-4"; nothing if it is no such list.
std::optional<std::vector<int>> list_of(std::string_view inside) {
    std::vector<int> out;
    for (std::size_t i = 0; i < inside.size();) {
        std::size_t end = i;
        while (end < inside.size() && is_digit(inside[end])) {
            ++end;
        }
        if (end == i || end - i > kMaxDigits || inside[i] == '0') {
            return std::nullopt;
        }
        out.push_back(std::stoi(std::string(inside.substr(i, end - i))));
        i = end;
        if (i == inside.size()) {
            return out;
        }
        if (inside[i] != ',' && inside[i] != ';' && inside[i] != '-') {
            return std::nullopt;
        }
        ++i;
        while (i < inside.size() && inside[i] == ' ') {
            ++i;
        }
    }
    return std::nullopt;
}

/// Whether what stands before the bracket makes it an index or a formula.
bool is_index(std::string_view before, bool after_citation) {
    if (before.empty() || after_citation) {
        return false;
    }
    if (before.back() == ')' || before.back() == ']' || before.back() == '}') {
        return true;
    }
    std::size_t length = 0;
    bool name = false;
    for (; length < before.size(); ++length) {
        const char c = before[before.size() - 1 - length];
        if (!is_letter(c) && !is_digit(c) && c != '_') {
            break;
        }
        name = name || !is_letter(c);
    }
    return length == 1 || name;
}

bool is_bound_to_next(std::string_view after) {
    if (after.empty()) {
        return false;
    }
    return is_letter(after[0]) || after[0] == '(' ||
           (after[0] == '-' && after.size() > 1 && is_letter(after[1]));
}

}  // namespace

std::vector<int> cited_numbers(std::string_view text) {
    const std::string plain = without_code(text);
    const std::string_view all = plain;
    std::vector<int> out;
    std::size_t citation_end = std::string::npos;
    for (std::size_t at = 0; (at = all.find('[', at)) != std::string_view::npos; ++at) {
        const std::size_t close = all.substr(at, kMaxBracket).find(']');
        if (close == std::string_view::npos) {
            continue;
        }
        const auto numbers = list_of(all.substr(at + 1, close - 1));
        if (!numbers || is_bound_to_next(all.substr(at + close + 1, 2))) {
            continue;
        }
        if (is_index(all.substr(0, at), citation_end == at)) {
            continue;
        }
        out.insert(out.end(), numbers->begin(), numbers->end());
        citation_end = at + close + 1;
    }
    return out;
}

bool invents_source(std::string_view text, int n_contexts) {
    if (n_contexts <= 0) {
        return false;
    }
    const std::vector<int> cited = cited_numbers(text);
    return std::any_of(cited.begin(), cited.end(), [&](int number) { return number > n_contexts; });
}

}  // namespace assay::failure_modes
