#include "assay/retrieval/pdf.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "assay/base/child_program.hpp"
#include "assay/base/text.hpp"

namespace assay::retrieval {
namespace {

constexpr std::size_t kMostText = 64'000'000;

tl::unexpected<Failure> not_started(int error) {
    if (error == ENOENT) {
        return fail("PDF is read by the program pdftotext, which is not there",
                    "",
                    "Install it (Debian: apt-get install poppler-utils), or convert the file to "
                    "text.");
    }
    return fail(fmt::format("the program pdftotext, which reads PDF, cannot be started: {}",
                            std::strerror(error)),
                "",
                "Look at the pdftotext in PATH, or convert the file to text.");
}

/// "Is it a whole PDF?" with the last line that pdftotext complained, where there is one.
tl::unexpected<Failure> not_read(const std::string& last_lines) {
    const std::string_view last = std::string_view(last_lines).substr(last_lines.rfind('\n') + 1);
    return fail(fmt::format("pdftotext cannot read it{}",
                            last.empty() ? "" : fmt::format(": \"{}\"", shorten(last, 200))),
                "",
                "Is it a whole PDF without a password? Mend it, or move it out of the folder.");
}

Result<std::string> run_pdftotext(const std::filesystem::path& file,
                                  const std::atomic<bool>* cancel,
                                  std::chrono::milliseconds most_time) {
    ChildProgram program;
    program.words = {"pdftotext", "-enc", "UTF-8", std::filesystem::absolute(file).string(), "-"};
    program.most_time = most_time;
    program.cancel = cancel;
    program.most_output = kMostText;
    ChildEnded ended = run_child(program);
    switch (ended.how) {
        case ChildEnded::How::kNotStarted: return not_started(ended.code);
        case ChildEnded::How::kCancelled: throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        case ChildEnded::How::kTooLong:
            return fail(fmt::format("pdftotext has not read it within {}",
                                    std::chrono::duration_cast<std::chrono::seconds>(most_time)),
                        "",
                        "Convert it to text.");
        case ChildEnded::How::kTooMuch:
            return fail(fmt::format("holds more than {} of text", format_bytes(kMostText)),
                        "",
                        "Split it.");
        case ChildEnded::How::kExited:
        case ChildEnded::How::kSignalled: break;
    }
    if (!ended.succeeded()) {
        return not_read(ended.last_lines);
    }
    return std::move(ended.output);
}

}  // namespace

Result<std::string> text_of_pdf(const std::filesystem::path& file,
                                const std::atomic<bool>* cancel,
                                std::chrono::milliseconds most_time) {
    auto text = run_pdftotext(file, cancel, most_time);
    if (!text) {
        return text;
    }
    std::string out = to_valid_utf8(*text);
    // A sentence may run on over the end of a page.
    std::replace(out.begin(), out.end(), '\f', '\n');
    if (trim(out).empty()) {
        return fail("is a PDF without text, perhaps of scanned pages",
                    "",
                    "Recognize its text first (for example with ocrmypdf).");
    }
    return out;
}

}  // namespace assay::retrieval
