#include "assay/base/text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

namespace assay {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

/// Length of the well-formed UTF-8 sequence at the start of `bytes`, 0 if there is none (Unicode
/// 15, table 3-7).
std::size_t sequence_length(std::string_view bytes) {
    const auto at = [&](std::size_t i) {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
    };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < bytes.size() && at(i) >= low && at(i) <= high;
    };
    const unsigned lead = at(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out;
    std::size_t start = 0;
    while (true) {
        const std::size_t end = text.find(separator, start);
        out.emplace_back(text.substr(start, end - start));
        if (end == std::string_view::npos) {
            return out;
        }
        start = end + 1;
    }
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0) {
            return false;
        }
        bytes.remove_prefix(length);
    }
    return true;
}

std::string to_valid_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            bytes.remove_prefix(1);
        } else {
            out += bytes.substr(0, length);
            bytes.remove_prefix(length);
        }
    }
    return out;
}

std::string in_quotes(std::string_view bytes) {
    constexpr std::string_view kEscaped = "\n\t\r\"\\", kNames = "ntr\"\\";
    constexpr char kDelete = 0x7F;
    std::string out = "\"";
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes);
        const char first = bytes.front();
        const bool is_control = static_cast<unsigned char>(first) < 0x20 || first == kDelete;
        if (const std::size_t at = kEscaped.find(first); at != std::string_view::npos) {
            out += {'\\', kNames[at]};
        } else if (length == 0 || is_control) {
            out += fmt::format("\\x{:02X}", static_cast<unsigned char>(first));
        } else {
            out += bytes.substr(0, length);
        }
        bytes.remove_prefix(std::max<std::size_t>(1, length));
    }
    return out + "\"";
}

std::int64_t n_characters(std::string_view bytes) {
    const std::string text = to_valid_utf8(bytes);
    return std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
}

std::string shorten(std::string_view text, std::size_t max_chars) {
    const std::string valid = to_valid_utf8(text);
    std::string out;
    std::string_view rest = valid;
    bool space = false;
    std::size_t n = 0;
    while (!rest.empty()) {
        const std::size_t length = sequence_length(rest);
        const std::string_view piece = rest.substr(0, length);
        rest.remove_prefix(length);
        if (kSpace.find(piece.front()) != std::string_view::npos) {
            space = !out.empty();
            continue;
        }
        const std::size_t needed = space ? 2 : 1;
        if (n + needed > max_chars) {
            return out + "…";
        }
        if (space) {
            out += ' ';
        }
        space = false;
        out += piece;
        n += needed;
    }
    return out;
}

std::string slug(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (keep) {
            out += c;
        } else if (!out.empty() && out.back() != '-') {
            out += '-';
        }
    }
    while (!out.empty() && (out.back() == '-' || out.back() == '.')) {
        out.pop_back();
    }
    out.erase(0, std::min(out.find_first_not_of(".-"), out.size()));
    if (out.size() > 120) {
        out.resize(120);
    }
    return out.empty() ? "unnamed" : out;
}

std::string format_bytes(std::uint64_t bytes) {
    static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(bytes);
    int unit = 0;
    while (value >= 1000 && unit < 4) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_duration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) {
        return "?";
    }
    const auto total = static_cast<long long>(std::llround(std::min(seconds, 9e15)));
    if (seconds < 10 && total != std::floor(seconds)) {
        return fmt::format("{:.1f} s", seconds);
    }
    if (total < 60) {
        return fmt::format("{} s", total);
    }
    if (total < 3600) {
        return fmt::format("{} min {:02} s", total / 60, total % 60);
    }
    return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
    std::string best;
    std::size_t best_distance = std::min<std::size_t>(3, word.size() / 2) + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(to_lower_ascii(word), to_lower_ascii(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

Result<std::string> read_file(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return fail("is a folder, not a file", path.string());
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) {
        return fail(errno == ENOENT ? "no such file"
                                    : std::string("cannot be read: ") + std::strerror(errno),
                    path.string());
    }
    std::string out;
    // A regular file's size saves growing; pipes and /proc have none.
    if (const auto size = std::filesystem::file_size(path, error); !error) {
        out.reserve(size);
    }
    std::vector<char> buffer(1 << 16);
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        out.append(buffer.data(), got);
    }
    if (std::ferror(file.get())) {
        return fail(std::string("reading failed: ") + std::strerror(errno), path.string());
    }
    return out;
}

Result<bool> write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
    const std::string temporary = path.string() + ".part";
    const auto failed = [&](int error) {
        ::unlink(temporary.c_str());
        return fail(std::string("cannot be written: ") + std::strerror(error),
                    path.string(),
                    error == ENOSPC
                        ? "Free some disk space and run again; nothing that is stored is lost."
                        : "");
    };
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return failed(errno);
    }
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            const int error = errno;
            ::close(fd);
            return failed(error);
        }
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(fd) != 0 && errno != EINVAL) {
        const int error = errno;
        ::close(fd);
        return failed(error);
    }
    if (::close(fd) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0) {
        return failed(errno);
    }
    return true;
}

}  // namespace assay
