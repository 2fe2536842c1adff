#include "assay/base/hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace assay {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    ASSAY_CHECK(state_->context != nullptr &&
                EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
    ASSAY_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    ASSAY_CHECK(EVP_DigestFinal_ex(state_->context, digest.data(), &size) == 1);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    out.reserve(size * 2);
    for (unsigned int i = 0; i < size; ++i) {
        out += kHex[digest[i] >> 4];
        out += kHex[digest[i] & 15];
    }
    return out;
}

std::string sha256_hex(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string sha256_of_fields(std::span<const std::string> fields) {
    Sha256 hash;
    for (const std::string& field : fields) {
        hash.update(std::to_string(field.size()) + ':');
        hash.update(field);
    }
    return hash.finish();
}

std::string sha256_of_tokens(std::span<const std::int32_t> tokens) {
    std::string bytes;
    bytes.reserve(tokens.size() * 4);
    for (const std::int32_t token : tokens) {
        const auto u = static_cast<std::uint32_t>(token);
        for (int shift = 0; shift < 32; shift += 8) {
            bytes += static_cast<char>(u >> shift & 255);
        }
    }
    return sha256_hex(bytes);
}

Result<std::string> sha256_of_file(const std::filesystem::path& path,
                                   const std::function<void(std::uint64_t)>& on_bytes) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) {
        return fail(std::string("cannot be read: ") + std::strerror(errno), path.string());
    }
    Sha256 hash;
    std::vector<char> buffer(1 << 20);
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        hash.update({buffer.data(), got});
        if (on_bytes) {
            on_bytes(got);
        }
    }
    if (std::ferror(file.get())) {
        return fail(std::string("reading failed: ") + std::strerror(errno), path.string());
    }
    return hash.finish();
}

}  // namespace assay
