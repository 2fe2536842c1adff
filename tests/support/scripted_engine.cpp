// assay-engine's protocol without a model: every reply is a function of the request and the "model"
// file's text.
//
// A model is a text file of lines "name value":
//   type T    what it is quantized to (F16)
//   skill N   percent of the facts that it knows (100)
//   salt S    another salt knows other facts (empty)
//   style S   loud: a third of its answers are written in capitals, which no token F1 sees
//   twin yes  its tokenizer is another one
//   parts N   it says that it is in N files (1)
//   head N    values of one head in the KV cache (64)
//   rows yes  it keeps rows and reads drafts; a row is its token as a number. Where its answer goes
//             another way than the draft, the divergence is 1; elsewhere it is 0.01, and 0 of an
//             F16
//   memory N  bytes that its weights take (1000)
//   cold N    bytes that each load of it fetches from the disk (0)
//   noisy yes the divergence of an F16 from itself is 0.001: reading is not writing
// Where its last line has no end, it was cut off.
// An adapter is such a file with the line "lora yes": merged or applied, its skill and salt take
// the place of the model's; at scale 0 nothing does. "arch NAME": it is for another architecture.
// An importance matrix is such a file with the lines "imatrix HASH" and "chunks N"; a file that was
// quantized with one has its hash. Its making takes a text's bytes for tokens.
// An embedder is such a file with the line "embeds N": a text's words, each at a place of its own
// among N values (those that fall on one place are taken for each other).
// An answer is the text between "Fact: " and the next line's end of the prompt, or "I cannot say.";
// its tokens are its bytes. As a judge it prefers the answer that begins with what the question's
// expected answer is about: by the probabilities of A, B and C, or, under a grammar, in JSON.
//
// Faults, by environment variables. A TYPE/TEXT fits a model of that type (empty: any) and a prompt
// that holds the text:
//   - SCRIPT_JOURNAL=path: every request appends its verb. Tests count them, and it is the memory
//     of the counters below over processes.
//   - SCRIPT_KILL_PARENT_AT=n: at the n-th request of the journal assay is killed by SIGKILL.
//   - SCRIPT_DIE_AT=n: it aborts at the n-th answer request of the journal.
//   - SCRIPT_DIE_ON=TYPE/TEXT: it aborts when it is to answer such a prompt.
//   - SCRIPT_FAIL_ON=TYPE/TEXT: it says that it failed.
//   - SCRIPT_DIE_VERB=verb: it aborts at every such request.
//   - SCRIPT_SLEEP_MS=n: it waits before each answer.
//   - SCRIPT_BUILD=word: it is another build, with another fingerprint.

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/wire/codec.hpp"
#include "assay/wire/embedding.hpp"
#include "assay/wire/imatrix.hpp"
#include "assay/wire/messages.hpp"
#include "assay/wire/speed.hpp"
#include "assay/wire/verb.hpp"
#include "fair.hpp"
#include "scripted_text.hpp"

