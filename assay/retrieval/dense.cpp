// Vectors are made once.
//
// Problem: a vector costs 30 ms, so a corpus of 100,000 passages costs an hour. It is indexed anew
// whenever a document changes, and the work must survive a Ctrl-C.
//
// Model: a vector belongs to the hash of its text and to the embedder: the file's hash, how many
// tokens it sees, and the engine. A cache has it under both, whatever corpus the text is in. So a
// document that changes costs its new passages only.
//
// Invariant: what the cache gives has the embedder's number of values and length 1, or the search
// stops. A damaged cache must not look like a bad ranking.

#include "assay/retrieval/dense.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/retrieval/passage.hpp"

namespace assay::retrieval {
namespace {

constexpr double kLengthTolerance = 1e-3;

bool is_of_length_1(const std::string& bytes) {
    double squares = 0;
    for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, bytes.data() + at, sizeof(float));
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::abs(squares - 1) <= kLengthTolerance;
}

std::string key_of(Embedder& embedder, const EmbedderFacts& facts) {
    return sha256_of_fields(
        std::vector<std::string>{embedder.sha256(), std::to_string(facts.n_tokens), facts.engine});
}

}  // namespace

DenseLeg::DenseLeg(const Corpus& corpus, const SearchSetup& setup, Progress& progress)
    : setup_(setup),
      facts_(setup.embedder->facts()),
      key_(key_of(*setup.embedder, facts_)),
      cache_(setup.vectors) {
    const std::size_t n = corpus.passages.size();
    const std::uint64_t n_bytes = n * static_cast<std::uint64_t>(facts_.n_dims) * sizeof(float);
    if (n_bytes > kMostVectorBytes) {
        throw_usage(
            fmt::format("the vectors of {} passages would take {} of memory, and at most {} "
                        "are allowed",
                        n,
                        format_bytes(n_bytes),
                        format_bytes(kMostVectorBytes)),
            setup.settings.embedder,
            "Leave out what no question is about, or write embedder: none.");
    }
    progress.note(fmt::format("the vectors of {} passages take {} of memory ({} values each)",
                              n,
                              format_bytes(n_bytes),
                              facts_.n_dims));
    index_ = std::make_unique<DenseIndex>(n, static_cast<std::size_t>(facts_.n_dims));
    const auto text_of = [&](std::size_t place) {
        return setup.settings.passage_prefix + as_context(corpus.passages[place]);
    };
    std::vector<std::size_t> missing;
    for (std::size_t place = 0; place < n; ++place) {
        if (const auto embedding = kept(text_of(place))) {
            set(place, *embedding);
        } else {
            missing.push_back(place);
        }
    }
    progress.begin("embedding", missing.size(), "passages");
    for (const std::size_t place : missing) {
        set(place, make(text_of(place)));
        progress.advance(1);
    }
    cache_.flush();
    progress.finish(fmt::format("{} vectors of the cache, {} longer than {} tokens",
                                n - missing.size(),
                                n_cut_,
                                facts_.n_tokens));
}

DenseLeg::Nearest DenseLeg::search(const std::string& question, std::size_t depth) {
    const std::string text = setup_.settings.query_prefix + question;
    auto embedding = kept(text);
    if (!embedding) {
        embedding = make(text);
    }
    return {index_->search(embedding->vector, depth), embedding->cut};
}

std::optional<Embedding> DenseLeg::kept(const std::string& text) const {
    auto entry = cache_.find(key_, sha256_hex(text));
    if (!entry) {
        return std::nullopt;
    }
    if (entry->vector.size() != static_cast<std::size_t>(facts_.n_dims) * sizeof(float) ||
        !is_of_length_1(entry->vector)) {
        throw_operational(
            fmt::format("a vector of the cache is damaged: {} bytes, and not {} values of length 1",
                        entry->vector.size(),
                        facts_.n_dims),
            to_valid_utf8(cache_.file().native()),
            "Delete the file: vectors are made again.");
    }
    return Embedding{std::move(entry->vector), entry->cut};
}

Embedding DenseLeg::make(const std::string& text) {
    Embedding embedding = setup_.embedder->embed(text);
    ASSAY_CHECK(embedding.vector.size() == static_cast<std::size_t>(facts_.n_dims) * sizeof(float));
    cache_.put(key_, sha256_hex(text), {embedding.vector, embedding.cut});
    return embedding;
}

void DenseLeg::set(std::size_t place, const Embedding& embedding) {
    index_->set(place, embedding.vector);
    n_cut_ += embedding.cut ? 1 : 0;
}

}  // namespace assay::retrieval
