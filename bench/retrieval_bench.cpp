// How long both searches take: retrieval_bench [PASSAGES] [WORDS], default 100000 of 80 words.
// Words are drawn as those of a language are (Zipf's law over 50,000 words), and so are questions
// of 12 words, but without the 100 most frequent ones: these are stop words, which are not searched
// for. Vectors have 384 random values, as many as all-MiniLM's; embedding is not in it.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/retrieval/dense_index.hpp"
#include "assay/retrieval/fuse.hpp"
#include "assay/retrieval/lexical.hpp"

namespace {

constexpr double kVocabulary = 50'000;
constexpr double kStopWords = 100;
constexpr int kQuestions = 500;
constexpr int kQuestionWords = 12;
constexpr std::size_t kDims = 384;

double seconds_since(std::clock_t start) {
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
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

/// Random values, of length 1.
std::string vector_of(assay::Rng& random) {
    std::vector<float> values(kDims);
    double squares = 0;
    for (float& value : values) {
        value = static_cast<float>(random.uniform() - 0.5);
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    for (float& value : values) {
        value = static_cast<float>(static_cast<double>(value) / std::sqrt(squares));
    }
    std::string out(kDims * sizeof(float), '\0');
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

/// Times `search`, which says how many it found, for each question. False: one found nothing.
bool time_queries(const char* what, const std::function<std::size_t()>& search) {
    std::vector<double> ms;
    for (int i = 0; i < kQuestions; ++i) {
        const std::clock_t begin = std::clock();
        if (search() == 0) {
            return false;
        }
        ms.push_back(seconds_since(begin) * 1000);
    }
    std::sort(ms.begin(), ms.end());
    fmt::print("{}: median {:.1f} ms, 95 % below {:.1f} ms, slowest {:.1f} ms\n",
               what,
               ms[ms.size() / 2],
               ms[ms.size() * 95 / 100],
               ms.back());
    return true;
}

bool time_lexical(assay::Rng& random, int n_passages, int n_words) {
    std::vector<assay::retrieval::Passage> passages;
    for (int i = 0; i < n_passages; ++i) {
        passages.push_back({std::to_string(i), "", text_of(random, n_words, 1), "f"});
    }
    const std::clock_t start = std::clock();
    const assay::retrieval::LexicalIndex index(passages);
    fmt::print("lexical index of {} passages of {} words: {:.1f} s\n",
               n_passages,
               n_words,
               seconds_since(start));
    std::string question;
    return time_queries("lexical query of 12 words, with drawing the words", [&] {
        question = text_of(random, kQuestionWords, kStopWords);
        return index.search(question, assay::retrieval::kFusedDepth).size();
    });
}

bool time_dense(assay::Rng& random, int n_passages) {
    assay::retrieval::DenseIndex index(static_cast<std::size_t>(n_passages), kDims);
    for (int i = 0; i < n_passages; ++i) {
        index.set(static_cast<std::size_t>(i), vector_of(random));
    }
    const std::string query = vector_of(random);
    return time_queries("dense query of 384 values, one thread",
                        [&] { return index.search(query, assay::retrieval::kFusedDepth).size(); });
}

}  // namespace

int main(int argc, char** argv) {
    const int n_passages = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const int n_words = argc > 2 ? std::atoi(argv[2]) : 80;
    assay::Rng random(1);
    const bool found = time_lexical(random, n_passages, n_words) && time_dense(random, n_passages);
    return found ? 0 : 1;
}
