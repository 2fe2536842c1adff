// How long the lexical index takes: retrieval_bench [PASSAGES] [WORDS], default 100000 of 80 words.
// Words are drawn as those of a language are (Zipf's law over 50,000 words), and so are questions
// of 12 words, but without the 100 most frequent ones: these are stop words, which are not searched
// for.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/retrieval/lexical.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kVocabulary = 50'000;
constexpr double kStopWords = 100;
constexpr int kQuestions = 500;
constexpr int kQuestionWords = 12;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A word of a rank from `first` on, whose frequency falls as 1 / rank.
std::string word_of(assay::Rng& random, double first) {
    const double rank = first * std::exp(random.uniform() * std::log(kVocabulary / first));
    return fmt::format("w{}x", static_cast<int>(rank));
}

std::string text_of(assay::Rng& random, int n_words, double first) {
    std::string out;
    for (int i = 0; i < n_words; ++i) {
        out += (i == 0 ? "" : " ") + word_of(random, first);
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const int n_passages = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const int n_words = argc > 2 ? std::atoi(argv[2]) : 80;
    assay::Rng random(1);
    std::vector<assay::retrieval::Passage> passages;
    for (int i = 0; i < n_passages; ++i) {
        passages.push_back({std::to_string(i), "", text_of(random, n_words, 1), "f"});
    }
    const auto start = Clock::now();
    const assay::retrieval::LexicalIndex index(passages);
    fmt::print(
        "index of {} passages of {} words: {:.1f} s\n", n_passages, n_words, seconds_since(start));
    std::vector<double> ms;
    for (int i = 0; i < kQuestions; ++i) {
        const std::string question = text_of(random, kQuestionWords, kStopWords);
        const auto begin = Clock::now();
        if (index.search(question, 10).empty()) {
            return 1;
        }
        ms.push_back(seconds_since(begin) * 1000);
    }
    std::sort(ms.begin(), ms.end());
    fmt::print("query of {} words: median {:.1f} ms, 95 % below {:.1f} ms, slowest {:.1f} ms\n",
               kQuestionWords,
               ms[ms.size() / 2],
               ms[ms.size() * 95 / 100],
               ms.back());
    return 0;
}
