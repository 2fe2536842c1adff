#include "assay/judge/retry.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"

namespace assay::judge {
namespace {

std::optional<std::int64_t> unix_time(std::string_view http_date) {
    const std::time_t time = curl_getdate(std::string(http_date).c_str(), nullptr);
    if (time < 0) return {};
    return static_cast<std::int64_t>(time);
}

}  // namespace

std::optional<double> retry_after_seconds(std::string_view value,
                                          std::string_view date_header,
                                          std::int64_t now_unix_s) {
    const std::string text(trim(value));
    if (text.empty()) return {};
    if (text.find_first_not_of("0123456789.") == std::string::npos) {
        char* end = nullptr;
        const double seconds = std::strtod(text.c_str(), &end);
        if (end != text.c_str() + text.size()) return {};
        return std::min(seconds, kMaxRetryAfterS);
    }
    const auto until = unix_time(text);
    if (!until) return {};
    const std::int64_t now = unix_time(date_header).value_or(now_unix_s);
    return std::clamp(static_cast<double>(*until - now), 0.0, kMaxRetryAfterS);
}

double backoff_seconds(int n_failed, std::string_view item_id) {
    const double whole = std::min(30.0, 0.5 * std::ldexp(1.0, std::clamp(n_failed - 1, 0, 10)));
    return whole * (0.5 + 0.5 * Rng(0, fmt::format("backoff/{}/{}", item_id, n_failed)).uniform());
}

bool is_retried(int status) {
    return status == 408 || status == 409 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

}  // namespace assay::judge
