#pragma once
// Messages of an embedding model: which is loaded beside the model that answers, and gives a vector
// for a text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::wire {

/// What the embedding model is.
struct LoadedEmbedder {
    static constexpr std::string_view kName = "loaded_embedder";
    std::int64_t n_dims = 0;    ///< values of a vector
    std::int64_t n_tokens = 0;  ///< the most of a text that it sees, special tokens included
    std::string engine;         ///< all that a vector depends on besides model, text and n_tokens
    static void fields(auto& self, auto& field) {
        field("n_dims", self.n_dims);
        field("n_tokens", self.n_tokens);
        field("engine", self.engine);
    }
};

/// load_embedder: a model that makes one vector of a text. Fails where it is none.
struct LoadEmbedder {
    static constexpr std::string_view kName = "load_embedder";
    using Done = LoadedEmbedder;
    std::string path;
    int max_tokens = 512;  ///< at most as many as the model takes
    int n_threads = 1;
    static void fields(auto& self, auto& field) {
        field("path", self.path);
        field("max_tokens", self.max_tokens);
        field("n_threads", self.n_threads);
    }
};

/// The vector of a text, of length 1.
struct Embedded {
    static constexpr std::string_view kName = "embedded";
    std::string vector;                ///< float32, as they are in memory (little-endian)
    std::vector<std::int32_t> tokens;  ///< what it was made of
    bool cut = false;                  ///< the text has more tokens
    static void fields(auto& self, auto& field) {
        field.bytes("vector", self.vector);
        field("tokens", self.tokens);
        field("cut", self.cut);
    }
};

/// embed: one text a call, since a vector would depend on its neighbours in a call.
struct Embed {
    static constexpr std::string_view kName = "embed";
    using Done = Embedded;
    std::string text;
    static void fields(auto& self, auto& field) { field.bytes("text", self.text); }
};

}  // namespace assay::wire
