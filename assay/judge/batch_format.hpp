#pragma once
// What differs between the batch APIs of the providers. The single requests and replies in a batch
// are those of the provider's ApiFormat, and paths are added to the judge's address. An
// implementation is pure: text in, calls and plain data out, and it never throws on what a server
// sent.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/http/http_client.hpp"
#include "assay/http/json_view.hpp"

namespace assay::judge {

using http::HttpRequest;

/// One request of a batch. `body` is a request of the provider's ApiFormat.
struct BatchRequest {
    std::string custom_id;  ///< "LABEL-3"; letters, digits and '-', at most 64
    std::string body;
};

/// What came of one request.
struct BatchResult {
    std::string custom_id;
    int status = 0;    ///< as if it had been sent alone; 0: it was not answered, see `why`
    std::string body;  ///< the document of a reply or of an error
    std::string why;   ///< a sentence: cancelled, expired
};

enum class BatchPhase { kWaiting, kEnded, kFailed };

struct BatchInfo {
    std::string id;
    std::string label;  ///< as it was submitted, if the provider keeps it
    BatchPhase phase = BatchPhase::kWaiting;
    std::int64_t n_requests = 0;  ///< 0: not said
    std::int64_t n_done = 0;
    std::string why;                         ///< for kFailed, where no request was answered
    std::vector<http::HttpRequest> results;  ///< to be fetched and given to read_results
};

struct BatchPage {
    std::vector<BatchInfo> batches;
    std::optional<http::HttpRequest> next;
};

class BatchFormat {
 public:
    virtual ~BatchFormat() = default;

    /// Whether a batch's label can be read back in a list of batches.
    [[nodiscard]] virtual bool keeps_labels() const { return true; }
    /// Largest batch, in bytes of its requests.
    [[nodiscard]] virtual std::size_t most_bytes() const = 0;
    /// Where the requests have to be put first, as a file; empty: they are submitted themselves.
    [[nodiscard]] virtual std::optional<HttpRequest> upload(const std::string& /*label*/,
                                                            std::span<const BatchRequest>) const {
        return {};
    }
    /// `request_path` is that of a single request, `uploaded` the body of the upload's reply, if
    /// there was one. Empty: that names no file.
    [[nodiscard]] virtual std::optional<HttpRequest> submit(const std::string& request_path,
                                                            const std::string& label,
                                                            std::span<const BatchRequest> requests,
                                                            std::string_view uploaded) const = 0;
    [[nodiscard]] virtual HttpRequest look(const std::string& id) const = 0;
    [[nodiscard]] virtual HttpRequest list() const = 0;
    /// Of the reply to `submit` and to `look`. Empty: it is no such document.
    [[nodiscard]] virtual std::optional<BatchInfo> read_batch(std::string_view body) const = 0;
    [[nodiscard]] virtual std::optional<BatchPage> read_page(std::string_view body) const = 0;
    /// In any order; what cannot be read is left out. `label` is the batch's.
    [[nodiscard]] virtual std::vector<BatchResult> read_results(const std::string& label,
                                                                std::string_view body) const = 0;
};

/// Whether a name that a server gave may stand in an address: ASCII letters, digits, '-' and '_',
/// not empty.
[[nodiscard]] bool is_plain_id(std::string_view id);
[[nodiscard]] HttpRequest get_request(std::string path);
/// A list as OpenAI and Anthropic write it: {"data": [...], "has_more"}. Entries of which `read`
/// makes nothing are left out; the next page begins behind the last batch, whose id follows
/// `next_path`. Empty: it is no such document.
[[nodiscard]] std::optional<BatchPage> read_data_page(
    std::string_view body,
    std::optional<BatchInfo> (*read)(const http::JsonView& batch),
    const std::string& next_path);

/// POST /files and /batches, https://platform.openai.com/docs/api-reference/batch.
[[nodiscard]] const BatchFormat& openai_batches();
/// models.batchGenerateContent with inlined requests, https://ai.google.dev/api/batch-api.
[[nodiscard]] const BatchFormat& gemini_batches();
/// POST /v1/messages/batches, https://docs.anthropic.com/en/api/creating-message-batches.
[[nodiscard]] const BatchFormat& anthropic_batches();

}  // namespace assay::judge
