// From a checkpoint folder to a GGUF file.
//
// Problem: only llama.cpp's own Python script knows how to read the models of every architecture,
// and it needs libraries of gigabytes. They are the user's: assay installs nothing. The script is
// foreign code in a foreign Python, which may be missing, fail, hang, or write something wrong.
//
// Model: the folder is looked at (checkpoint_folder.hpp), then one Python process converts it and
// says what the folder's own tokenizer makes of some texts (convert_script.hpp), then the engine
// reads the file and must say the same (tokenizer_check.hpp). Names of the user's reach Python as
// arguments, without a shell. The variables that keep its libraries offline are set.
//
// Invariant: the file has its name in the cache only when all checks were passed; the name is made
// of the folder's bytes, the scripts' and this program's. It ends because the process has a time
// limit.

#include "assay/variants/convert_checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "assay/base/child_program.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/variants/checkpoint_folder.hpp"
#include "assay/variants/convert_script.hpp"
#include "assay/variants/tokenizer_check.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kScriptName = "convert_hf_to_gguf.py";
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

/// Of all that the conversion is made with.
std::string sha256_of_scripts(const fs::path& scripts) {
    std::vector<fs::path> files{scripts / kScriptName};
    for (const char* place : {"conversion", "gguf-py/gguf"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(scripts / place, error)) {
            if (entry.path().extension() == ".py") {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin() + 1, files.end());
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
        case ChildEnded::How::kCancelled: break;
    }
    return fail(
        fmt::format("it cannot be converted: Python ended with exit code {}{}", ended.code, said),
        folder,
        fmt::format("ASSAY_PYTHON is {}.", to_valid_utf8(python())));
}

/// What the script itself says went wrong.
tl::unexpected<Failure> failed_as_told(const json& reply,
                                       const ChildEnded& ended,
                                       const std::string& folder,
                                       const std::string& command) {
    const std::string kind = reply.value("failure", "");
    const std::string what = shorten(reply.value("what", ""), 300);
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

Result<TokenizerSays> says_of(const json& reply) {
    TokenizerSays out;
    try {
        out.n_vocab = reply.at("n_vocab").get<std::int64_t>();
        out.n_tokens = reply.at("n_tokens").get<std::int64_t>();
        for (const json& text : reply.at("texts")) {
            out.texts.push_back({text.at("text").get<std::string>(),
                                 text.at("special").get<bool>(),
                                 text.at("ids").get<std::vector<std::int32_t>>()});
        }
        if (const json& end = reply.at("end"); !end.is_null()) {
            out.end = TokenizerSays::End{end.at("id").get<std::int32_t>(),
                                         end.at("text").get<std::string>()};
        }
    } catch (const json::exception&) {
        return fail("what Python says of its tokenizer cannot be read");
    }
    if (out.texts.size() < tokenizer_texts().size()) {
        return fail("Python has not tokenized all texts that it was asked for");
    }
    return out;
}

/// The process and its reply, which lies beside the file while it is made.
class Conversion {
 public:
    Conversion(const CheckpointFolder& checkpoint, const fs::path& scripts, const std::string& out)
        : checkpoint_(checkpoint), scripts_(scripts), out_(out), reply_(out + ".json") {}
    ~Conversion() {
        std::error_code ignored;
        fs::remove(reply_, ignored);
    }
    Conversion(const Conversion&) = delete;
    Conversion& operator=(const Conversion&) = delete;

    /// Writes the file; what the folder's tokenizer says. Throws Error kInterrupted.
    Result<TokenizerSays> run(const std::atomic<bool>& cancel) const {
        const std::string folder = checkpoint_.path.string();
        ChildProgram program;
        program.words = {python(),
                         "-c",
                         std::string(convert_script()),
                         scripts_.string(),
                         folder,
                         out_,
                         reply_.string(),
                         json(tokenizer_texts()).dump(-1, ' ', true)};
        program.environment = {"HF_HUB_OFFLINE=1",
                               "TRANSFORMERS_OFFLINE=1",
                               "TOKENIZERS_PARALLELISM=false",
                               "PYTHONDONTWRITEBYTECODE=1",
                               "PYTHONUNBUFFERED=1"};
        program.most_time = most_time(checkpoint_.weight_bytes);
        program.cancel = &cancel;
        const ChildEnded ended = run_child(program);
        if (ended.how == ChildEnded::How::kCancelled) {
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        const json reply = read_reply();
        if (reply.contains("failure")) {
            return failed_as_told(reply, ended, folder, command());
        }
        if (!ended.succeeded()) {
            return failed_to_end(ended, folder, program.most_time);
        }
        std::error_code error;
        if (reply.empty() || !fs::is_regular_file(out_, error)) {
            return fail(fmt::format("\"{}\" ended without converting it or saying why: it is no "
                                    "Python, or its reply cannot be read",
                                    to_valid_utf8(python())),
                        folder,
                        "Set ASSAY_PYTHON to a Python with torch and transformers.");
        }
        return says_of(reply);
    }

 private:
    /// An empty object if there is none.
    [[nodiscard]] json read_reply() const {
        std::error_code error;
        const std::uintmax_t size = fs::file_size(reply_, error);
        const auto text = error || size > kMostReply ? fail("") : read_file(reply_);
        json reply = text ? json::parse(*text, nullptr, false) : json::object();
        return reply.is_object() ? reply : json::object();
    }

    /// The conversion alone, as it would be typed.
    [[nodiscard]] std::string command() const {
        return fmt::format("V/bin/python {} {} --outtype f16 --outfile model-F16.gguf",
                           (scripts_ / kScriptName).string(),
                           checkpoint_.path.string());
    }

    const CheckpointFolder& checkpoint_;
    const fs::path& scripts_;
    const std::string out_;
    const fs::path reply_;
};

std::string hash_shown(const CheckpointFolder& checkpoint,
                       const std::atomic<bool>& cancel,
                       Progress& progress) {
    constexpr std::uint64_t kWorthShowing = 1'000'000'000;
    const bool show = checkpoint.weight_bytes > kWorthShowing;
    const std::string name = checkpoint.path.filename().string();
    if (show) {
        progress.begin("hashing " + name, checkpoint.weight_bytes >> 20, "MiB");
    }
    std::uint64_t read = 0;
    auto hash = sha256_of_checkpoint(checkpoint, [&](std::uint64_t n) {
        if (cancel) {
            throw Error(ErrorKind::kInterrupted, {"stopped", {}, {}});
        }
        const std::uint64_t before = read >> 20;
        read += n;
        if (show && (read >> 20) > before) {
            progress.advance((read >> 20) - before);
        }
    });
    if (!hash) {
        throw Error(ErrorKind::kUsage, hash.error());
    }
    if (show) {
        progress.finish("");
    }
    return *hash;
}

}  // namespace

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
        if (!place.empty() && fs::is_regular_file(place / kScriptName, error)) {
            return fs::absolute(place);
        }
    }
    throw_operational(
        fmt::format("{}, which converts checkpoint folders, is not there", kScriptName),
        places.front().string(),
        "Set ASSAY_LLAMA_SOURCE to the folder with the source of llama.cpp v0.5.0, "
        "or convert the checkpoint by hand and name the GGUF file.");
}

