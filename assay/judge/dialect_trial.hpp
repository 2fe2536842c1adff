#pragma once
// A plainer form of requests, tried out by one pair before it becomes everybody's.

#include <optional>
#include <string>
#include <vector>

#include "assay/judge/http_setup.hpp"

namespace assay::judge {

struct DialectTrial {
    struct Step {
        Dialect dialect;  ///< a plainer one than before
        std::string why;  ///< what the server said to the one before: "400 (Unsupported ...)"
    };
    Dialect from;             ///< everybody's when the trial began
    std::vector<Step> steps;  ///< never empty; the last one's dialect is tried
};

/// A request that was answered with 400 or 422.
struct RefusedRequest {
    Dialect dialect;  ///< its own
    const std::string& body;
    std::string why;  ///< as of DialectTrial::Step
};

/// "400 (message)": of DialectTrial::Step::why.
[[nodiscard]] std::string said_of(int status, const ServerError& error);

/// The dialect of the next request of a pair.
[[nodiscard]] Dialect dialect_of(const std::optional<DialectTrial>& trial,
                                 const HttpMemory& memory);

/// Whether the pair is to be sent again: in everybody's dialect, if that has changed since, else in
/// the next plainer one, which is put into `trial`. False: the error is about something else.
[[nodiscard]] bool try_plainer(const HttpSetup& setup,
                               const HttpMemory& memory,
                               const RefusedRequest& refusal,
                               std::optional<DialectTrial>& trial);

/// A request has succeeded: what it tried out becomes everybody's dialect, with a note a step,
/// unless that has changed meanwhile.
void adopt(const HttpSetup& setup, const std::optional<DialectTrial>& trial, HttpMemory& memory);

}  // namespace assay::judge
