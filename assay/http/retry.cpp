// Problem: a server that is busy says so, and clients that all come back at the same moment keep it
// busy.
//
// Model: a request that failed for a reason that passes (is_retried) waits as long as the server
// asks, or 0.5 s, 1 s, 2 s ... where it does not say. Servers say it as a number of seconds, a
// duration or a date. A date is measured against the server's own clock, by the Date header of the
// same reply, so that a clock that is wrong here does no harm.
//
// Invariants: no wait is negative or longer than kMaxRetryAfterS, whatever a server sends; what
// cannot be read is no answer rather than a guess. The factor that spreads the waits is drawn from
// the item and the attempt, not from a clock: a run that is repeated waits alike.
//
// It ends because these functions only say how long to wait. The callers count the attempts, and
// `retries` of the experiment is the most.

#include "assay/http/retry.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"

namespace assay::http {
namespace {

std::optional<std::int64_t> unix_time(std::string_view http_date) {
    const std::time_t time = curl_getdate(std::string(http_date).c_str(), nullptr);
    if (time < 0) {
        return {};
    }
    return static_cast<std::int64_t>(time);
}

/// "1h2m3.5s", "20ms": numbers, each with its unit. A number alone counts seconds.
std::optional<double> duration_seconds(std::string_view text) {
    double seconds = 0;
    while (!text.empty()) {
        const std::size_t n_digits = std::min(text.find_first_not_of("0123456789."), text.size());
        const std::string number(text.substr(0, n_digits));
        text.remove_prefix(n_digits);
        const std::size_t n_letters = std::min(text.find_first_of("0123456789."), text.size());
        const std::string_view unit = text.substr(0, n_letters);
        text.remove_prefix(n_letters);
        char* end = nullptr;
        const double value = std::strtod(number.c_str(), &end);
        if (number.empty() || end != number.c_str() + number.size()) {
            return {};
        }
        if (unit == "h") {
            seconds += value * 3600;
        } else if (unit == "m") {
            seconds += value * 60;
        } else if (unit == "s" || unit.empty()) {
            seconds += value;
        } else if (unit == "ms") {
            seconds += value / 1000;
        } else {
            return {};
        }
    }
    return seconds;
}

/// A time of RFC 3339, 5.6; fractions of a second are left out.
std::optional<std::int64_t> rfc3339_unix_time(const std::string& text) {
    std::tm time{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time);
    if (!rest) {
        return {};
    }
    if (*rest == '.') {
        rest += 1 + std::strspn(rest + 1, "0123456789");
    }
    std::int64_t offset_s = 0;
    if (*rest == '+' || *rest == '-') {
        int hours = 0, minutes = 0, n_read = 0;
        if (std::sscanf(rest + 1, "%2d:%2d%n", &hours, &minutes, &n_read) != 2 ||
            rest[1 + n_read] != '\0') {
            return {};
        }
        offset_s = (*rest == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    } else if (std::string_view(rest) != "Z" && std::string_view(rest) != "z") {
        return {};
    }
    return static_cast<std::int64_t>(timegm(&time)) - offset_s;
}

}  // namespace

std::optional<double> retry_after_seconds(std::string_view value,
                                          std::string_view date_header,
                                          std::int64_t now_unix_s) {
    const std::string text(trim(value));
    if (text.empty()) {
        return {};
    }
    if (text.find_first_not_of("0123456789.") == std::string::npos) {
        char* end = nullptr;
        const double seconds = std::strtod(text.c_str(), &end);
        if (end != text.c_str() + text.size()) {
            return {};
        }
        return std::min(seconds, kMaxRetryAfterS);
    }
    const auto until = unix_time(text);
    if (!until) {
        return {};
    }
    const std::int64_t now = unix_time(date_header).value_or(now_unix_s);
    return std::clamp(static_cast<double>(*until - now), 0.0, kMaxRetryAfterS);
}

std::optional<double> reset_after_seconds(std::string_view value,
                                          std::string_view date_header,
                                          std::int64_t now_unix_s) {
    const std::string text(trim(value));
    if (text.empty()) {
        return {};
    }
    if (const auto seconds = duration_seconds(text)) {
        return std::min(*seconds, kMaxRetryAfterS);
    }
    const auto until = rfc3339_unix_time(text);
    if (!until) {
        return {};
    }
    const std::int64_t now = unix_time(date_header).value_or(now_unix_s);
    return std::clamp(static_cast<double>(*until - now), 0.0, kMaxRetryAfterS);
}

double backoff_seconds(int n_failed, std::string_view item_id) {
    const double whole = std::min(30.0, 0.5 * std::ldexp(1.0, std::clamp(n_failed - 1, 0, 10)));
    return whole * (0.5 + 0.5 * Rng(0, fmt::format("backoff/{}/{}", item_id, n_failed)).uniform());
}

bool is_retried(int status) {
    return status == 408 || status == 409 || status == 425 || status == 429 ||
           (status >= 500 && status <= 599);
}

}  // namespace assay::http
