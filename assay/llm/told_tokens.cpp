#include "assay/llm/told_tokens.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace assay::llm {
namespace {

using http::JsonView;

constexpr std::size_t kMostBytes = 256;
constexpr double kRounding = 1e-3;  // a server's arithmetic may give a little more than 0

/// The bytes as numbers where they are told: a token can be half a character. Empty: not usable.
std::optional<std::string> bytes_of(const JsonView& token) {
    if (!token["bytes"].is_array()) {
        return token["token"].text();
    }
    std::string out;
    for (const JsonView& byte : token["bytes"].items()) {
        const std::int64_t value = byte.count();
        if (value > 255) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(value));
    }
    return out;
}

std::optional<ToldCandidate> candidate_of(const JsonView& token) {
    auto bytes = bytes_of(token);
    const JsonView log_prob = token["logprob"];
    if (!bytes || bytes->size() > kMostBytes || !log_prob.is_number() ||
        !(log_prob.number() <= kRounding)) {
        return std::nullopt;
    }
    return ToldCandidate{std::move(*bytes), std::min(0.0, log_prob.number())};
}

std::optional<ToldToken> token_of(const JsonView& entry) {
    auto written = candidate_of(entry);
    if (!written) {
        return std::nullopt;
    }
    ToldToken out{std::move(written->bytes), written->log_prob, {}};
    for (const JsonView& each : entry["top_logprobs"].items()) {
        auto candidate = candidate_of(each);
        if (!candidate) {
            return std::nullopt;
        }
        out.candidates.push_back(std::move(*candidate));
    }
    std::stable_sort(out.candidates.begin(),
                     out.candidates.end(),
                     [](const auto& a, const auto& b) { return a.log_prob > b.log_prob; });
    if (out.candidates.size() > kToldCandidates) {
        out.candidates.resize(kToldCandidates);
    }
    return out;
}

}  // namespace

std::vector<ToldToken> read_told_tokens(const JsonView& list, std::size_t n_most) {
    std::vector<ToldToken> out;
    for (const JsonView& entry : list.items()) {
        auto token = token_of(entry);
        if (!token || token->candidates.empty() || out.size() == n_most) {
            return {};
        }
        out.push_back(std::move(*token));
    }
    return out;
}

}  // namespace assay::llm
