#pragma once
// How fast requests may leave: limits per minute, and the pauses that a provider asks for.

#include <chrono>

namespace assay::http {

/// Two token buckets (requests, tokens of text) that fill evenly and hold what one second brings,
/// at least one: nothing leaves in bursts, and over any time no more leaves than the limits allow,
/// but for that one second's worth and, of tokens, what a single request overdraws. Pure: time is
/// given in.
class Pace {
 public:
    using Clock = std::chrono::steady_clock;

    /// Per minute; 0: no limit.
    Pace(double requests_per_minute, double tokens_per_minute, Clock::time_point now);

    /// Until the next request may leave; 0: now.
    [[nodiscard]] Clock::duration wait(Clock::time_point now) const;
    /// A request leaves that will cost about `n_tokens`.
    void take(double n_tokens, Clock::time_point now);
    /// It has cost so many more than was taken for it (fewer: negative).
    void correct(double n_more_tokens, Clock::time_point now);
    /// Nothing leaves before `until`.
    void hold(Clock::time_point until);

 private:
    struct Bucket {
        double per_s = 0;  ///< 0: no limit
        double most = 0;
        double level = 0;  ///< at `at`; negative: overdrawn
        Clock::time_point at;

        [[nodiscard]] double level_at(Clock::time_point now) const;
        [[nodiscard]] double wait_s(Clock::time_point now) const;  ///< until there is one
        void take(double n, Clock::time_point now);
    };
    static Bucket bucket(double per_minute, Clock::time_point now);

    Bucket requests_, tokens_;
    Clock::time_point held_until_{};
};

}  // namespace assay::http
