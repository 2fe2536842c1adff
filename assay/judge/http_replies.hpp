#pragma once
// What a judge behind HTTP makes of replies and refusals, whether they came one by one or in a
// batch.

#include <string>

#include "assay/base/result.hpp"
#include "assay/http/success_body.hpp"
#include "assay/judge/api_format.hpp"
#include "assay/judge/http_setup.hpp"
#include "assay/records/verdict.hpp"

namespace assay::judge {

inline constexpr std::size_t kMaxErrorBytes = 16384;  ///< of an error reply's body, kept in a
                                                      ///< verdict

/// State, texts, tokens and version of `verdict` as the reply has them. `raw` stays where the reply
/// has no text. `prompt` is the user turn: what stands in it is no verdict (parse.hpp).
void take_reply(const ApiReply& reply,
                const ReplySettings& settings,
                const std::string& prompt,
                Verdict& verdict);

/// A verdict on a prompt that the server seems to have cut becomes an ERROR, with a note the first
/// time: it is no verdict on that pair, and the next run asks again. `prompt` as of take_reply,
/// behind which it is to be called.
void set_aside_if_cut(const HttpSetup& setup,
                      HttpMemory& memory,
                      const std::string& prompt,
                      Verdict& verdict);

/// Whether a reply's version is another one than the first, which is remembered; never where the
/// judge allows it.
[[nodiscard]] bool is_another_version(const std::string& version,
                                      const ApiSettings& settings,
                                      HttpMemory& memory);

/// Why the judge stops.
[[nodiscard]] Failure another_version(const HttpSetup& setup,
                                      const std::string& first,
                                      const std::string& now);
[[nodiscard]] Failure refusal_to_serve(const HttpSetup& setup,
                                       const std::string& url,
                                       int status,
                                       const http::ServerError& error);
/// `refusal` is Budget::refusal's.
[[nodiscard]] Failure nothing_left(const HttpSetup& setup, const std::string& refusal);

/// What is said of an error in the body of a reply whose status says success.
[[nodiscard]] std::string in_body_sentence(const std::string& url, const http::BodyError& error);
/// The same as the provider's format reads errors.
[[nodiscard]] http::ServerError error_in_body(const HttpSetup& setup,
                                              const std::string& body,
                                              const http::BodyError& error);

/// No request will be answered: the key, the account, the model or the address is refused.
[[nodiscard]] bool is_hopeless(int status, const http::ServerError& error);

}  // namespace assay::judge
