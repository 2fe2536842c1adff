#include "sim_batches.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>

namespace assay::test {
namespace {

using nlohmann::ordered_json;

const std::string kAnthropicPath = "/v1/messages/batches";

/// How the providers' batches differ where they do alike otherwise.
struct Dialect {
    std::string path_alone;  ///< of a request that is sent without a batch
    Checker complaints;      ///< about such a request
    std::string id_prefix;   ///< of a batch
    std::string cursor;      ///< the parameter that turns the pages of the list
};
const std::map<std::string, Dialect> kDialects{
    {"openai", {"/v1/chat/completions", openai_complaints, "batch_", "after="}},
    {"gemini",
     {"/v1beta/models/sim-1:generateContent", gemini_complaints, "batches/b", "pageToken="}},
    {"anthropic", {"/v1/messages", anthropic_complaints, "msgbatch_", "after_id="}}};

/// Google's code of an error that came with this HTTP status; 0: the request was cancelled.
int grpc_code_of(int http_status) {
    switch (http_status) {
        case 400: return 3;
        case 429: return 8;
        case 0: return 1;
        default: return 13;
    }
}

ScriptedReply not_found() {
    return {404,
            R"({"error": {"type": "not_found_error", "code": 5, "message": "no such thing"}})"};
}

ordered_json parse(const std::string& text) {
    return ordered_json::parse(text, nullptr, false);
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_';
    });
}

/// What stands between `begin` and `end`, if it is a name; else nothing.
std::string between(std::string_view text, std::string_view begin, std::string_view end) {
    if (text.size() < begin.size() + end.size() || !text.starts_with(begin) ||
        !text.ends_with(end)) {
        return {};
    }
    text = text.substr(begin.size(), text.size() - begin.size() - end.size());
    return is_name(text) ? std::string(text) : std::string();
}

bool has_exactly(const ordered_json& object, const std::vector<std::string>& names) {
    return object.is_object() && object.size() == names.size() &&
           std::all_of(
               names.begin(), names.end(), [&](const auto& name) { return object.contains(name); });
}

}  // namespace

SimBatches::SimBatches(std::string provider, Answer answer, int n_looks)
    : provider_(std::move(provider)), answer_(std::move(answer)), n_looks_(n_looks) {}

std::vector<std::string> SimBatches::complaints() const {
    const std::lock_guard lock(mutex_);
    return complaints_;
}

int SimBatches::n_batches() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(batches_.size());
}

std::map<std::string, int> SimBatches::billed() const {
    const std::lock_guard lock(mutex_);
    return billed_;
}

ScriptedReply SimBatches::handle(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.method == "GET" && !request.body.empty()) {
        complain("a GET with a body");
    }
    if (provider_ == "openai") {
        return openai(request);
    }
    return provider_ == "gemini" ? gemini(request) : anthropic(request);
}

SimBatches::Batch* SimBatches::find(const std::string& id) {
    const auto found = std::find_if(
        batches_.begin(), batches_.end(), [&](const Batch& batch) { return batch.id == id; });
    return found == batches_.end() || forgets_batches ? nullptr : &*found;
}

/// The requests in a batch are those that are sent alone.
void SimBatches::check_item(const SeenRequest& request, const Item& item) {
    if (!is_name(item.custom_id) || item.custom_id.size() > 64) {
        complain("the custom id is " + item.custom_id);
    }
    SeenRequest alone = request;
    alone.body = item.body;
    alone.headers["content-type"] = "application/json";
    const Dialect& dialect = kDialects.at(provider_);
    alone.path = dialect.path_alone;
    for (const std::string& complaint : dialect.complaints(alone)) {
        complain(complaint);
    }
}

ScriptedReply SimBatches::add(Batch batch) {
    if (batch.items.empty()) {
        complain("a batch without requests");
    }
    batch.id = kDialects.at(provider_).id_prefix + std::to_string(batches_.size() + 1);
    batches_.push_back(std::move(batch));
    return {200, describe(batches_.back())};
}

