#include "assay/http/pace.hpp"

#include <algorithm>
#include <cmath>

namespace assay::http {
namespace {

constexpr double kRounding = 1e-6;  ///< a bucket that lacks no more than this is not empty

}  // namespace

Pace::Bucket Pace::bucket(double per_minute, Clock::time_point now) {
    const double per_s = per_minute / 60;
    const double most = std::max(1.0, per_s);
    return {per_s, most, most, now};
}

double Pace::Bucket::level_at(Clock::time_point now) const {
    return std::min(most, level + per_s * std::chrono::duration<double>(now - at).count());
}

double Pace::Bucket::wait_s(Clock::time_point now) const {
    if (per_s <= 0) {
        return 0;
    }
    return std::max(0.0, (1 - kRounding - level_at(now)) / per_s);
}

void Pace::Bucket::take(double n, Clock::time_point now) {
    level = std::min(most, level_at(now) - n);
    at = now;
}

Pace::Pace(double requests_per_minute, double tokens_per_minute, Clock::time_point now)
    : requests_(bucket(requests_per_minute, now)), tokens_(bucket(tokens_per_minute, now)) {}

Pace::Clock::duration Pace::wait(Clock::time_point now) const {
    const double wait_s = std::max(requests_.wait_s(now), tokens_.wait_s(now));
    // Rounded up: a wait that was kept must be over.
    const auto limits = std::chrono::nanoseconds(
        static_cast<std::int64_t>(std::ceil(wait_s * 1e9)));
    return std::max<Clock::duration>(
        limits, held_until_ > now ? held_until_ - now : Clock::duration::zero());
}

void Pace::take(double n_tokens, Clock::time_point now) {
    requests_.take(1, now);
    tokens_.take(n_tokens, now);
}

void Pace::correct(double n_more_tokens, Clock::time_point now) {
    tokens_.take(n_more_tokens, now);
}

void Pace::hold(Clock::time_point until) {
    held_until_ = std::max(held_until_, until);
}

}  // namespace assay::http