namespace {

using namespace assay;

constexpr int kLayers = 4;
constexpr std::int32_t kEndToken = 3;  ///< as a text has it: ETX
constexpr std::uint64_t kWeights = 1'000'000;
constexpr double kTokenMs = 0.5;
constexpr std::uint64_t kPeakMemoryBytes = 123'456'789;
constexpr double kLoadMs = 250;
const std::map<std::string, std::string> kSkills{{"Q8_0", "100"}, {"Q4_K_M", "95"}, {"Q2_K", "30"}};
const std::map<std::string, double> kDamage{{"Q8_0", 0.01}, {"Q4_K_M", 0.1}, {"Q2_K", 0.5}};
const std::map<std::string, int> kBits{{"F16", 16}, {"Q8_0", 8}, {"Q4_K_M", 5}, {"Q2_K", 3}};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

int number(const char* name) {
    return std::atoi(variable(name).c_str());
}

std::string whole_file(const std::string& path) {
    return assay::read_file(path).value_or("");
}

struct Model {
    std::map<std::string, std::string> lines;
    [[nodiscard]] std::string get(const std::string& name, const std::string& otherwise) const {
        const auto found = lines.find(name);
        return found == lines.end() ? otherwise : found->second;
    }
    [[nodiscard]] std::string type() const { return get("type", "F16"); }
};

Result<Model> read_model(const std::string& path) {
    if (!std::filesystem::exists(path)) {
        return fail("no such file", path, "Check the path.");
    }
    if (path.find("corrupt") != std::string::npos) {
        return fail("is not a GGUF file that can be read", path, "Get it again.");
    }
    Model model;
    const std::string bytes = whole_file(path);
    if (!bytes.empty() && bytes.back() != '\n') {
        return fail("is cut off", path, "Get it again.");
    }
    std::istringstream text(bytes);
    for (std::string name, value; text >> name >> value;) {
        model.lines[name] = value;
    }
    return model;
}

/// Whether the whole file could be written.
bool write_model(const std::string& path, const Model& model) {
    std::ofstream file(path, std::ios::binary);
    for (const auto& [name, value] : model.lines) {
        file << name << ' ' << value << '\n';
    }
    file.close();
    return !file.fail();
}

Result<Model> read_adapter(const std::string& path) {
    auto adapter = read_model(path);
    if (adapter && !adapter->lines.contains("lora")) {
        return fail("is no LoRA adapter", path);
    }
    if (adapter && adapter->get("arch", "scripted") != "scripted") {
        return fail("is a LoRA adapter for another architecture", path);
    }
    return adapter;
}

/// The model as the adapter changes it.
void change(Model& model, const Model& adapter, double scale) {
    for (const auto& [name, value] : adapter.lines) {
        if (scale != 0 && (name == "skill" || name == "salt")) {
            model.lines[name] = value;
        }
    }
}

wire::Inspected inspected(const std::string& path, const Model& model) {
    const std::string type = model.type();
    const auto bits = kBits.find(type);
    wire::Inspected out;
    out.parts.assign(std::stoul(model.get("parts", "1")), path);
    out.file.path = path;
    out.file.n_weights = kWeights;
    out.file.tensor_bytes = kWeights *
                            static_cast<std::uint64_t>(bits == kBits.end() ? 16 : bits->second) / 8;
    out.file.size_bytes = out.file.tensor_bytes + 5000;
    out.file.tensor_types = {{"F32", 2}, {type, 7}};
    out.file.architecture = "scripted";
    out.file.file_type = type;
    out.file.context_length = 8192;
    out.file.n_layers = kLayers;
    out.file.has_chat_template = true;
    out.n_embd_head_k = out.n_embd_head_v = std::stol(model.get("head", "64"));
    return out;
}

/// As the real engine has it: one fingerprint for every recipe, and one of engine and recipe for
/// the answers' keys. Both are equal for the default recipe.
wire::Started started(const wire::Start& start) {
    const std::string engine = "scripted " + variable("SCRIPT_BUILD") + "; ubatch " +
                               std::to_string(start.n_ubatch);
    std::string recipe;
    if (!start.flash_attn) {
        recipe += "; flash attention off";
    }
    if (start.cache_type_k != "f16" || start.cache_type_v != "f16") {
        recipe += "; KV cache " + start.cache_type_k + "/" + start.cache_type_v;
    }
    if (start.rope != RopeScaling()) {
        recipe += "; " + describe_rope(start.rope);
    }
    if (!start.lora.empty()) {
        recipe += "; LoRA adapter " + start.lora_sha256 + " applied, scale " +
                  std::to_string(start.lora_scale);
    }
    return {sha256_hex(engine), engine + recipe, true, sha256_hex(engine + recipe)};
}

/// 100 bytes of KV cache a token, or 60 if a cache is quantized.
wire::PredictedMemory predicted(const wire::Start& start) {
    const bool is_quantized = start.cache_type_k.starts_with("q") ||
                              start.cache_type_v.starts_with("q");
    const std::uint64_t n_cells = static_cast<std::uint64_t>(start.n_slots) *
                                  static_cast<std::uint64_t>(start.stream_size);
    return {1000, n_cells * (is_quantized ? 60 : 100), 1000};
}

/// The variables that the template names, each as "name: value".
std::string rendered_template(const wire::RenderTemplate& request) {
    std::string out;
    const auto variables = nlohmann::ordered_json::parse(request.variables_json);
    for (const auto& [name, value] : variables.items()) {
        if (request.text.find(name) == std::string::npos || value.is_null()) {
            continue;
        }
        for (const auto& one : value.is_array() ? value : nlohmann::ordered_json::array({value})) {
            out += name + ": " + (one.is_string() ? one.get<std::string>() : one.dump()) + "\n";
        }
    }
    return out;
}

std::vector<std::int32_t> ids_of(const std::string& text, int shift) {
    std::vector<std::int32_t> out;
    for (const char c : text) {
        out.push_back(static_cast<unsigned char>(c) + shift);
    }
    return out;
}

/// 0 .. 99, as good as drawn.
int draw(const std::string& text) {
    return static_cast<int>(std::stoul(sha256_hex(text).substr(0, 8), nullptr, 16) % 100);
}

bool fits(const char* name, const Model& model, const std::string& prompt) {
    const std::string script = variable(name);
    const std::size_t slash = script.find('/');
    if (slash == std::string::npos) {
        return false;
    }
    return (slash == 0 || script.substr(0, slash) == model.type()) &&
           prompt.find(script.substr(slash + 1)) != std::string::npos;
}

/// What stands behind "name: " in a judge's prompt.
std::string field(const std::string& prompt, const std::string& name) {
    const std::string mark = name + ": ";
    const std::size_t at = prompt.find(mark);
    return at == std::string::npos
               ? ""
               : prompt.substr(at + mark.size(), prompt.find('\n', at) - at - mark.size());
}

/// A, B or C: which answer alone is right.
char better_answer(const std::string& prompt) {
    return test::better_of(
        field(prompt, "answer_a"), field(prompt, "answer_b"), field(prompt, "expected"));
}

/// Tokens of a prompt that are computed, as if all of its pieces had been kept.
std::int64_t n_computed(const auto& request) {
    const std::int64_t n_kept = request.prefix_ends.empty() ? 0 : request.prefix_ends.back();
    return static_cast<std::int64_t>(request.prompt.size()) - n_kept;
}

wire::LabelDone done_of(const Model& /*model*/,
                        const wire::LabelRequest& request,
                        const std::string& prompt) {
    wire::LabelDone done;
    for (const std::int32_t label : request.labels) {
        done.log_probs.push_back(std::log(label == better_answer(prompt) ? 0.8 : 0.05));
    }
    done.n_computed_tokens = n_computed(request);
    done.prefill_ms = kTokenMs * static_cast<double>(done.n_computed_tokens);
    done.peak_memory_bytes = kPeakMemoryBytes;
    return done;
}

std::string judgement_of(const std::string& prompt) {
    const char better = better_answer(prompt);
    return std::string(R"({"reasoning": "It knows it.", "verdict": ")") +
           (better == 'C' ? "TIE" : std::string(1, better)) + R"(", "confidence": "high"})";
}