void SimBatches::look(Batch& batch) {
    if (batch.ended || ++batch.n_looks < n_looks_) {
        return;
    }
    batch.ended = true;
    if (fails) {
        return;
    }
    for (const Item& item : batch.items) {
        ScriptedReply reply = answer_(item.body);
        if (reply.status == 200) {
            ++billed_[item.body];
        }
        batch.results.emplace_back(item, std::move(reply));
    }
    // They come in any order, but for Google's.
    if (provider_ != "gemini") {
        std::reverse(batch.results.begin(), batch.results.end());
    }
}

std::string SimBatches::state_of(const Batch& batch, const StateNames& names) const {
    if (batch.ended) {
        return fails ? names.failed : names.completed;
    }
    return batch.n_looks == 0 ? names.queued : names.running;
}

std::string SimBatches::describe(const Batch& batch) const {
    const auto n = batch.items.size();
    const auto n_ok = static_cast<std::size_t>(
        std::count_if(batch.results.begin(), batch.results.end(), [](const auto& row) {
            return row.second.status == 200;
        }));
    if (provider_ == "openai") {
        ordered_json out{
            {"id", batch.id},
            {"object", "batch"},
            {"endpoint", "/v1/chat/completions"},
            {"errors", nullptr},
            {"completion_window", "24h"},
            {"status", state_of(batch, {"validating", "in_progress", "failed", "completed"})},
            {"output_file_id", nullptr},
            {"error_file_id", nullptr},
            {"created_at", 1},
            {"metadata", {{"assay", batch.label}}},
            {"request_counts",
             {{"total", n}, {"completed", n_ok}, {"failed", batch.results.size() - n_ok}}}};
        if (batch.ended && fails) {
            out["errors"] = {{"object", "list"},
                             {"data",
                              {{{"code", "token_limit_exceeded"},
                                {"message", "Enqueued token limit reached"},
                                {"line", nullptr}}}}};
        }
        if (batch.ended && !fails && n_ok > 0) {
            out["output_file_id"] = "file-out-" + batch.id;
        }
        if (batch.ended && !fails && n_ok < n) {
            out["error_file_id"] = "file-err-" + batch.id;
        }
        return out.dump();
    }
    if (provider_ == "anthropic") {
        const auto n_of = [&](const std::string& kind) {
            return std::count_if(batch.results.begin(), batch.results.end(), [&](const auto& row) {
                return row.second.status == 0 && row.second.body == kind;
            });
        };
        const auto n_expired = n_of("expired"), n_canceled = n_of("canceled");
        return ordered_json{
            {"id", batch.id},
            {"type", "message_batch"},
            {"processing_status", batch.ended ? "ended" : "in_progress"},
            {"request_counts",
             {{"processing", n - batch.results.size()},
              {"succeeded", n_ok},
              {"errored", static_cast<long>(batch.results.size() - n_ok) - n_expired - n_canceled},
              {"canceled", n_canceled},
              {"expired", n_expired}}},
            {"ended_at", nullptr},
            {"created_at", "2026-01-01T00:00:00Z"},
            {"expires_at", "2026-01-02T00:00:00Z"},
            {"cancel_initiated_at", nullptr},
            {"results_url",
             batch.ended ? ordered_json("https://evil.example/results") : ordered_json(nullptr)}}
            .dump();
    }
    ordered_json metadata{
        {"@type", "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"},
        {"model", "models/sim-1"},
        {"displayName", batch.label},
        {"createTime", "2026-01-01T00:00:00Z"},
        {"batchStats",
         {{"requestCount", std::to_string(n)}, {"successfulRequestCount", std::to_string(n_ok)}}},
        {"state",
         state_of(batch,
                  {"BATCH_STATE_PENDING",
                   "BATCH_STATE_RUNNING",
                   "BATCH_STATE_FAILED",
                   "BATCH_STATE_SUCCEEDED"})},
        {"name", batch.id}};
    ordered_json out{{"name", batch.id}, {"metadata", std::move(metadata)}};
    if (!batch.ended) {
        return out.dump();
    }
    out["done"] = true;
    if (fails) {
        out["error"] = {{"code", 13}, {"message", "Enqueued token limit reached"}};
        return out.dump();
    }
    ordered_json list = ordered_json::array();
    for (const auto& [item, reply] : batch.results) {
        ordered_json entry;
        if (reply.status == 200) {
            entry["response"] = parse(reply.body);
        }
        if (reply.status != 200) {
            entry["error"] = {
                {"code", grpc_code_of(reply.status)},
                {"message",
                 reply.status == 0 ? reply.body
                                   : parse(reply.body)["error"]["message"].get<std::string>()}};
        }
        if (!forgets_metadata) {
            entry["metadata"] = {{"key", item.custom_id}};
        }
        list.push_back(std::move(entry));
    }
    out["response"] = {
        {"@type",
         "type.googleapis.com/google.ai.generativelanguage.v1main.BatchGenerateContentResponse"},
        {"inlinedResponses", {{"inlinedResponses", std::move(list)}}}};
    return out.dump();
}

