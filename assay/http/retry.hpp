#pragma once
// When a request that failed is tried again.

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::http {

/// Longest wait that a server's Retry-After is granted, in seconds.
inline constexpr double kMaxRetryAfterS = 300;

/// Seconds that a Retry-After header asks for (RFC 9110, 10.2.3), in [0, kMaxRetryAfterS]; empty:
/// not a number and not a date. A date is compared with the reply's own Date header (`date_header`,
/// may be empty), so that clocks which differ do not matter; without one with `now_unix_s`.
[[nodiscard]] std::optional<double> retry_after_seconds(std::string_view value,
                                                        std::string_view date_header,
                                                        std::int64_t now_unix_s);

/// Seconds until a limit is reset, in [0, kMaxRetryAfterS]: a duration ("6m0s", "1.5s", "20ms", as
/// OpenAI writes it), a plain number of seconds, or a time of RFC 3339 ("2026-01-31T08:49:37Z", as
/// Anthropic writes it), which is compared as above. Empty: none of them.
[[nodiscard]] std::optional<double> reset_after_seconds(std::string_view value,
                                                        std::string_view date_header,
                                                        std::int64_t now_unix_s);

/// Wait before the next attempt after `n_failed` failed ones (1 or more): 0.5 s, 1 s, 2 s ... at
/// most 30 s, times a factor in [0.5, 1) that is drawn from item and attempt, so that parallel
/// requests spread and every run waits alike.
[[nodiscard]] double backoff_seconds(int n_failed, std::string_view item_id);

/// Whether a request with this HTTP status is worth another attempt: 408, 409, 425, 429 and 5xx.
[[nodiscard]] bool is_retried(int status);

}  // namespace assay::http
