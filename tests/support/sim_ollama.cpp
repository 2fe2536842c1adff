#include "sim_ollama.hpp"

#include "sim_providers.hpp"

namespace assay::test {

using nlohmann::json;

SimOllama::SimOllama(int port)
    : server_([this](const SeenRequest& request, int) { return answer(request); }, port) {}

SimOllama::SimOllama(const std::string& model,
                     const std::string& digest,
                     const json& show,
                     int port)
    : SimOllama(port) {
    models_[model] = {digest, show};
}

void SimOllama::on_chat(std::function<ScriptedReply(const json&, int)> script) {
    const std::lock_guard lock(mutex_);
    on_chat_ = std::move(script);
}

void SimOllama::set_digest(const std::string& model, const std::string& digest) {
    const std::lock_guard lock(mutex_);
    models_[model].digest = digest;
}

std::vector<json> SimOllama::chats() const {
    const std::lock_guard lock(mutex_);
    return chats_;
}
std::vector<std::string> SimOllama::complaints() const {
    const std::lock_guard lock(mutex_);
    return complaints_;
}
std::map<std::string, std::string> SimOllama::blobs() const {
    const std::lock_guard lock(mutex_);
    return blobs_;
}
std::set<std::string> SimOllama::names() const {
    const std::lock_guard lock(mutex_);
    std::set<std::string> out;
    for (const auto& [name, model] : models_) {
        out.insert(name);
    }
    return out;
}
std::string SimOllama::digest(const std::string& model) const {
    const std::lock_guard lock(mutex_);
    const auto found = models_.find(model);
    return found == models_.end() ? "" : found->second.digest;
}
std::vector<std::string> SimOllama::log() const {
    const std::lock_guard lock(mutex_);
    return log_;
}

ScriptedReply SimOllama::answer(const SeenRequest& request) {
    std::unique_lock lock(mutex_);
    log_.push_back(request.method + " " + request.path);
    if (request.path == "/api/version") {
        return {200, R"({"version":"0.17.4"})"};
    }
    if (request.path == "/api/tags") {
        json list = json::array();
        for (const auto& [name, model] : models_) {
            list.push_back(
                {{"name", name}, {"model", name}, {"size", 1000}, {"digest", model.digest}});
        }
        return {200, json{{"models", list}}.dump()};
    }
    if (request.path.starts_with("/api/blobs/")) {
        if (request.method == "POST") {
            blobs_[request.path] = request.body;
        }
        if (request.method == "POST") {
            return {201, ""};
        }
        return {blobs_.contains(request.path) ? 200 : 404, ""};
    }
    const json body = json::parse(request.body, nullptr, false);
    const std::string name = body.is_object() ? body.value("model", "") : "";
    const auto known = models_.contains(name) ? models_.find(name) : models_.find(name + ":latest");
    if (request.path == "/api/create") {
        if (body.value("stream", true) || body["files"].size() != 1 ||
            !blobs_.contains("/api/blobs/" + body["files"]["model.gguf"].get<std::string>())) {
            return {400, R"({"error":"invalid files"})"};
        }
        std::string digest = "digest-of-" + body["files"]["model.gguf"].get<std::string>();
        if (body.contains("adapters")) {
            const std::string adapter = body["adapters"].value("adapter.gguf", "");
            if (body["adapters"].size() != 1 || !blobs_.contains("/api/blobs/" + adapter)) {
                return {400, R"({"error":"invalid adapters"})"};
            }
            digest += "-with-" + adapter;
        }
        json show{{"modelfile", "FROM m\n"}};
        if (body.contains("adapters") && !ignores_adapters) {
            show["modelfile"] = "FROM m\nADAPTER a\n";
        }
        models_[name + ":latest"] = {digest, show};
        return {200, R"({"status":"success"})"};
    }
    if (request.path == "/api/pull") {
        models_[name] = {"pulled"};
        return {200, R"({"status":"success"})"};
    }
    if (known == models_.end()) {
        return {404, json{{"error", "model '" + name + "' not found"}}.dump()};
    }
    if (request.path == "/api/delete") {
        models_.erase(known);
        return {request.method == "DELETE" ? 200 : 405, ""};
    }
    if (request.path == "/api/show") {
        json show{{"template", "{{ .System }} {{ .Prompt }}"},
                  {"parameters", "stop                           \"<|end|>\""},
                  {"details", {{"quantization_level", "Q4_K_M"}}},
                  {"model_info",
                   {{"general.architecture", "llama"}, {"general.parameter_count", 134515008}}},
                  {"capabilities", {"completion"}}};
        show.update(known->second.show);
        return {200, show.dump()};
    }
    if (request.path != "/api/chat") {
        return {404, ""};
    }
    for (const std::string& complaint : ollama_answer_complaints(request)) {
        complaints_.push_back(complaint);
    }
    chats_.push_back(body);
    const int n = static_cast<int>(chats_.size());
    const auto script = on_chat_;
    lock.unlock();  // a script may wait for others
    if (script) {
        return script(body, n);
    }
    return {200,
            ollama_answer("answer to " + body["messages"].back()["content"].get<std::string>())};
}

std::string ollama_answer(const std::string& text, const std::string& done_reason) {
    return json{{"model", "sim"},
                {"message", {{"role", "assistant"}, {"content", text}}},
                {"done", true},
                {"done_reason", done_reason},
                {"prompt_eval_count", 30},
                {"prompt_eval_duration", 5000000},
                {"eval_count", 7},
                {"eval_duration", 70000000}}
        .dump();
}

}  // namespace assay::test