Converted convert_checkpoint(llm::Engine& engine,
                             const ConvertRequest& request,
                             const std::atomic<bool>& cancel,
                             Progress& progress) {
    const auto checkpoint = look_at_checkpoint(request.folder);
    if (!checkpoint) {
        throw Error(ErrorKind::kUsage, checkpoint.error());
    }
    const fs::path scripts = find_conversion_scripts();
    const std::string sha256 = hash_shown(*checkpoint, cancel, progress);
    const std::string recipe = sha256_of_fields(
        std::array{sha256, sha256_of_scripts(scripts), std::string("f16")});
    const fs::path target = request.cache / fmt::format("{}-F16-{}.gguf",
                                                        slug(request.folder.filename().string()),
                                                        recipe.substr(0, 12));
    // The store that remembers hashes is not open yet, and nobody asks for this one.
    const HashFile no_hash = [](const std::string&) { return std::string(); };
    const Workshop workshop{engine, no_hash, progress};
    if (find_made(workshop, target)) {
        return {target, sha256};
    }
    MadeFile made;
    made.target = target;
    made.most_bytes = checkpoint->weight_bytes;
    made.title = "converting " + request.folder.filename().string();
    const auto make = [&](const std::string& path, const auto&) -> Result<bool> {
        const auto says = Conversion(*checkpoint, scripts, path).run(cancel);
        if (!says) {
            return tl::unexpected(says.error());
        }
        auto checked = check_tokenizer(engine, path, *says);
        if (!checked) {
            checked.error().place = request.folder.string();  // the file is gone when this is read
        }
        return checked;
    };
    static_cast<void>(make_file(workshop, made, make));
    return {target, sha256};
}

}  // namespace assay::variants
