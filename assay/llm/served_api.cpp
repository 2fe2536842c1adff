#include "assay/llm/served_api.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/server_error.hpp"

namespace assay::llm {

std::string describe(const ServedFacts& facts) {
    std::string out = facts.server + (facts.server_version.empty() ? ", version not told"
                                                                   : " " + facts.server_version);
    out += facts.digest.empty() ? ", no digest" : ", model digest " + facts.digest.substr(0, 12);
    if (!facts.weights.empty()) {
        out += ", " + facts.weights;
    }
    if (!facts.quantization.empty()) {
        out += ", " + facts.quantization;
    }
    if (facts.n_parameters > 0) {
        out += fmt::format(", {:.1f} M parameters", static_cast<double>(facts.n_parameters) / 1e6);
    }
    if (facts.size_bytes > 0) {
        out += ", " + format_bytes(facts.size_bytes);
    }
    for (const ServedAdapter& adapter : facts.adapters) {
        out += fmt::format(", LoRA adapter {} (scale {:g})", adapter.path, adapter.scale);
    }
    return out;
}

http::HttpReply ServedPlace::ask(http::HttpRequest request, double timeout_s) const {
    http::HttpTarget target = target_;
    if (timeout_s > 0) {
        target.timeout_s = timeout_s;
    }
    http::HttpClient client(std::move(target));
    return http::call(client, std::move(request), cancel_);
}

ServedPlace ServedPlace::at(std::string base_url) const {
    ServedPlace other = *this;
    other.target_.url = std::move(base_url);
    return other;
}

Failure failure_of(const ServedPlace& place,
                   const std::string& path,
                   const http::HttpReply& reply) {
    if (reply.status == 0) {
        return {reply.trouble, {}, {}};
    }
    const std::string message = http::read_plain_error(reply.body).message;
    return {fmt::format("{}{} answered {}{}",
                        place.target().url,
                        path,
                        reply.status,
                        message.empty() ? "" : ": " + message),
            {},
            {}};
}

std::string messages_json(const ServedQuestion& question, bool with_system) {
    auto messages = nlohmann::ordered_json::array();
    if (with_system || !question.settings.system.empty()) {
        messages.push_back({{"role", "system"}, {"content", question.settings.system}});
    }
    messages.push_back({{"role", "user"}, {"content", question.user}});
    return messages.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace assay::llm