wire::AnswerDone done_of(const Model& model,
                         const wire::AnswerRequest& request,
                         const std::string& prompt) {
    static const std::string kMark = "Fact: ";
    std::string fact;
    if (const std::size_t at = prompt.find(kMark); at != std::string::npos) {
        fact = prompt.substr(at + kMark.size(), prompt.find('\n', at) - at - kMark.size());
    }
    wire::AnswerDone done;
    done.text = !fact.empty() &&
                        draw(model.get("salt", "") + fact) < std::stoi(model.get("skill", "100"))
                    ? fact
                    : "I cannot say.";
    if (model.get("style", "") == "loud" && draw("style" + fact) < 33) {
        for (char& c : done.text) {
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
    }
    if (!request.grammar.empty()) {
        done.text = judgement_of(prompt);
    }
    if (request.sampling.temp > 0) {
        done.text += " Number " + std::to_string(request.sampling.seed % 1000) + ".";
    }
    done.stop_reason = "stop";
    for (const std::string& stop : request.stops) {
        done.text = done.text.substr(0, done.text.find(stop));
    }
    if (done.text.size() >= static_cast<std::size_t>(request.predict)) {
        done.text.resize(static_cast<std::size_t>(request.predict));
        done.stop_reason = "length";
    }
    done.tokens = ids_of(done.text, 0);
    done.trace_sha256 = sha256_hex(model.type() + done.text.substr(0, wire::kTraceTokens));
    done.n_computed_tokens = n_computed(request);
    done.prefill_ms = kTokenMs * static_cast<double>(done.n_computed_tokens);
    done.decode_ms = kTokenMs * static_cast<double>(done.tokens.size() + 1);
    done.peak_memory_bytes = kPeakMemoryBytes;
    return done;
}

std::string floats_of(const std::vector<std::int32_t>& tokens) {
    std::string out;
    for (const std::int32_t token : tokens) {
        const auto value = static_cast<float>(token);
        out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return out;
}

/// What the model thinks of a draft; `n_same`: its first tokens that are the model's own.
wire::Reading reading_of(const Model& model,
                         const std::vector<std::int32_t>& draft,
                         const std::vector<std::int32_t>& own,
                         std::size_t n_same) {
    const double of_itself = model.lines.contains("noisy") ? 0.001 : 0;
    const double elsewhere = model.type() == "F16" ? of_itself : 0.01;
    wire::Reading out;
    for (std::size_t i = 0; i < draft.size(); ++i) {
        const bool differs = i == n_same;
        out.kld.push_back(differs ? 1.0 : elsewhere);
        out.top_baseline.push_back(draft[i]);
        out.top_variant.push_back(differs ? own[i] : draft[i]);
        out.ranks.push_back(differs ? 2 : 1);
        out.log_prob_baseline.push_back(std::log(0.9));
        out.log_prob_variant.push_back(std::log(differs ? 0.3 : 0.9));
        out.entropy_baseline.push_back(0.5);
        out.entropy_variant.push_back(0.6);
    }
    return out;
}

/// Keeps rows, and reads the draft, where the model can.
void add_reading(wire::AnswerDone& done,
                 const Model& model,
                 const wire::Start& start,
                 const wire::AnswerRequest& request) {
    std::vector<std::int32_t> own = done.tokens;
    if (done.stop_reason == "stop") {
        own.push_back(kEndToken);
    }
    if (start.keep_rows) {
        done.written = {own, floats_of(own), floats_of(own)};
    }
    const std::vector<std::int32_t>& draft = request.draft.tokens;
    if (draft.empty()) {
        return;
    }
    const auto n_same = static_cast<std::size_t>(
        std::mismatch(draft.begin(), draft.end(), own.begin(), own.end()).first - draft.begin());
    done.n_verified = static_cast<int>(std::min(n_same, done.tokens.size()));
    done.read_ms = kTokenMs / 2 * static_cast<double>(draft.size());
    done.decode_ms = kTokenMs * static_cast<double>(own.size() - n_same);
    if (!start.head_model.empty() && !request.draft.rows.empty()) {
        done.reading = reading_of(model, draft, own, n_same);
    }
    if (n_same < draft.size()) {
        done.reading.diverges_at = static_cast<int>(n_same);
        done.reading.own_token = own[n_same];
        done.reading.own_text = std::string(1, static_cast<char>(own[n_same]));
        done.reading.draft_text = std::string(1, static_cast<char>(draft[n_same]));
        done.reading.own_log_prob_baseline = std::log(0.05);
        done.reading.own_log_prob_variant = std::log(0.6);
    }
    if (request.read_only) {
        done.stop_reason = "read";
    }
}

struct Pending {
    std::uint64_t id = 0;
    wire::TaskRequest task;
};

/// How many lines the journal has with this one, and how many of them are equal to it. Counted
/// under a lock, as several engines write.
struct JournalCount {
    int all = 0;
    int same = 0;
};

JournalCount note(const std::string& verb) {
    const std::string path = variable("SCRIPT_JOURNAL");
    if (path.empty()) {
        return {};
    }
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || ::flock(fd, LOCK_EX) != 0) {
        std::abort();
    }
    const std::string line = verb + "\n";
    if (::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        std::abort();
    }
    JournalCount count;
    std::istringstream lines(whole_file(path));
    for (std::string one; std::getline(lines, one); ++count.all) {
        count.same += one == verb;
    }
    ::close(fd);
    return count;
}

class Engine {
 public:
    Engine(int in, int out) : in_(in), out_(out), parent_(::getppid()) {}

    /// Takes all requests that are there, then answers the last one first: answers come in another
    /// order than they were asked for.
    int run() {
        while (true) {
            if (pending_.empty() || readable()) {
                auto frame = wire::read_frame(in_);
                if (!frame || !*frame) {
                    return 0;
                }
                auto request = wire::decode_message(std::move(**frame));
                if (!request) {
                    return 2;
                }
                handle(*request);
            } else {
                do_last_task();
            }
        }
    }

    void send(const wire::Frame& frame) const {
        if (!wire::write_frame(out_, frame)) {
            std::_Exit(0);
        }
    }

    // Handlers, a row each in the table.
    Result<wire::Hello> hello(const wire::SayHello& request);
    Result<wire::Inspected> inspect(const wire::Inspect& request);
    Result<wire::InspectedLora> inspect_lora(const wire::InspectLora& request);
    Result<wire::Loaded> load(const wire::Load& request);
    Result<wire::Rendered> render(const wire::Render& request);
    Result<wire::RenderedTemplate> render_template(const wire::RenderTemplate& request);
    Result<wire::Tokenized> tokenize(const wire::Tokenize& request);
    Result<wire::PredictedMemory> predict_memory(const wire::PredictMemory& request);
    Result<wire::Started> describe_start(const wire::DescribeStart& request);
    Result<wire::Started> start(const wire::Start& request);
    Result<wire::LoadedEmbedder> load_embedder(const wire::LoadEmbedder& request);
    Result<wire::Embedded> embed(const wire::Embed& request);
    Result<wire::PredictedMemory> predict_text_memory(const wire::PredictTextMemory& request);
    Result<wire::LoadedTextModels> load_text_models(const wire::LoadTextModels& request);
    void score_text(std::uint64_t id, wire::ScoreText request);
    void measure_speed(std::uint64_t id, wire::MeasureSpeed request);
    Result<wire::InspectedImatrix> inspect_imatrix(const wire::InspectImatrix& request);
    void make_imatrix(std::uint64_t id, wire::MakeImatrix request);
    void quantize(std::uint64_t id, wire::Quantize request);
    void merge_lora(std::uint64_t id, wire::MergeLora request);
    template <class Request>
    void submit(std::uint64_t id, Request request) {
        pending_.push_back({id, std::move(request)});
    }

 private:
    [[nodiscard]] bool readable() const {
        pollfd waiting{in_, POLLIN, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }

    void kill_parent() const {
        std::string name;
        std::getline(std::ifstream("/proc/" + std::to_string(parent_) + "/comm"), name);
        if (::getppid() == parent_ && name == "assay") {
            ::kill(parent_, SIGKILL);
        }
        std::_Exit(0);
    }

    void faults(const std::string& verb) const {
        const JournalCount count = note(verb);
        if (count.all > 0 && count.all == number("SCRIPT_KILL_PARENT_AT")) {
            kill_parent();
        }
        if (verb == "answer" && count.same > 0 && count.same == number("SCRIPT_DIE_AT")) {
            std::abort();
        }
        if (verb == variable("SCRIPT_DIE_VERB")) {
            std::abort();
        }
    }

    void handle(const wire::Message& request);
    void do_last_task();

    int in_;
    int out_;
    int parent_;
    Model model_;
    wire::Start start_;
    std::size_t n_dims_ = 0;      ///< of the embedder
    std::size_t most_words_ = 0;  ///< it sees the first so many
    std::vector<Pending> pending_;
    std::vector<test::ScriptedTextModel> text_models_;
    wire::LoadTextModels text_;
};

constexpr std::array kVerbs{
    wire::verb<&Engine::hello>(),
    wire::verb<&Engine::inspect>(),
    wire::verb<&Engine::inspect_lora>(),
    wire::verb<&Engine::load>(),
    wire::verb<&Engine::render>(),
    wire::verb<&Engine::render_template>(),
    wire::verb<&Engine::tokenize>(),
    wire::verb<&Engine::predict_memory>(),
    wire::verb<&Engine::describe_start>(),
    wire::verb<&Engine::start>(),
    wire::verb<&Engine::load_embedder>(),
    wire::verb<&Engine::embed>(),
    wire::verb<&Engine::predict_text_memory>(),
    wire::verb<&Engine::load_text_models>(),
    wire::verb<&Engine::score_text>(),
    wire::verb<&Engine::measure_speed>(),
    wire::verb<&Engine::inspect_imatrix>(),
    wire::verb<&Engine::make_imatrix>(),
    wire::verb<&Engine::quantize>(),
    wire::verb<&Engine::merge_lora>(),
    wire::verb<&Engine::submit<wire::AnswerRequest>>(),
    wire::verb<&Engine::submit<wire::LabelRequest>>(),
};

void Engine::handle(const wire::Message& request) {
    faults(request.name);
    for (const auto& verb : kVerbs) {
        if (verb.name == request.name) {
            return verb.serve(*this, request);
        }
    }
    send(wire::encode(request.id, wire::Failed{{"unknown verb", {}, {}}}));
}

Result<wire::Hello> Engine::hello(const wire::SayHello& /*request*/) {
    return wire::Hello{
        wire::kProtocolVersion, "0.0.0 (scripted)", "no instructions", {"CPU: none"}, false};
}

Result<wire::Inspected> Engine::inspect(const wire::Inspect& request) {
    return read_model(request.path).map([&](const Model& model) {
        return inspected(request.path, model);
    });
}

Result<wire::InspectedLora> Engine::inspect_lora(const wire::InspectLora& request) {
    const auto base = read_model(request.base);
    if (!base) {
        return tl::unexpected<Failure>(base.error());
    }
    if (base->type() != "F16") {
        return fail("is quantized", request.base, "Give the original.");
    }
    return read_adapter(request.adapter).map([](const Model&) {
        return wire::InspectedLora{7, 8};
    });
}

Result<wire::Loaded> Engine::load(const wire::Load& request) {
    const auto model = read_model(request.path);
    if (!model) {
        return tl::unexpected<Failure>(model.error());
    }
    model_ = *model;
    return wire::Loaded{8192, 256, false, false, true, {kEndToken}, {}, kLoadMs};
}

Result<wire::Rendered> Engine::render(const wire::Render& request) {
    return wire::Rendered{"<system>" + request.system + "\n<user>" + request.user + "\n<assistant>",
                          {"<end>"}};
}

Result<wire::RenderedTemplate> Engine::render_template(const wire::RenderTemplate& request) {
    return wire::RenderedTemplate{rendered_template(request)};
}

Result<wire::Tokenized> Engine::tokenize(const wire::Tokenize& request) {
    return wire::Tokenized{ids_of(request.text, model_.lines.contains("twin") ? 1 : 0)};
}

Result<wire::PredictedMemory> Engine::predict_memory(const wire::PredictMemory& request) {
    wire::PredictedMemory out = predicted(request.start);
    if (const auto model = read_model(request.load.path)) {
        out.model_bytes = std::stoull(model->get("memory", "1000"));
    }
    return out;
}

Result<wire::Started> Engine::describe_start(const wire::DescribeStart& request) {
    wire::Started out = started(request.start);
    out.reads_drafts = model_.lines.contains("rows");
    return out;
}

Result<wire::Started> Engine::start(const wire::Start& request) {
    if (!request.lora.empty()) {
        const auto adapter = read_adapter(request.lora);
        if (!adapter) {
            return tl::unexpected<Failure>(adapter.error());
        }
        change(model_, *adapter, request.lora_scale);
    }
    start_ = request;
    wire::Started out = started(request);
    out.reads_drafts = model_.lines.contains("rows");
    return out;
}

Result<wire::LoadedEmbedder> Engine::load_embedder(const wire::LoadEmbedder& request) {
    const auto model = read_model(request.path);
    if (!model) {
        return tl::unexpected<Failure>(model.error());
    }
    n_dims_ = std::stoul(model->get("embeds", "0"));
    if (n_dims_ == 0) {
        return fail("is no embedding model", request.path);
    }
    most_words_ = static_cast<std::size_t>(request.max_tokens);
    return wire::LoadedEmbedder{static_cast<std::int64_t>(n_dims_),
                                request.max_tokens,
                                "scripted " + variable("SCRIPT_BUILD")};
}

Result<wire::Embedded> Engine::embed(const wire::Embed& request) {
    wire::Embedded out;
    std::vector<float> values(n_dims_);
    std::istringstream words(request.text);
    std::size_t n_words = 0;
    for (std::string word; words >> word; ++n_words) {
        if (n_words < most_words_) {
            values[std::stoul(sha256_hex(word).substr(0, 8), nullptr, 16) % n_dims_] += 1;
        }
    }
    float squares = 0;
    for (const float value : values) {
        squares += value * value;
    }
    for (float& value : values) {
        value /= std::sqrt(squares);
    }
    out.cut = n_words > most_words_;
    out.vector.assign(reinterpret_cast<const char*>(values.data()), n_dims_ * sizeof(float));
    return out;
}

Result<wire::PredictedMemory> Engine::predict_text_memory(const wire::PredictTextMemory& request) {
    return read_model(request.path).map([](const Model& model) {
        return wire::PredictedMemory{std::stoull(model.get("memory", "1000")), 10, 1};
    });
}

Result<wire::LoadedTextModels> Engine::load_text_models(const wire::LoadTextModels& request) {
    text_ = request;
    text_models_.clear();
    std::vector<std::string> paths = request.variants;
    if (!request.baseline.empty()) {
        paths.insert(paths.begin(), request.baseline);
    }
    for (const std::string& path : paths) {
        const auto model = read_model(path);
        if (!model) {
            return tl::unexpected<Failure>(model.error());
        }
        const auto damage = kDamage.find(model->type());
        text_models_.push_back({path,
                                damage == kDamage.end() ? 0.0 : damage->second,
                                model->lines.contains("broken")});
    }
    return wire::LoadedTextModels{test::kScriptedVocabulary};
}

void Engine::score_text(std::uint64_t id, wire::ScoreText request) {
    if (const int ms = number("SCRIPT_SLEEP_MS"); ms > 0) {
        ::usleep(static_cast<useconds_t>(ms) * 1000);
    }
    const auto scored = test::score_scripted_text(
        text_models_, !text_.baseline.empty(), text_.settings, request);
    if (!scored) {
        return send(wire::encode(id, wire::Failed{scored.error()}));
    }
    const std::uint64_t n = text_models_.size() * request.tokens.size() /
                            static_cast<std::uint64_t>(text_.settings.n_ctx);
    send(wire::encode(id, wire::Progress{n, n}));
    send(wire::encode(id, *scored));
}

/// Times are those of its bits a weight. Loading takes as many nanoseconds more as the journal has
/// measurements with this one: a test sees the order.
void Engine::measure_speed(std::uint64_t id, wire::MeasureSpeed request) {
    const auto model = read_model(request.load.path);
    if (!model) {
        return send(wire::encode(id, wire::Failed{model.error()}));
    }
    if (!request.start.lora.empty()) {
        if (const auto adapter = read_adapter(request.start.lora); !adapter) {
            return send(wire::encode(id, wire::Failed{adapter.error()}));
        }
    }
    std::istringstream journal(whole_file(variable("SCRIPT_JOURNAL")));
    std::uint64_t n_before = 0;
    for (std::string line; std::getline(journal, line);) {
        n_before += line == wire::MeasureSpeed::kName;
    }
    const auto bits = static_cast<std::uint64_t>(kBits.at(model->type()));
    const std::uint64_t bits_of_lora = request.start.lora.empty() ? 0 : bits;
    constexpr std::uint64_t kMs = 1'000'000;
    wire::MeasuredSpeed out;
    out.sample = {bits * 10 * kMs + n_before,
                  static_cast<std::uint64_t>(request.n_prompt) * bits * kMs / 16,
                  static_cast<std::uint64_t>(request.n_prompt) * bits * kMs / 16 + kMs,
                  static_cast<std::uint64_t>(request.n_answer) * (bits + bits_of_lora) * kMs,
                  static_cast<std::uint64_t>(request.n_answer) * bits * kMs * 2,
                  kPeakMemoryBytes,
                  0,
                  std::stol(model->get("cold", "0"))};
    out.model_type = "scripted " + model->type();
    out.model_size = kWeights * bits / 8;
    out.n_parameters = kWeights;
    out.build_commit = "none";
    out.build_number = 1;
    out.cpu_info = "none";
    out.backends = "CPU";
    for (std::uint64_t part = 1; part <= 4; ++part) {
        send(wire::encode(id, wire::Progress{part, 4}));
    }
    send(wire::encode(id, out));
}

Result<wire::InspectedImatrix> Engine::inspect_imatrix(const wire::InspectImatrix& request) {
    const auto matrix = read_model(request.path);
    if (!matrix) {
        return tl::unexpected<Failure>(matrix.error());
    }
    if (!matrix->lines.contains("imatrix")) {
        return fail("is not an importance matrix that can be read", request.path);
    }
    return wire::InspectedImatrix{
        7, std::stol(matrix->get("chunks", "0")) * wire::kChunkTokens, wire::kChunkTokens};
}

void Engine::make_imatrix(std::uint64_t id, wire::MakeImatrix request) {
    const auto model = read_model(request.model);
    const std::string text = whole_file(request.text);
    const auto n_all = static_cast<int>(text.size()) / request.chunk_tokens;
    if (!model || n_all < wire::kFewestChunks) {
        return send(wire::encode(
            id, wire::Failed{model ? Failure{"is too short", request.text, {}} : model.error()}));
    }
    const int n_chunks = request.n_chunks > 0 ? std::min(request.n_chunks, n_all) : n_all;
    for (int i = 1; i <= n_chunks; ++i) {
        send(wire::encode(
            id,
            wire::Progress{static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(n_chunks)}));
    }
    Model matrix;
    matrix.lines["imatrix"] = sha256_hex(whole_file(request.model) + text);
    matrix.lines["chunks"] = std::to_string(n_chunks);
    if (!write_model(request.target, matrix)) {
        return send(wire::encode(
            id, wire::Failed{{"the matrix failed", request.target, "Is the disk full?"}}));
    }
    send(wire::encode(id, wire::MadeImatrix{sha256_hex(text)}));
}

void Engine::quantize(std::uint64_t id, wire::Quantize request) {
    auto model = read_model(request.source);
    if (!model) {
        return send(wire::encode(id, wire::Failed{model.error()}));
    }
    model->lines["type"] = request.type;
    if (const auto skill = kSkills.find(request.type); skill != kSkills.end()) {
        model->lines["skill"] = skill->second;
    }
    if (request.type == "Q8_0") {
        model->lines["style"] = "loud";
    }
    if (!request.imatrix.empty()) {
        model->lines["imatrix"] = sha256_hex(whole_file(request.imatrix));
    }
    for (std::uint64_t i = 1; i <= 3; ++i) {
        send(wire::encode(id, wire::Progress{i, 3}));
    }
    if (!write_model(request.target, *model)) {
        return send(wire::encode(
            id,
            wire::Failed{
                {"making " + request.type + " failed", request.target, "Is the disk full?"}}));
    }
    send(wire::encode(id, wire::Quantized{}));
}

void Engine::merge_lora(std::uint64_t id, wire::MergeLora request) {
    auto model = read_model(request.base);
    for (std::size_t i = 0; model && i < request.adapters.size(); ++i) {
        const auto adapter = read_adapter(request.adapters[i]);
        if (!adapter) {
            return send(wire::encode(id, wire::Failed{adapter.error()}));
        }
        change(*model, *adapter, request.scales[i]);
        send(wire::encode(id, wire::Progress{i + 1, request.adapters.size()}));
    }
    if (!model) {
        return send(wire::encode(id, wire::Failed{model.error()}));
    }
    if (!write_model(request.target, *model)) {
        return send(wire::encode(
            id, wire::Failed{{"merging failed", request.target, "Is the disk full?"}}));
    }
    send(wire::encode(id, wire::MergedLora{}));
}

void Engine::do_last_task() {
    const auto [id, task] = std::move(pending_.back());
    pending_.pop_back();
    if (const int ms = number("SCRIPT_SLEEP_MS"); ms > 0) {
        ::usleep(static_cast<useconds_t>(ms) * 1000);
    }
    std::string prompt;
    for (const std::int32_t token :
         std::visit([](const auto& request) { return request.prompt; }, task)) {
        prompt += static_cast<char>(token);
    }
    if (fits("SCRIPT_DIE_ON", model_, prompt)) {
        std::fputs("scripted_engine: this prompt is too much\n", stderr);
        std::abort();
    }
    if (fits("SCRIPT_FAIL_ON", model_, prompt)) {
        return send(
            wire::encode(id, wire::Failed{{"the model gave numbers that are not finite", {}, {}}}));
    }
    if (const auto* request = std::get_if<wire::AnswerRequest>(&task)) {
        wire::AnswerDone done = done_of(model_, *request, prompt);
        add_reading(done, model_, start_, *request);
        return send(wire::encode(id, done));
    }
    send(wire::encode(id, done_of(model_, std::get<wire::LabelRequest>(task), prompt)));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 || std::string(argv[1]) != "--pipe") {
        std::fprintf(stderr, "usage: scripted_engine --pipe R W\n");
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, SIG_IGN);
    return Engine(std::atoi(argv[2]), std::atoi(argv[3])).run();
}
