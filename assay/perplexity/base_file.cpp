#include "assay/perplexity/base_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "assay/base/text.hpp"
#include "assay/perplexity/chunks.hpp"
#include "assay/perplexity/row_scores.hpp"

namespace assay::perplexity {
namespace {

constexpr std::string_view kMagic = "_logits_";
constexpr std::uint64_t kHeadBytes = 8 + 3 * sizeof(std::int32_t);
/// More than any model has; what a damaged file says is told from it.
constexpr std::int32_t kMostCtx = 100'000'000;
constexpr std::int32_t kMostVocab = 100'000'000;
constexpr const char*
    kMakeAnew = "Make it anew: name a file that is not there, with --baseline and --text.";

std::uint64_t token_bytes(const BaseFileHead& head) {
    return static_cast<std::uint64_t>(head.n_ctx) * static_cast<std::uint64_t>(head.n_chunks) *
           sizeof(std::int32_t);
}

std::string complaint(const BaseFileHead& head) {
    if (head.n_ctx < kSmallestCtx || head.n_ctx > kMostCtx) {
        return fmt::format("says that a chunk has {} tokens", head.n_ctx);
    }
    if (head.n_vocab < 1 || head.n_vocab > kMostVocab) {
        return fmt::format("says that the vocabulary has {} tokens", head.n_vocab);
    }
    if (head.n_chunks < 1) {
        return fmt::format("says that it has {} chunks", head.n_chunks);
    }
    return "";
}

template <class T>
char* bytes_of(T* values) {
    return reinterpret_cast<char*>(values);
}
template <class T>
const char* bytes_of(const T* values) {
    return reinterpret_cast<const char*>(values);
}

}  // namespace

std::uint64_t BaseFileHead::chunk_bytes() const {
    return static_cast<std::uint64_t>(n_scored(n_ctx)) *
           n_row_values(static_cast<std::size_t>(n_vocab)) * sizeof(std::uint16_t);
}

std::uint64_t BaseFileHead::file_bytes() const {
    return kHeadBytes + token_bytes(*this) + static_cast<std::uint64_t>(n_chunks) * chunk_bytes();
}

BaseFileReader::BaseFileReader(std::filesystem::path path, std::ifstream file, BaseFileHead head)
    : path_(std::move(path)),
      file_(std::move(file)),
      head_(std::move(head)),
      rows_at_(kHeadBytes + token_bytes(head_)) {}

Result<BaseFileReader> BaseFileReader::open(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return fail("is a folder, not a file of log-probabilities", path.string());
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(fmt::format("cannot be read: {}", std::strerror(errno)), path.string());
    }
    std::array<char, kMagic.size()> magic{};
    std::array<std::int32_t, 3> numbers{};
    file.read(magic.data(), magic.size());
    if (!file || std::string_view(magic.data(), magic.size()) != kMagic) {
        return fail("is no file of log-probabilities: it does not begin with \"_logits_\"",
                    path.string(),
                    kMakeAnew);
    }
    file.read(bytes_of(numbers.data()), sizeof numbers);
    if (!file) {
        return fail("is cut off in its first bytes", path.string(), kMakeAnew);
    }
    BaseFileHead head{numbers[0], numbers[1], numbers[2]};
    if (const std::string why = complaint(head); !why.empty()) {
        return fail(why + ", which cannot be: it is damaged", path.string(), kMakeAnew);
    }
    const std::uint64_t size = std::filesystem::file_size(path, error);
    // In doubles, as what a damaged file says may not fit whole numbers.
    const double said = static_cast<double>(kHeadBytes) +
                        static_cast<double>(head.n_chunks) *
                            (4.0 * head.n_ctx + 2.0 * static_cast<double>(n_scored(head.n_ctx)) *
                                                    static_cast<double>(n_row_values(
                                                        static_cast<std::size_t>(head.n_vocab))));
    if (error || said > 1e18 || size != head.file_bytes()) {
        return fail(
            fmt::format("has {}, and its {} chunks of {} tokens with a vocabulary of {} "
                        "take {}: it is {}",
                        format_bytes(size),
                        head.n_chunks,
                        head.n_ctx,
                        head.n_vocab,
                        said > 1e18 ? "more than any disk has" : format_bytes(head.file_bytes()),
                        static_cast<double>(size) < said ? "cut off" : "damaged"),
            path.string(),
            kMakeAnew);
    }
    head.tokens.resize(static_cast<std::size_t>(head.n_ctx) *
                       static_cast<std::size_t>(head.n_chunks));
    file.read(bytes_of(head.tokens.data()), static_cast<std::streamsize>(token_bytes(head)));
    if (!file) {
        return fail("its tokens cannot be read", path.string(), kMakeAnew);
    }
    const bool sound = std::all_of(head.tokens.begin(), head.tokens.end(), [&](auto token) {
        return token >= 0 && token < head.n_vocab;
    });
    if (!sound) {
        return fail(
            "holds tokens that are not in its vocabulary: it is damaged", path.string(), kMakeAnew);
    }
    return BaseFileReader(path, std::move(file), std::move(head));
}

Result<std::string> BaseFileReader::rows(std::int64_t chunk, std::int64_t n) {
    std::string out(static_cast<std::size_t>(n) * head_.chunk_bytes(), '\0');
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(rows_at_ + static_cast<std::uint64_t>(chunk) *
                                                           head_.chunk_bytes()));
    file_.read(out.data(), static_cast<std::streamsize>(out.size()));
    if (!file_) {
        return fail(fmt::format("the log-probabilities of chunk {} cannot be read", chunk + 1),
                    path_.string(),
                    "Was it changed meanwhile?");
    }
    return out;
}

BaseFileWriter::BaseFileWriter(const std::filesystem::path& path, const BaseFileHead& head)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {
    file_.write(kMagic.data(), kMagic.size());
    for (const std::int32_t number : {head.n_ctx, head.n_vocab, head.n_chunks}) {
        file_.write(bytes_of(&number), sizeof number);
    }
    file_.write(bytes_of(head.tokens.data()), static_cast<std::streamsize>(token_bytes(head)));
    check();
}

void BaseFileWriter::append(std::string_view rows) {
    file_.write(rows.data(), static_cast<std::streamsize>(rows.size()));
    check();
}

void BaseFileWriter::close() {
    file_.close();
    check();
}

void BaseFileWriter::check() {
    if (!file_) {
        throw_operational(
            "the log-probabilities cannot be written", path_.string(), "Is the disk full?");
    }
}

}  // namespace assay::perplexity
