#pragma once
// A model behind HTTP as a generator: one question a request, several under way at each of its
// addresses.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/http/budget.hpp"
#include "assay/http/pace.hpp"
#include "assay/llm/generator.hpp"
#include "assay/llm/served_api.hpp"
#include "assay/records/plan.hpp"

namespace assay::llm {

/// Answers are held back until the server has told once more, after them, that it still runs the
/// same model (every two seconds, and at the end): a model that was replaced meanwhile stops the
/// run, and no answer of it is taken for the first one's.
///
/// Tried again (spec.retries times, with growing waits or the server's Retry-After, at another
/// address if there is one): transport errors, 408, 409, 425, 429, 5xx and a 200 that is not a
/// whole document or whose body holds an error or an end that is not known (http/success_body.hpp),
/// by the rules of its code. What fails in the end, and every other status, is an answer of
/// kFailed. What the spec's limits do not let out stays unanswered: where nothing more may leave,
/// what was answered is handed on and Error kOperational says which limit it was. It is thrown for
/// these, too: prompts that the server cuts in silence (prompt_cut.hpp); 401, 403,
/// 404; ten transport errors in a row; three questions refused before any was answered; another
/// model or version than before.
class ServedGenerator final : public Generator {
 public:
    struct Options {
        std::string name;  ///< of the variant, for sentences
        ServedSpec spec;   ///< spec.model is not empty
        GenerationSettings generation;
        bool tells_tokens = false;  ///< probabilities of tokens are wanted, where they are to be
                                    ///< had
    };

    /// Error kUsage: an address that is none, a key that is missing, a max-cost without prices.
    /// Nothing is asked yet.
    ServedGenerator(Options options, const std::atomic<bool>& cancel, Progress& progress);
    ~ServedGenerator() override;

    /// Reads back the model at every address. Throws Error: out of reach, not there, not the same
    /// everywhere, or a setting of the experiment that it does not take.
    const ServedFacts& connect();

    /// What an answer depends on besides messages and settings: all that the server tells of itself
    /// and the model; for a server that tells no digest also provider, model name and addresses.
    /// After connect().
    [[nodiscard]] std::string fingerprint() const;

    /// The model as replies named it; a later one that differs stops generate(). Empty: none did
    /// yet.
    [[nodiscard]] const std::string& reply_version() const { return reply_version_; }
    /// To be called before generate(): what replies of an earlier run named.
    void expect_version(std::string version) { reply_version_ = std::move(version); }

    /// Prompts need `id`, `user` and `seed` only. After connect().
    void generate(const std::function<std::optional<Prompt>()>& next,
                  const std::function<void(const Generated&)>& done,
                  const std::atomic<bool>& cancel) override;

    [[nodiscard]] const std::vector<ServedPlace>& places() const { return places_; }
    [[nodiscard]] const ServedFacts& facts() const { return facts_; }  ///< after connect()

 private:
    class Session;
    [[nodiscard]] std::string hide(std::string text) const;
    [[noreturn]] void stop(Failure why) const;

    const Options options_;
    Progress& progress_;
    std::unique_ptr<const ServedApi> api_;
    std::vector<ServedPlace> places_;
    std::vector<std::string> keys_;  ///< one an address
    ServedFacts facts_;
    std::string reply_version_;
    bool tells_tokens_;  ///< until the server refuses it
    http::Pace pace_;
    http::Budget budget_;
};

}  // namespace assay::llm
