#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/judge/batch_format.hpp"

namespace assay::judge {
namespace {

using http::JsonView;
using nlohmann::ordered_json;

class OpenAiBatches final : public BatchFormat {
 public:
    std::size_t most_bytes() const override { return 100u << 20; }  // 200 MB are allowed

    std::optional<HttpRequest> upload(const std::string& label,
                                      std::span<const BatchRequest> requests) const override {
        // The label is drawn at random and long: no judging prompt has it in a line of its own.
        const std::string boundary = "--" + label;
        std::string body = fmt::format(
            "{0}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            "{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{1}.jsonl\"\r\n"
            "Content-Type: application/jsonl\r\n\r\n",
            boundary,
            label);
        for (const BatchRequest& request : requests) {
            body += fmt::format(
                "{{\"custom_id\":\"{}\",\"method\":\"POST\",\"url\":\"/v1/chat/"
                "completions\",\"body\":{}}}\n",
                request.custom_id,
                request.body);
        }
        body += fmt::format("\r\n{}--\r\n", boundary);
        return HttpRequest{.path = "/files",
                           .body = std::move(body),
                           .content_type = "multipart/form-data; boundary=" + label};
    }

    std::optional<HttpRequest> submit(const std::string&,
                                      const std::string& label,
                                      std::span<const BatchRequest>,
                                      std::string_view uploaded) const override {
        const std::string file = JsonView(uploaded)["id"].text();
        if (!is_plain_id(file)) {
            return {};
        }
        const ordered_json body{{"input_file_id", file},
                                {"endpoint", "/v1/chat/completions"},
                                {"completion_window", "24h"},
                                {"metadata", {{"assay", label}}}};
        return HttpRequest{
            .path = "/batches",
            .body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace),
            .content_type = "application/json"};
    }

    HttpRequest look(const std::string& id) const override { return get_request("/batches/" + id); }
    HttpRequest list() const override { return get_request("/batches?limit=100"); }

    std::optional<BatchInfo> read_batch(std::string_view body) const override {
        return read(JsonView(body));
    }

    std::optional<BatchPage> read_page(std::string_view body) const override {
        return read_data_page(body, read, "/batches?limit=100&after=");
    }

    std::vector<BatchResult> read_results(const std::string&,
                                          std::string_view body) const override {
        std::vector<BatchResult> out;
        for (const std::string& line : split(body, '\n')) {
            const http::JsonView row(line);
            BatchResult result;
            result.custom_id = row["custom_id"].text();
            if (result.custom_id.empty()) {
                continue;
            }
            result.status = static_cast<int>(
                std::min<std::int64_t>(row["response"]["status_code"].count(), 999));
            result.body = row["response"]["body"].dump();
            if (result.status == 0) {
                result.why = "The batch left it out: " + shorten(row["error"]["code"].text() + " " +
                                                                     row["error"]["message"].text(),
                                                                 300);
            }
            out.push_back(std::move(result));
        }
        return out;
    }

 private:
    static std::optional<BatchInfo> read(const JsonView& batch) {
        BatchInfo info;
        info.id = batch["id"].text();
        const std::string status = batch["status"].text();
        if (!is_plain_id(info.id) || status.empty()) {
            return {};
        }
        info.label = batch["metadata"]["assay"].text();
        info.n_requests = batch["request_counts"]["total"].count();
        info.n_done = batch["request_counts"]["completed"].count() +
                      batch["request_counts"]["failed"].count();
        if (status == "failed") {
            info.phase = BatchPhase::kFailed;
            const std::vector<http::JsonView> errors = batch["errors"]["data"].items();
            if (!errors.empty()) {
                info.why = shorten(errors.front()["message"].text(), 300);
            }
        }
        if (status != "completed" && status != "expired" && status != "cancelled") {
            return info;
        }
        info.phase = BatchPhase::kEnded;
        for (const char* name : {"output_file_id", "error_file_id"}) {
            if (const std::string file = batch[name].text(); is_plain_id(file)) {
                info.results.push_back(get_request("/files/" + file + "/content"));
            }
        }
        return info;
    }
};

}  // namespace

const BatchFormat& openai_batches() {
    static const OpenAiBatches format;
    return format;
}

}  // namespace assay::judge
