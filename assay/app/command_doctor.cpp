#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/app/commands.hpp"
#include "assay/app/host.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/text.hpp"
#include "assay/config/named_text.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {
namespace {

struct DoctorFlags {
    std::vector<std::string> models;
    std::string engine;
    int ctx_size = 1024;
    int slots = 16;
    bool json = false;
};

/// One line of the check-up. `ok` false: a run would fail or suffer, and `finding` says what to do.
struct Check {
    std::string name;
    bool ok = true;
    std::string finding;
};

constexpr std::uint64_t kLittleDisk = 2'000'000'000;

Check check_disk(const std::string& name, const std::filesystem::path& folder) {
    // The folder may not exist yet: its nearest parent that does has the disk.
    std::filesystem::path there = std::filesystem::absolute(folder);
    std::error_code error;
    while (!std::filesystem::exists(there, error) && there.has_parent_path() &&
           there != there.parent_path()) {
        there = there.parent_path();
    }
    const auto space = std::filesystem::space(there, error);
    if (error) {
        return {name, false, fmt::format("{}: {}", there.string(), error.message())};
    }
    return {name,
            space.available >= kLittleDisk,
            fmt::format("{} free in {}{}",
                        format_bytes(space.available),
                        folder.string(),
                        space.available < kLittleDisk ? "; quantized files may not fit" : "")};
}

/// What a model is called in the check-up: the name that it was given, "ollama:NAME", or the
/// file's.
std::string shown_name(const config::NamedText& model) {
    const std::string rest(model.rest);
    if (model.name && !model.name->empty()) {
        return *model.name;
    }
    return variants::ollama_name(rest) ? rest : std::filesystem::path(rest).filename().string();
}

Check check_model(llm::Engine& engine,
                  const std::string& text,
                  const DoctorFlags& flags,
                  const Host& host,
                  nlohmann::ordered_json& details) {
    const config::NamedText model = config::named_text(text, std::filesystem::current_path());
    const std::string name = "model " + shown_name(model);
    const auto found = variants::find_model_file(std::string(model.rest));
    if (!found) {
        return {name, false, to_sentence(found.error())};
    }
    const std::string& path = *found;
    const auto inspected = engine.inspect(path);
    if (!inspected) {
        return {name, false, to_sentence(inspected.error())};
    }
    wire::PredictMemory request;
    request.load.path = path;
    request.start.n_slots = flags.slots;
    request.start.stream_size = (flags.ctx_size + 255) / 256 * 256;
    request.start.n_threads = host.n_cores;
    const auto predicted = engine.predict_memory(request);
    if (!predicted) {
        return {name, false, to_sentence(predicted.error())};
    }
    const std::uint64_t total = predicted->model_bytes + predicted->context_bytes +
                                predicted->compute_bytes;
    const bool fits = host.memory_available_bytes == 0 || total <= host.memory_available_bytes;
    const ModelFile& file = inspected->file;
    details.push_back({{"file", path},
                       {"architecture", file.architecture},
                       {"size_bytes", file.size_bytes},
                       {"bits_per_weight", file.bits_per_weight()},
                       {"context_length", file.context_length},
                       {"has_chat_template", file.has_chat_template},
                       {"predicted_memory_bytes",
                        {{"model", predicted->model_bytes},
                         {"context", predicted->context_bytes},
                         {"compute", predicted->compute_bytes},
                         {"total", total}}}});
    return {
        name,
        fits,
        fmt::format("{}, {}, {:.2f} bits a weight, trained for {} tokens{}; {} of memory with {} "
                    "slots of {} tokens ({} weights, {} context, {} work){}",
                    file.architecture,
                    format_bytes(file.size_bytes),
                    file.bits_per_weight(),
                    file.context_length,
                    file.has_chat_template ? "" : ", no chat template (ChatML will be used)",
                    format_bytes(total),
                    flags.slots,
                    request.start.stream_size,
                    format_bytes(predicted->model_bytes),
                    format_bytes(predicted->context_bytes),
                    format_bytes(predicted->compute_bytes),
                    fits ? "" : ": more than is available; try --slots 8 or close other programs")};
}

int doctor(const DoctorFlags& flags) {
    if (flags.slots < 8 || flags.slots % 8 != 0) {
        throw_usage(fmt::format("--slots {}: a multiple of 8 is needed", flags.slots));
    }
    const Host host = describe_host();
    std::vector<Check> checks;
    checks.push_back({"cores", true, fmt::format("{} physical ({})", host.n_cores, host.cpu)});
    checks.push_back({"memory",
                      host.memory_available_bytes > 1'000'000'000,
                      fmt::format("{} available of {}",
                                  format_bytes(host.memory_available_bytes),
                                  format_bytes(host.memory_bytes))});
    checks.push_back(check_disk("disk for runs", std::filesystem::current_path()));
    checks.push_back(check_disk("disk for models", variants::model_cache()));
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    nlohmann::ordered_json engine_json;
    try {
        llm::Engine engine(llm::find_engine(flags.engine), interrupted());
        const auto hello = engine.hello();
        if (hello) {
            checks.push_back({"engine", true, hello->version});
            checks.push_back({"devices", true, fmt::format("{}", fmt::join(hello->devices, "; "))});
            checks.push_back({"instructions", true, std::string(trim(hello->system_info))});
            engine_json = {{"version", hello->version},
                           {"devices", hello->devices},
                           {"system_info", hello->system_info}};
            for (const std::string& model : flags.models) {
                checks.push_back(check_model(engine, model, flags, host, models));
            }
        } else {
            checks.push_back({"engine", false, to_sentence(hello.error())});
        }
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::kInterrupted) {
            throw;
        }
        checks.push_back({"engine", false, error.what()});
    }

