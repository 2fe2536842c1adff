#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/judge/batch_format.hpp"

namespace assay::judge {
namespace {

using http::JsonView;
/// The HTTP status of a google.rpc.Code.
int status_of(std::int64_t code) {
    switch (code) {
        case 3:
        case 9:
        case 11: return 400;
        case 5: return 404;
        case 7: return 403;
        case 8: return 429;
        case 14: return 503;
        case 16: return 401;
        default: return 500;
    }
}

std::int64_t count_of(const http::JsonView& value) {
    // Whole numbers of 64 bits are texts in Google's JSON.
    const std::string text = value.text();
    const bool digits = !text.empty() && text.size() < 16 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::stoll(text) : value.count();
}

class GeminiBatches final : public BatchFormat {
 public:
    std::size_t most_bytes() const override {
        return 16u << 20;
    }  // 20 MB of inlined requests are allowed

    std::optional<HttpRequest> submit(const std::string& request_path,
                                      const std::string& label,
                                      std::span<const BatchRequest> requests,
                                      std::string_view) const override {
        std::string list;
        for (const BatchRequest& request : requests) {
            list += fmt::format("{}{{\"request\":{},\"metadata\":{{\"key\":\"{}\"}}}}",
                                list.empty() ? "" : ",",
                                request.body,
                                request.custom_id);
        }
        constexpr std::string_view kVerb = ":generateContent";
        std::string path = request_path.substr(0, request_path.size() - kVerb.size()) +
                           ":batchGenerateContent";
        return HttpRequest{
            .path = std::move(path),
            .body = fmt::format("{{\"batch\":{{\"displayName\":\"{}\",\"inputConfig\":{{"
                                "\"requests\":{{\"requests\":[{}]}}}}}}}}",
                                label,
                                list),
            .content_type = "application/json"};
    }

    HttpRequest look(const std::string& id) const override { return get_request("/v1beta/" + id); }
    HttpRequest list() const override { return get_request("/v1beta/batches?pageSize=50"); }

    std::optional<BatchInfo> read_batch(std::string_view body) const override {
        return read(JsonView(body));
    }

    std::optional<BatchPage> read_page(std::string_view body) const override {
        const JsonView document(body);
        // A list without any batch is an empty object.
        if (!document.is_object()) {
            return {};
        }
        BatchPage page;
        for (const JsonView& entry : document["operations"].items()) {
            if (auto info = read(entry)) {
                page.batches.push_back(std::move(*info));
            }
        }
        const std::string token = document["nextPageToken"].text();
        if (is_plain_id(token)) {
            page.next = get_request("/v1beta/batches?pageSize=50&pageToken=" + token);
        }
        return page;
    }

    /// Of the operation itself: replies to inlined requests stand there, in the order of the
    /// requests; their metadata does not always.
    std::vector<BatchResult> read_results(const std::string& label,
                                          std::string_view body) const override {
        const http::JsonView operation(body);
        http::JsonView list = operation["response"]["inlinedResponses"]["inlinedResponses"];
        if (!list.is_array()) {
            list = operation["metadata"]["output"]["inlinedResponses"]["inlinedResponses"];
        }
        std::vector<BatchResult> out;
        for (const http::JsonView& entry : list.items()) {
            BatchResult result;
            result.custom_id = entry["metadata"]["key"].text();
            if (result.custom_id.empty()) {
                result.custom_id = fmt::format("{}-{}", label, out.size());
            }
            if (entry["response"].is_object()) {
                result.status = 200;
                result.body = entry["response"].dump();
            } else {
                result.status = status_of(entry["error"]["code"].count());
                result.body = fmt::format(
                    "{{\"error\":{}}}", entry["error"].is_object() ? entry["error"].dump() : "{}");
            }
            out.push_back(std::move(result));
        }
        return out;
    }

 private:
    static std::optional<BatchInfo> read(const JsonView& operation) {
        BatchInfo info;
        info.id = operation["name"].text();
        if (!info.id.starts_with("batches/") || !is_plain_id(std::string_view(info.id).substr(8))) {
            return {};
        }
        const http::JsonView batch = operation["metadata"];
        info.label = batch["displayName"].text();
        info.n_requests = count_of(batch["batchStats"]["requestCount"]);
        info.n_done = count_of(batch["batchStats"]["successfulRequestCount"]) +
                      count_of(batch["batchStats"]["failedRequestCount"]);
        const std::string state = batch["state"].text();
        // BATCH_STATE_ or, in older texts, JOB_STATE_
        const auto is = [&](std::string_view end) { return state.ends_with(end); };
        if (is("_SUCCEEDED")) {
            info.phase = BatchPhase::kEnded;
            info.results.push_back(get_request("/v1beta/" + info.id));
        } else if (is("_FAILED") || is("_CANCELLED") || is("_EXPIRED") ||
                   operation["error"].is_object()) {
            info.phase = BatchPhase::kFailed;
            info.why = shorten(state + " " + operation["error"]["message"].text(), 300);
        }
        return info;
    }
};

}  // namespace

const BatchFormat& gemini_batches() {
    static const GeminiBatches format;
    return format;
}

}  // namespace assay::judge
