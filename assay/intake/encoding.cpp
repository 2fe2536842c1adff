#include "assay/intake/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assay/base/text.hpp"

namespace assay::intake {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLookedAt = 4096;  ///< bytes of the beginning that show a format

/// A format that is known by the bytes that it begins with.
struct Magic {
    std::string_view begins;
    std::string_view what;
    std::string_view remedy;
};

constexpr std::string_view kUnpack = "Unpack it first.";
constexpr std::string_view
    kWriteAsJsonl = "Write it as JSONL (pandas: df.to_json(FILE, orient=\"records\", lines=True)).";

constexpr std::array<Magic, 16> kMagics{
    {{"PAR1", "is Parquet", kWriteAsJsonl},
     {"ARROW1", "is an Arrow file", kWriteAsJsonl},
     {"\x1F\x8B", "is compressed with gzip", kUnpack},
     {"\x28\xB5\x2F\xFD", "is compressed with zstd", kUnpack},
     {"BZh", "is compressed with bzip2", kUnpack},
     {"\xFD"
      "7zXZ",
      "is compressed with xz",
      kUnpack},
     {"7z\xBC\xAF", "is a 7z archive", kUnpack},
     {"SQLite format 3\0"sv, "is an SQLite file", "Write its rows as JSONL or CSV."},
     {"\xD0\xCF\x11\xE0", "is an old Excel workbook (.xls)", "Save the sheet as CSV (UTF-8)."},
     {"%PDF-", "is a PDF", "Give JSONL, JSON or CSV."},
     {"GGUF", "is a GGUF model", "Name a model with -m or --variants, and here a text file."},
     {"\x89PNG", "is a picture", "Give JSONL, JSON or CSV."},
     {"\x93NUMPY", "is a NumPy array", kWriteAsJsonl},
     {"\x80\x04\x95", "is a Python pickle", kWriteAsJsonl},
     {"\x80\x05\x95", "is a Python pickle", kWriteAsJsonl},
     {"version https://git-lfs.github.com",
      "is a pointer of Git LFS, not the file itself",
      "Get the file with `git lfs pull`."}}};

NotText what_zip(std::string_view bytes) {
    // The names of a zip's files stand in it as they are.
    if (bytes.find("xl/") != std::string_view::npos &&
        bytes.find("[Content_Types].xml") != std::string_view::npos) {
        return {0, "is an Excel workbook (.xlsx)", "Save the sheet as CSV (UTF-8)."};
    }
    if (bytes.find("_journal/") != std::string_view::npos ||
        bytes.find("header.json") != std::string_view::npos) {
        return {0,
                "is an Inspect log in the binary form (.eval)",
                "Write it as JSON: inspect log convert FILE --to json --output-dir FOLDER."};
    }
    if (bytes.find("word/") != std::string_view::npos) {
        return {0, "is a Word document (.docx)", "Give JSONL, JSON or CSV."};
    }
    return {0, "is a zip archive", std::string(kUnpack)};
}

std::optional<NotText> wide_text(std::string_view bytes) {
    const auto wide = [](std::string_view what) {
        return NotText{0, fmt::format("is {}", what), "Save the file as UTF-8."};
    };
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv)) {
        return wide("UTF-32");
    }
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return wide("UTF-16");
    }
    // Without a mark: ASCII in UTF-16 is zero in every second byte.
    const std::string_view start = bytes.substr(0, kLookedAt);
    std::array<std::size_t, 2> n_zero{};
    for (std::size_t i = 0; i < start.size(); ++i) {
        n_zero[i % 2] += start[i] == '\0';
    }
    const std::size_t half = start.size() / 2;
    if (half >= 2 && std::max(n_zero[0], n_zero[1]) * 10 >= half * 6 &&
        std::min(n_zero[0], n_zero[1]) * 10 <= half) {
        return wide("UTF-16 (without a byte order mark)");
    }
    return std::nullopt;
}

std::optional<NotText> marked_up(std::string_view bytes) {
    const std::string start = to_lower_ascii(trim(without_mark(bytes)).substr(0, 64));
    if (start.starts_with("<!doctype html") || start.starts_with("<html")) {
        return NotText{0,
                       "is an HTML page",
                       "Was it downloaded by an address that shows the file instead of giving it?"};
    }
    if (start.starts_with("<?xml")) {
        return NotText{0, "is XML", "Give JSONL, JSON or CSV."};
    }
    return std::nullopt;
}

bool is_high(char c) {
    return static_cast<unsigned char>(c) >= 0x80;
}

/// Whether what is no UTF-8 can be Windows-1252: single letters between ASCII, and none of the five
/// bytes that it leaves out nor of the signs that nobody writes. Longer runs are another encoding,
/// about which nothing is guessed.
bool looks_like_windows_1252(std::string_view bytes) {
    std::size_t run = 0;
    for (const char c : bytes) {
        run = is_high(c) ? run + 1 : 0;
        if (run > 3 || "\x81\x83\x87\x88\x8D\x8F\x90\x98\x9D"sv.find(c) != std::string_view::npos) {
            return false;
        }
    }
    return true;
}

std::optional<NotText> broken_utf8(std::string_view bytes) {
    if (is_valid_utf8(bytes)) {
        return std::nullopt;
    }
    std::int64_t line = 1;
    std::string_view rest = bytes;
    while (true) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (!is_valid_utf8(rest.substr(0, end))) {
            break;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++line;
    }
    if (looks_like_windows_1252(bytes)) {
        return NotText{line,
                       "is not UTF-8, it looks like Windows-1252",
                       "Save the file as UTF-8 (iconv -f WINDOWS-1252 -t UTF-8)."};
    }
    return NotText{line, "is not valid UTF-8", "Save the file as UTF-8."};
}

}  // namespace

std::optional<NotText> why_not_text(std::string_view bytes) {
    if (bytes.starts_with("PK\x03\x04")) {
        return what_zip(bytes);
    }
    for (const Magic& magic : kMagics) {
        if (bytes.starts_with(magic.begins)) {
            return NotText{0, std::string(magic.what), std::string(magic.remedy)};
        }
    }
    if (auto wide = wide_text(bytes)) {
        return wide;
    }
    if (auto markup = marked_up(bytes)) {
        return markup;
    }
    return broken_utf8(bytes);
}

std::string_view without_mark(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    return text;
}

Result<std::string_view> text_of_file(std::string_view bytes, const std::string& name) {
    if (auto problem = why_not_text(bytes)) {
        return fail(std::move(problem->message),
                    problem->line > 0 ? fmt::format("{}:{}", name, problem->line) : name,
                    std::move(problem->remedy));
    }
    return without_mark(bytes);
}

Result<std::string> read_text_file(const std::filesystem::path& path) {
    auto bytes = read_file(path);
    if (!bytes) {
        return bytes;
    }
    const auto text = text_of_file(*bytes, to_valid_utf8(path.native()));
    if (!text) {
        return tl::unexpected(text.error());
    }
    return std::string(*text);
}

}  // namespace assay::intake
