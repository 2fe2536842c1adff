#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/judge/batch_format.hpp"

namespace assay::judge {
namespace {

using http::JsonView;
/// The status with which the API would have answered a single request
/// (docs.anthropic.com/en/api/errors).
int status_of(const std::string& error_type) {
    if (error_type == "authentication_error") {
        return 401;
    }
    if (error_type == "billing_error") {
        return 402;
    }
    if (error_type == "permission_error") {
        return 403;
    }
    if (error_type == "not_found_error") {
        return 404;
    }
    if (error_type == "request_too_large") {
        return 413;
    }
    if (error_type == "rate_limit_error") {
        return 429;
    }
    if (error_type == "timeout_error") {
        return 504;
    }
    if (error_type == "overloaded_error") {
        return 529;
    }
    return error_type == "invalid_request_error" ? 400 : 500;
}

class AnthropicBatches final : public BatchFormat {
 public:
    bool keeps_labels() const override { return false; }
    std::size_t most_bytes() const override { return 100u << 20; }  // 256 MB are allowed

    std::optional<HttpRequest> submit(const std::string&,
                                      const std::string&,
                                      std::span<const BatchRequest> requests,
                                      std::string_view) const override {
        std::string body = "{\"requests\":[";
        for (const BatchRequest& request : requests) {
            body += fmt::format("{}{{\"custom_id\":\"{}\",\"params\":{}}}",
                                body.back() == '[' ? "" : ",",
                                request.custom_id,
                                request.body);
        }
        return HttpRequest{.path = kPath, .body = body + "]}", .content_type = "application/json"};
    }

    HttpRequest look(const std::string& id) const override {
        return get_request(std::string(kPath) + "/" + id);
    }
    HttpRequest list() const override { return get_request(std::string(kPath) + "?limit=100"); }

    std::optional<BatchInfo> read_batch(std::string_view body) const override {
        return read(JsonView(body));
    }

    std::optional<BatchPage> read_page(std::string_view body) const override {
        return read_data_page(body, read, std::string(kPath) + "?limit=100&after_id=");
    }

    std::vector<BatchResult> read_results(const std::string&,
                                          std::string_view body) const override {
        std::vector<BatchResult> out;
        for (const std::string& line : split(body, '\n')) {
            const http::JsonView row(line);
            BatchResult result;
            result.custom_id = row["custom_id"].text();
            const std::string type = row["result"]["type"].text();
            if (result.custom_id.empty() || type.empty()) {
                continue;
            }
            if (type == "succeeded") {
                result.status = 200;
                result.body = row["result"]["message"].dump();
            } else if (type == "errored") {
                const http::JsonView error = row["result"]["error"];
                result.status = status_of(error["error"]["type"].text());
                result.body = error.dump();
            } else {
                result.why = fmt::format("The batch left it out: {}.", shorten(type, 100));
            }
            out.push_back(std::move(result));
        }
        return out;
    }

 private:
    static constexpr const char* kPath = "/v1/messages/batches";
    static std::optional<BatchInfo> read(const JsonView& batch) {
        BatchInfo info;
        info.id = batch["id"].text();
        const std::string status = batch["processing_status"].text();
        if (!is_plain_id(info.id) || status.empty()) {
            return {};
        }
        const http::JsonView counts = batch["request_counts"];
        for (const char* name : {"succeeded", "errored", "canceled", "expired"}) {
            info.n_done += counts[name].count();
        }
        info.n_requests = info.n_done + counts["processing"].count();
        if (status != "ended") {
            return info;
        }
        info.phase = BatchPhase::kEnded;
        // Not the address in results_url: the key goes to the judge's own only.
        info.results.push_back(get_request(std::string(kPath) + "/" + info.id + "/results"));
        return info;
    }
};

}  // namespace

const BatchFormat& anthropic_batches() {
    static const AnthropicBatches format;
    return format;
}

}  // namespace assay::judge
