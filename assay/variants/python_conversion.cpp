// Runs llama.cpp's conversion script.
//
// Problem: only that script knows how to read the models of every architecture, and it needs
// libraries of gigabytes. They are the user's: assay installs nothing. The script is foreign code
// in a foreign Python, which may be missing, fail, hang, or write something wrong.
//
// Model: one process (base/child_program.hpp) with the program of convert_script.hpp. Names of the
// user's reach it as arguments, without a shell. The variables that keep its libraries offline are
// set. What it says lies in a file of its own, as the script prints what it likes.
//
// It ends because the process has a time limit.

#include "assay/variants/python_conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/base/child_program.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/variants/convert_script.hpp"
#include "assay/variants/tokenizer_check.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kModelScript = "convert_hf_to_gguf.py";
constexpr const char* kAdapterScript = "convert_lora_to_gguf.py";
constexpr std::chrono::seconds kLeastTime{600};
constexpr std::uint64_t kBytesPerSecond = 20'000'000;  ///< slower than any disk that is meant
constexpr std::uintmax_t kMostReply = 64'000'000;

std::string variable(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string python() {
    return variable("ASSAY_PYTHON", "python3");
}

std::string how_to_install() {
    return "assay installs nothing. Make a Python of your own that can convert, in one of two "
           "ways:\n"
           "  Debian or Ubuntu, 0.8 GB: apt-get install --no-install-recommends python3-torch "
           "python3-venv && /usr/bin/python3 -m venv --system-site-packages V && V/bin/pip install "
           "transformers==4.57.6 gguf sentencepiece protobuf jinja2\n"
           "  PyPI, 4.9 GB: python3 -m venv V && V/bin/pip install torch==2.11.0 "
           "transformers==4.57.6 'numpy~=2.2.6' 'sentencepiece<0.3' 'protobuf<5' gguf jinja2\n"
           "Then put ASSAY_PYTHON=V/bin/python before the same command";
}

std::chrono::milliseconds most_time(std::uint64_t weight_bytes) {
    const std::string set = variable("ASSAY_PYTHON_TIMEOUT", "");
    if (set.empty()) {
        return kLeastTime + std::chrono::seconds(weight_bytes / kBytesPerSecond);
    }
    int seconds = 0;
    const auto read = std::from_chars(set.data(), set.data() + set.size(), seconds);
    if (read.ec != std::errc() || read.ptr != set.data() + set.size() || seconds < 1) {
        throw_usage(fmt::format("ASSAY_PYTHON_TIMEOUT is \"{}\"", shorten(to_valid_utf8(set), 40)),
                    "",
                    "Give the whole seconds that a conversion may take.");
    }
    return std::chrono::seconds(seconds);
}

tl::unexpected<Failure> failed_to_end(const ChildEnded& ended,
                                      const std::string& folder,
                                      std::chrono::milliseconds time) {
    const std::string said = ended.last_lines.empty()
                                 ? ""
                                 : fmt::format("; it last said: {}", ended.last_lines);
    switch (ended.how) {
        case ChildEnded::How::kNotStarted:
            return fail(fmt::format("the Python that is to convert it, \"{}\", cannot be started: "
                                    "{}",
                                    to_valid_utf8(python()),
                                    std::strerror(ended.code)),
                        folder,
                        how_to_install());
        case ChildEnded::How::kTooLong:
            return fail(
                fmt::format("Python has not converted it within {} s, and was ended{}",
                            std::chrono::duration_cast<std::chrono::seconds>(time).count(),
                            said),
                folder,
                "If it only needs longer, set ASSAY_PYTHON_TIMEOUT to a number of seconds.");
        case ChildEnded::How::kSignalled:
            return fail(fmt::format("the Python that converted it was killed by signal {} ({}){}",
                                    ended.code,
                                    ::strsignal(ended.code),
                                    said),
                        folder,
                        "Is there enough memory? The script needs about 1 GB beside the largest "
                        "tensor.");
        case ChildEnded::How::kExited:
        case ChildEnded::How::kTooMuch:  // its output is not asked for
        case ChildEnded::How::kCancelled: break;
    }
    return fail(
        fmt::format("it cannot be converted: Python ended with exit code {}{}", ended.code, said),
        folder,
        fmt::format("ASSAY_PYTHON is {}.", to_valid_utf8(python())));
}

std::string word_of(const json& reply, const char* key) {
    const auto found = reply.find(key);
    return found != reply.end() && found->is_string() ? found->get<std::string>() : "";
}

/// What the script itself says went wrong.
tl::unexpected<Failure> failed_as_told(const json& reply,
                                       const ChildEnded& ended,
                                       const std::string& folder,
                                       const std::string& command) {
    const std::string kind = word_of(reply, "failure");
    const std::string what = shorten(word_of(reply, "what"), 300);
    if (kind == "python") {
        return fail(
            fmt::format("{} is {}, and 3.9 or later is needed", to_valid_utf8(python()), what),
            folder,
            how_to_install());
    }
    if (kind == "imports") {
        return fail(fmt::format("it is converted by llama.cpp's script, and {} lacks what that "
                                "needs ({})",
                                to_valid_utf8(python()),
                                what),
                    folder,
                    fmt::format("{}. By hand it is: {}", how_to_install(), command));
    }
    if (kind == "values") {
        return fail(fmt::format("the tensor {} holds a value that is no number in F16: it is none "
                                "in the checkpoint, or too large",
                                what),
                    folder,
                    "Convert it by hand (--outtype bf16 or f32), and name the GGUF file.");
    }
    if (kind == "tokenizer") {
        return fail(fmt::format("its own tokenizer cannot be asked, so nothing says whether the "
                                "converted one is right: {}",
                                what),
                    folder,
                    "Mend the folder's tokenizer, or convert it by hand, check it, and name the "
                    "GGUF file.");
    }
    return fail(fmt::format("llama.cpp's script cannot convert it: {}", ended.last_lines), folder);
}

/// What Python says, and beside what it wrote it.
class ReplyFile {
 public:
    explicit ReplyFile(const std::string& target) : path_(target + ".json") {}
    ~ReplyFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    ReplyFile(const ReplyFile&) = delete;
    ReplyFile& operator=(const ReplyFile&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

    /// An empty object if there is none.
    [[nodiscard]] json read() const {
        std::error_code error;
        const std::uintmax_t size = fs::file_size(path_, error);
        if (error || size > kMostReply) {
            return json::object();
        }
        const auto text = read_file(path_);
        json reply = text ? json::parse(*text, nullptr, false) : json::object();
        return reply.is_object() ? reply : json::object();
    }

 private:
    fs::path path_;
};

const char* script_of(const PythonConversion& conversion) {
    return conversion.base.empty() ? kModelScript : kAdapterScript;
}

ChildProgram program_of(const PythonConversion& conversion,
                        const std::string& target,
                        const fs::path& reply) {
    ChildProgram program;
    program.words = {python(),
                     "-c",
                     std::string(convert_script()),
                     (conversion.scripts / script_of(conversion)).string(),
                     conversion.folder.string(),
                     conversion.base.string(),
                     target,
                     reply.string(),
                     json(tokenizer_texts()).dump(-1, ' ', true)};
    program.environment = {"HF_HUB_OFFLINE=1",
                           "TRANSFORMERS_OFFLINE=1",
                           "TOKENIZERS_PARALLELISM=false",
                           "PYTHONDONTWRITEBYTECODE=1",
                           "PYTHONUNBUFFERED=1"};
    program.most_time = most_time(conversion.weight_bytes);
    return program;
}

/// The conversion alone, as it would be typed.
std::string command_of(const PythonConversion& conversion) {
    const bool is_model = conversion.base.empty();
    return fmt::format("V/bin/python {} {} {}",
                       (conversion.scripts / script_of(conversion)).string(),
                       conversion.folder.string(),
                       is_model ? "--outtype f16 --outfile model-F16.gguf"
                                : fmt::format("--base {} --outtype f32 --outfile adapter.gguf",
                                              conversion.base.string()));
}

}  // namespace

Result<std::string> convert_in_python(const PythonConversion& conversion,
                                      const std::string& target,
                                      const std::atomic<bool>& cancel) {
    const std::string folder = conversion.folder.string();
    const ReplyFile reply_file(target);
    ChildProgram program = program_of(conversion, target, reply_file.path());
    program.cancel = &cancel;
    const ChildEnded ended = run_child(program);
    if (ended.how == ChildEnded::How::kCancelled) {
        throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
    }
    const json reply = reply_file.read();
    if (reply.contains("failure")) {
        return failed_as_told(reply, ended, folder, command_of(conversion));
    }
    if (!ended.succeeded()) {
        return failed_to_end(ended, folder, program.most_time);
    }
    std::error_code error;
    if (reply.empty() || !fs::is_regular_file(target, error)) {
        return fail(
            fmt::format("\"{}\" ended without converting it or saying why: it is no Python, "
                        "or its reply cannot be read",
                        to_valid_utf8(python())),
            folder,
            "Set ASSAY_PYTHON to a Python with torch and transformers.");
    }
    return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

fs::path find_conversion_scripts() {
    std::error_code error;
    const std::string own = variable("ASSAY_LLAMA_SOURCE", "");
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    std::vector<fs::path> places{own};
    if (own.empty()) {
        places = {program.parent_path().parent_path() / "share" / "assay" / "llama.cpp",
                  ASSAY_LLAMA_SCRIPTS};
    }
    for (const fs::path& place : places) {
        if (!place.empty() && fs::is_regular_file(place / kModelScript, error)) {
            return fs::absolute(place);
        }
    }
    throw_operational(
        fmt::format("{}, which converts checkpoint folders, is not there", kModelScript),
        places.front().string(),
        "Set ASSAY_LLAMA_SOURCE to the folder with the source of llama.cpp v0.5.0, "
        "or convert the checkpoint by hand and name the GGUF file.");
}

std::string sha256_of_scripts(const fs::path& scripts) {
    std::vector<fs::path> files{scripts / kModelScript, scripts / kAdapterScript};
    for (const char* place : {"conversion", "gguf-py/gguf"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(scripts / place, error)) {
            if (entry.path().extension() == ".py") {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin() + 2, files.end());
    std::vector<std::string> fields{std::string(convert_script())};
    for (const fs::path& file : files) {
        const auto hash = sha256_of_file(file);
        if (!hash) {
            throw Error(ErrorKind::kOperational, hash.error());
        }
        fields.push_back(*hash);
    }
    return sha256_of_fields(fields);
}

}  // namespace assay::variants
