#pragma once
// An embedder without a model: each word of a text has a place of its own.

#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/retrieval/embedder.hpp"

namespace assay::retrieval {

/// Bytes of these values over their norm.
inline std::string bytes_of(std::vector<float> values) {
    double squares = 0;
    for (const float value : values) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    for (float& value : values) {
        value = static_cast<float>(static_cast<double>(value) / std::sqrt(squares));
    }
    std::string out(values.size() * sizeof(float), '\0');
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

class WordEmbedder final : public Embedder {
 public:
    std::string sha256() override { return model; }
    EmbedderFacts facts() override { return {kDims, most_words, engine}; }
    Embedding embed(const std::string& text) override {
        texts.push_back(text);
        if (fail_at != 0 && texts.size() == fail_at) {
            throw_operational("the engine is gone");
        }
        std::vector<float> values(kDims);
        std::istringstream words(text);
        std::int64_t n = 0;
        for (std::string word; words >> word; ++n) {
            const auto [place, _] = places_.emplace(meaning(word), places_.size());
            if (n < most_words) {
                values.at(place->second) += 1;
            }
        }
        return {bytes_of(values), n > most_words};
    }

    static constexpr std::int64_t kDims = 64;
    std::string model = "model 1";
    std::string engine = "engine 1";
    std::int64_t most_words = 32;
    std::size_t fail_at = 0;         ///< it fails at this text; 0: never
    std::vector<std::string> texts;  ///< that it was asked for
    /// Words with one meaning have one place.
    std::function<std::string(const std::string&)> meaning = [](const std::string& word) {
        return word;
    };

 private:
    std::map<std::string, std::size_t> places_;
};

}  // namespace assay::retrieval
