#include "assay/judge/reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "assay/judge/python_text.hpp"

namespace assay::judge {
namespace {

bool is_ascii_punctuation(UChar32 c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

/// str.isalnum or '_': letters, and everything with a numeric type. Combining marks are not among
/// them.
bool is_python_word(UChar32 c) {
    return u_isalpha(c) || c == '_' || u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE) != U_NT_NONE;
}

std::u32string without_punctuation(const std::u16string& text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        UChar32 c = 0;
        U16_NEXT(text.data(), i, text.size(), c);
        if (!is_ascii_punctuation(c)) {
            out.push_back(static_cast<char32_t>(c));
        }
    }
    return out;
}

/// re.sub(r"\b(a|an|the)\b", " ", text): `\b` on both sides makes the match a whole run of word
/// characters.
std::u32string without_articles(const std::u32string& text) {
    std::u32string out;
    out.reserve(text.size());
    const auto word_at = [&](std::size_t i) {
        return is_python_word(static_cast<UChar32>(text[i]));
    };
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        if (!word_at(begin)) {
            out.push_back(text[begin]);
            begin = end;
            continue;
        }
        while (end < text.size() && word_at(end)) {
            ++end;
        }
        const std::u32string_view word(text.data() + begin, end - begin);
        if (word == U"a" || word == U"an" || word == U"the") {
            out.push_back(U' ');
        } else {
            out.append(word);
        }
        begin = end;
    }
    return out;
}

void append_utf8(std::string& out, char32_t c) {
    std::uint8_t bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

constexpr std::int64_t kMillion = 1'000'000;
__extension__ typedef __int128 Wide;

/// One answer's score: exact where the metric is a rational.
struct Score {
    Fraction exact;
    double value = 0;
};

struct Metric {
    std::string_view name;
    std::string_view label;     ///< in a verdict's reasoning
    std::string_view identity;  ///< never changed: stored verdicts are known by it
    Score (*score)(std::string_view answer, std::string_view expected);
    bool exact;
};

Score of_fraction(const Fraction& f) {
    return {f, static_cast<double>(f.numerator) / static_cast<double>(f.denominator)};
}

constexpr Metric kMetrics[] = {
    {"token_f1",
     "token F1",
     "SQuAD token F1",
     [](auto answer, auto expected) { return of_fraction(token_f1(answer, expected)); },
     true},
    {"rouge_l",
     "ROUGE-L",
     "ROUGE-L F, rouge-score 0.1.2",
     [](auto answer, auto expected) { return of_fraction(rouge_l(answer, expected)); },
     true},
    {"chrf",
     "chrF",
     "chrF2, sacrebleu 2",
     [](auto answer, auto expected) {
         return Score{{}, chrf(answer, expected)};
     },
     false},
};

const Metric* find_metric(std::string_view name) {
    const auto* found = std::find_if(
        std::begin(kMetrics), std::end(kMetrics), [&](const Metric& m) { return m.name == name; });
    return found == std::end(kMetrics) ? nullptr : found;
}

std::int64_t millionths(double value) {
    return std::llround(value * static_cast<double>(kMillion));
}

/// Sign of A - B where it is beyond the band, else 0.
int compare(const Metric& metric, const Score& a, const Score& b, std::int64_t band) {
    Wide difference = millionths(a.value - b.value), limit = band;
    if (metric.exact) {
        difference = kMillion * (Wide{a.exact.numerator} * b.exact.denominator -
                                 Wide{b.exact.numerator} * a.exact.denominator);
        limit = Wide{band} * a.exact.denominator * b.exact.denominator;
    }
    if (difference > limit) {
        return 1;
    }
    return difference < -limit ? -1 : 0;
}

/// The answer's score with the expected answer or with the alternative that it fits best.
Score best_score(const Metric& metric, std::string_view answer, const BlindedPair& pair) {
    Score best = metric.score(answer, *pair.expected);
    for (const std::string& alternative : pair.alternatives) {
        const Score score = metric.score(answer, alternative);
        if (compare(metric, score, best, 0) > 0) {
            best = score;
        }
    }
    return best;
}

class ReferenceJudge final : public Judge {
 public:
    explicit ReferenceJudge(JudgeSpec spec) : spec_(std::move(spec)) {}

    std::string identity() const override {
        const std::int64_t band = millionths(spec_.metric().tie_band);
        const std::string written = band == kMillion / 20 ? "1/20"
                                                          : fmt::format("{}/{}", band, kMillion);
        return nlohmann::ordered_json{{"provider", spec_.provider},
                                      {"metric", find_metric(spec_.metric().metric)->identity},
                                      {"tie_band", written},
                                      {"version", 1}}
            .dump();
    }
    bool costs_nothing() const override { return true; }
    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        while (!cancel) {
            const auto pair = next();
            if (!pair) {
                return {};
            }
            sink(reference_verdict(spec_.metric(), *pair));
        }
        return {RunEnd::kCancelled, {}};
    }

 private:
    JudgeSpec spec_;
};

}  // namespace

std::vector<std::string> squad_tokens(std::string_view text) {
    std::vector<std::string> tokens;
    bool in_token = false;
    for (const char32_t c : without_articles(without_punctuation(lower_utf16(text)))) {
        if (is_python_space(c)) {
            in_token = false;
            continue;
        }
        if (!in_token) {
            tokens.emplace_back();
        }
        in_token = true;
        append_utf8(tokens.back(), c);
    }
    return tokens;
}

Fraction token_f1(std::string_view answer, std::string_view expected) {
    const std::vector<std::string> a = squad_tokens(answer);
    const std::vector<std::string> e = squad_tokens(expected);
    if (a.empty() || e.empty()) {
        return {a.empty() && e.empty() ? 1 : 0, 1};
    }
    std::map<std::string_view, std::int64_t> left;
    for (const std::string& token : e) {
        ++left[token];
    }
    std::int64_t same = 0;
    for (const std::string& token : a) {
        const auto found = left.find(token);
        if (found == left.end() || found->second == 0) {
            continue;
        }
        --found->second;
        ++same;
    }
    return {2 * same, static_cast<std::int64_t>(a.size() + e.size())};
}

Verdict reference_verdict(const MetricSettings& settings, const BlindedPair& pair) {
    Verdict verdict;
    verdict.item_id = pair.item_id;
    verdict.n_attempts = 1;
    if (!pair.expected) {
        verdict.state = VerdictState::kInvalid;
        verdict
            .failure = "The reference metric needs an expected answer and this question has none.";
        return verdict;
    }
    const Metric* metric = find_metric(settings.metric);
    ASSAY_CHECK(metric != nullptr);
    const Score a = best_score(*metric, pair.answer_a, pair);
    const Score b = best_score(*metric, pair.answer_b, pair);
    const int sign = compare(*metric, a, b, millionths(settings.tie_band));
    verdict.state = VerdictState::kTie;
    if (sign != 0) {
        verdict.state = sign > 0 ? VerdictState::kA : VerdictState::kB;
    }
    verdict.reasoning = fmt::format("{} {:.2f} against {:.2f}", metric->label, a.value, b.value);
    verdict.raw = verdict.reasoning;
    return verdict;
}

Result<std::unique_ptr<Judge>> make_reference_judge(const JudgeSpec& spec,
                                                    const Services&,
                                                    Progress&) {
    return std::make_unique<ReferenceJudge>(spec);
}

}  // namespace assay::judge
