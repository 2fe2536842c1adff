#include "assay/judge/text_metrics.hpp"

#include <algorithm>

#include "assay/judge/python_text.hpp"

namespace assay::judge {
namespace {

constexpr std::size_t kCharOrder = 6;
constexpr double kBetaSquared = 4;

std::int64_t longest_common_subsequence(const std::vector<std::string>& a,
                                        const std::vector<std::string>& b) {
    std::vector<std::int64_t> row(b.size() + 1, 0);  // of the table of prefixes' lengths
    for (const std::string& token : a) {
        std::int64_t diagonal = 0;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::int64_t above = row[j + 1];
            row[j + 1] = token == b[j] ? diagonal + 1 : std::max(above, row[j]);
            diagonal = above;
        }
    }
    return row.back();
}

std::u32string without_space(std::string_view text) {
    std::u32string out = code_points(text);
    std::erase_if(out, is_python_space);
    return out;
}

std::vector<std::u32string_view> sorted_ngrams(std::u32string_view text, std::size_t n) {
    std::vector<std::u32string_view> out;
    for (std::size_t i = 0; i + n <= text.size(); ++i) {
        out.push_back(text.substr(i, n));
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Size of the intersection of two sorted multisets.
std::size_t n_in_both(const std::vector<std::u32string_view>& a,
                      const std::vector<std::u32string_view>& b) {
    std::size_t n = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const int order = a[i].compare(b[j]);
        n += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    return n;
}

}  // namespace

std::vector<std::string> rouge_tokens(std::string_view text) {
    std::vector<std::string> tokens;
    bool in_token = false;
    for (const char16_t c : lower_utf16(text)) {
        const bool is_token = (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
        if (is_token && !in_token) {
            tokens.emplace_back();
        }
        if (is_token) {
            tokens.back().push_back(static_cast<char>(c));
        }
        in_token = is_token;
    }
    return tokens;
}

Fraction rouge_l(std::string_view answer, std::string_view expected) {
    const std::vector<std::string> a = rouge_tokens(answer), e = rouge_tokens(expected);
    if (a.empty() || e.empty()) {
        return {};
    }
    return {2 * longest_common_subsequence(a, e), static_cast<std::int64_t>(a.size() + e.size())};
}

double chrf(std::string_view answer, std::string_view expected) {
    const std::u32string a = without_space(answer), e = without_space(expected);
    double precision = 0, recall = 0;
    int effective_order = 0;
    for (std::size_t n = 1; n <= std::min({kCharOrder, a.size(), e.size()}); ++n) {
        const auto of_answer = sorted_ngrams(a, n), of_expected = sorted_ngrams(e, n);
        const auto same = static_cast<double>(n_in_both(of_answer, of_expected));
        precision += same / static_cast<double>(of_answer.size());
        recall += same / static_cast<double>(of_expected.size());
        ++effective_order;
    }
    if (precision + recall == 0) {
        return 0;
    }
    precision /= effective_order;
    recall /= effective_order;
    return (1 + kBetaSquared) * precision * recall / (kBetaSquared * precision + recall);
}

}  // namespace assay::judge