/// Newest first, two a page, so that pages are turned.
std::string SimBatches::list(const SeenRequest& request) const {
    const std::string& cursor = kDialects.at(provider_).cursor;
    const std::size_t at = request.query.find(cursor);
    const std::string after = at == std::string::npos ? ""
                                                      : request.query.substr(at + cursor.size());
    std::vector<const Batch*> rows;
    bool begun = after.empty();
    for (auto batch = batches_.rbegin(); batch != batches_.rend(); ++batch) {
        if (begun) {
            rows.push_back(&*batch);
        }
        begun = begun || batch->id == after || batch->id == "batches/" + after;
    }
    const bool more = rows.size() > 2;
    if (more) {
        rows.resize(2);
    }
    ordered_json data = ordered_json::array();
    for (const Batch* batch : rows) {
        data.push_back(parse(describe(*batch)));
    }
    if (provider_ != "gemini") {
        return ordered_json{{"data", std::move(data)},
                            {"has_more", more},
                            {"first_id", nullptr},
                            {"last_id", rows.empty() ? "" : rows.back()->id}}
            .dump();
    }
    ordered_json out = ordered_json::object();
    if (!rows.empty()) {
        out["operations"] = std::move(data);
    }
    if (more) {
        out["nextPageToken"] = rows.back()->id.substr(8);
    }
    return out.dump();
}

ScriptedReply SimBatches::openai(const SeenRequest& request) {
    if (request.method == "POST" && request.path == "/v1/files") {
        if (request.parts.size() != 2 || !request.parts.contains("file") ||
            request.parts.at("purpose") != "batch") {
            complain("a file that is not for a batch");
        }
        const std::string id = "file-" + std::to_string(files_.size() + 1);
        files_[id] = request.parts.contains("file") ? request.parts.at("file") : "";
        return {200, ordered_json{{"id", id}, {"object", "file"}, {"purpose", "batch"}}.dump()};
    }
    if (request.method == "POST" && request.path == "/v1/batches") {
        const ordered_json body = parse(request.body);
        if (!has_exactly(body, {"input_file_id", "endpoint", "completion_window", "metadata"}) ||
            body["endpoint"] != "/v1/chat/completions" || body["completion_window"] != "24h") {
            complain("a batch " + request.body);
        }
        Batch batch;
        batch.label = body["metadata"].value("assay", "");
        std::istringstream lines(files_[body.value("input_file_id", "")]);
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line == "\r") {
                continue;
            }
            const ordered_json row = parse(line);
            if (!has_exactly(row, {"custom_id", "method", "url", "body"}) ||
                row["method"] != "POST" || row["url"] != "/v1/chat/completions") {
                complain("a line " + line);
                continue;
            }
            batch.items.push_back({row["custom_id"], row["body"].dump()});
            check_item(request, batch.items.back());
        }
        return add(std::move(batch));
    }
    if (request.method != "GET") {
        complain("the path " + request.path);
        return not_found();
    }
    if (request.path == "/v1/batches") {
        return {200, list(request)};
    }
    if (const std::string id = between(request.path, "/v1/batches/", ""); !id.empty()) {
        Batch* batch = find(id);
        if (!batch) {
            return not_found();
        }
        look(*batch);
        return {200, describe(*batch)};
    }
    const std::string output = between(request.path, "/v1/files/file-out-", "/content"),
                      errors = between(request.path, "/v1/files/file-err-", "/content");
    if (output.empty() && errors.empty()) {
        complain("the path " + request.path);
        return not_found();
    }
    const Batch* batch = find(output + errors);
    if (!batch) {
        return not_found();
    }
    std::string out;
    for (const auto& [item, reply] : batch->results) {
        if (errors.empty() != (reply.status == 200)) {
            continue;
        }
        ordered_json row{{"id", "batch_req_1"},
                         {"custom_id", item.custom_id},
                         {"response", nullptr},
                         {"error", nullptr}};
        if (reply.status != 0) {
            row["response"] = {
                {"status_code", reply.status}, {"request_id", "r"}, {"body", parse(reply.body)}};
        }
        if (reply.status == 0) {
            row["error"] = {
                {"code", "batch_" + reply.body},
                {"message",
                 "This request could not be executed before the completion window expired."}};
        }
        out += row.dump() + "\n";
    }
    return {200, out};
}