    bool all_ok = true;
    for (const Check& check : checks) {
        all_ok = all_ok && check.ok;
    }
    if (flags.json) {
        nlohmann::ordered_json out{{"schema_version", 1},
                                   {"ok", all_ok},
                                   {"host",
                                    {{"cpu", host.cpu},
                                     {"cores", host.n_cores},
                                     {"memory_bytes", host.memory_bytes},
                                     {"memory_available_bytes", host.memory_available_bytes},
                                     {"os", host.os}}},
                                   {"engine", engine_json},
                                   {"models", models},
                                   {"checks", nlohmann::ordered_json::array()}};
        for (const Check& check : checks) {
            out["checks"].push_back(
                {{"name", check.name}, {"ok", check.ok}, {"finding", check.finding}});
        }
        std::fputs(
            (out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n").c_str(),
            stdout);
    } else {
        for (const Check& check : checks) {
            std::fputs(fmt::format(
                           "{}  {:<16} {}\n", check.ok ? "ok  " : "BAD ", check.name, check.finding)
                           .c_str(),
                       stdout);
        }
    }
    return all_ok ? 0 : 1;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<DoctorFlags>();
    CLI::App* command = app.add_subcommand("doctor",
                                           "check this machine: cores, memory against what models "
                                           "need (predicted without loading them), disk, engine");
    command->add_option(
        "MODEL,-m,--model", flags->models, "models to check: [NAME=]FILE, a GGUF, or ollama:NAME");
    command
        ->add_option("-c,--ctx-size",
                     flags->ctx_size,
                     "tokens of one slot, for the prediction; default 1024")
        ->check(CLI::Range(256, 10'000'000));
    command->add_option("--slots", flags->slots, "slots, for the prediction; default 16");
    command->add_option(
        "--engine", flags->engine, "the program assay-engine; default: beside assay");
    command->add_flag("--json", flags->json, "one JSON document on stdout");
    command->footer("Example:\n  assay doctor model-F16.gguf\nExit code 1 when something is BAD.");
    command->callback([flags, &action] { action = [flags] { return doctor(*flags); }; });
}

}  // namespace assay::app
