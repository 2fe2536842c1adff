#pragma once
// GGUF files as bytes, made by hand: small ones, broken ones.

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace assay::test {

/// Writes GGUF version 3 (little-endian): key-value pairs and tensors; where no tensor is given,
/// one of 32 F32 zeros called "token_embd.weight".
class GgufWriter {
 public:
    GgufWriter& text(const std::string& key, const std::string& value) {
        return pair(key, 8, length_and(value));
    }
    GgufWriter& u32(const std::string& key, std::uint32_t value) {
        return pair(key, 4, number(value, 4));
    }
    GgufWriter& truth(const std::string& key, bool value) {
        return pair(key, 7, number(value ? 1 : 0, 1));
    }
    GgufWriter& texts(const std::string& key, const std::vector<std::string>& values) {
        std::string array = number(8, 4) + number(values.size(), 8);
        for (const std::string& value : values) {
            array += length_and(value);
        }
        return pair(key, 9, array);
    }
    GgufWriter& f32(const std::string& key, float value) {
        return pair(key, 6, number(std::bit_cast<std::uint32_t>(value), 4));
    }
    /// `type`: ggml's number (0: F32, 1: F16, 8: Q8_0); `shape`: the fastest dimension first.
    GgufWriter& tensor(const std::string& name,
                       const std::vector<std::uint64_t>& shape,
                       std::uint32_t type,
                       const std::string& bytes) {
        tensors_ += length_and(name) + number(shape.size(), 4);
        for (const std::uint64_t size : shape) {
            tensors_ += number(size, 8);
        }
        tensors_ += number(type, 4) + number(data_.size(), 8);
        data_ += bytes;
        data_.resize((data_.size() + 31) / 32 * 32, '\0');
        ++n_tensors_;
        return *this;
    }
    /// With the tensors that were given.
    [[nodiscard]] std::string whole() const {
        std::string out = "GGUF" + number(3, 4) + number(n_tensors_, 8) + number(n_pairs_, 8) +
                          pairs_ + tensors_;
        out.resize((out.size() + 31) / 32 * 32, '\0');
        return out + data_;
    }
    /// With the one tensor of zeros, or `n_tensors` that the header only claims.
    [[nodiscard]] std::string file(std::uint64_t n_tensors = 1) const {
        std::string out = "GGUF" + number(3, 4) + number(n_tensors, 8) + number(n_pairs_, 8) +
                          pairs_;
        if (n_tensors > 0) {
            out += length_and("token_embd.weight") + number(1, 4) + number(32, 8) + number(0, 4) +
                   number(0, 8);
        }
        out.resize((out.size() + 31) / 32 * 32, '\0');
        return n_tensors > 0 ? out + std::string(128, '\0') : out;
    }
    static std::string number(std::uint64_t value, int bytes) {
        std::string out;
        for (int i = 0; i < bytes; ++i) {
            out += static_cast<char>(value >> (8 * i) & 255);
        }
        return out;
    }

 private:
    static std::string length_and(const std::string& text) { return number(text.size(), 8) + text; }
    GgufWriter& pair(const std::string& key, std::uint32_t type, const std::string& bytes) {
        pairs_ += length_and(key) + number(type, 4) + bytes;
        ++n_pairs_;
        return *this;
    }
    std::string pairs_;
    std::uint64_t n_pairs_ = 0;
    std::string tensors_;
    std::string data_;
    std::uint64_t n_tensors_ = 0;
};

}  // namespace assay::test