ScriptedReply SimBatches::anthropic(const SeenRequest& request) {
    if (!request.headers.contains("anthropic-version")) {
        complain("no anthropic-version");
    }
    if (request.method == "POST") {
        const ordered_json body = parse(request.body);
        if (request.path != kAnthropicPath || !has_exactly(body, {"requests"})) {
            complain("a batch " + request.path);
            return not_found();
        }
        Batch batch;
        for (const ordered_json& row : body["requests"]) {
            if (!has_exactly(row, {"custom_id", "params"})) {
                complain("a request " + row.dump());
            }
            batch.items.push_back({row["custom_id"], row["params"].dump()});
            check_item(request, batch.items.back());
        }
        return add(std::move(batch));
    }
    if (request.path == kAnthropicPath) {
        return {200, list(request)};
    }
    const bool wants_results = request.path.ends_with("/results");
    const std::string id = between(
        request.path, kAnthropicPath + "/", wants_results ? "/results" : "");
    if (id.empty()) {
        complain("the path " + request.path);
        return not_found();
    }
    Batch* batch = find(id);
    if (!batch) {
        return not_found();
    }
    if (!wants_results) {
        look(*batch);
        return {200, describe(*batch)};
    }
    std::string out;
    for (const auto& [item, reply] : batch->results) {
        ordered_json result;
        if (reply.status == 200) {
            result = {{"type", "succeeded"}, {"message", parse(reply.body)}};
        }
        if (reply.status == 0) {
            result = {{"type", reply.body}};
        }
        if (reply.status != 200 && reply.status != 0) {
            result = {
                {"type", "errored"},
                {"error",
                 {{"type", "error"},
                  {"error",
                   {{"type", reply.status == 400 ? "invalid_request_error" : "overloaded_error"},
                    {"message", parse(reply.body)["error"]["message"]}}}}}};
        }
        out += ordered_json{{"custom_id", item.custom_id}, {"result", std::move(result)}}.dump() +
               "\n";
    }
    return {200, out};
}

ScriptedReply SimBatches::gemini(const SeenRequest& request) {
    if (request.method == "POST") {
        const ordered_json body = parse(request.body);
        if (request.path != "/v1beta/models/sim-1:batchGenerateContent" ||
            !has_exactly(body, {"batch"}) ||
            !has_exactly(body["batch"], {"displayName", "inputConfig"}) ||
            !has_exactly(body["batch"]["inputConfig"], {"requests"}) ||
            !has_exactly(body["batch"]["inputConfig"]["requests"], {"requests"})) {
            complain("a batch " + request.path + " " + request.body);
            return not_found();
        }
        Batch batch;
        batch.label = body["batch"]["displayName"];
        for (const ordered_json& row : body["batch"]["inputConfig"]["requests"]["requests"]) {
            if (!has_exactly(row, {"request", "metadata"}) ||
                !has_exactly(row["metadata"], {"key"})) {
                complain("a request " + row.dump());
            }
            batch.items.push_back({row["metadata"]["key"], row["request"].dump()});
            check_item(request, batch.items.back());
        }
        return add(std::move(batch));
    }
    if (request.path == "/v1beta/batches") {
        return {200, list(request)};
    }
    if (!request.path.starts_with("/v1beta/batches/")) {
        complain("the path " + request.path);
        return not_found();
    }
    Batch* batch = find(request.path.substr(8));
    if (!batch) {
        return not_found();
    }
    look(*batch);
    return {200, describe(*batch)};
}

}  // namespace assay::test
