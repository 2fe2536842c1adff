#pragma once
// The other side of the batch APIs: keeps files and batches, checks each call against the
// provider's documentation, and counts what it bills.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sim_providers.hpp"

namespace assay::test {

/// As of November 2026: platform.openai.com/docs/api-reference/batch (and files),
/// ai.google.dev/api/batch-api, docs.anthropic.com/en/api/creating-message-batches (and its
/// neighbours).
class SimBatches {
 public:
    /// What becomes of one request of a batch, given its body: a status with a document, or status
    /// 0 with "expired" or "canceled" as the body. Only a 200 is billed.
    using Answer = std::function<ScriptedReply(const std::string& body)>;

    /// `provider`: openai, gemini or anthropic. A batch ends when it is looked at for the
    /// `n_looks`-th time.
    SimBatches(std::string provider, Answer answer, int n_looks = 2);

    /// One call; may come from several threads.
    [[nodiscard]] ScriptedReply handle(const SeenRequest& request);

    [[nodiscard]] std::vector<std::string> complaints() const;
    [[nodiscard]] int n_batches() const;
    /// Body of a request -> how often it was billed.
    [[nodiscard]] std::map<std::string, int> billed() const;

    bool fails = false;             ///< whole batches do
    bool forgets_metadata = false;  ///< of inlined requests, as Google is known to
    bool forgets_batches = false;   ///< looking at one is a 404

 private:
    struct Item {
        std::string custom_id;
        std::string body;
    };
    struct Batch {
        std::string id;
        std::string label;
        std::vector<Item> items;
        int n_looks = 0;
        bool ended = false;
        std::vector<std::pair<Item, ScriptedReply>> results;
    };

    /// A provider's words for what becomes of a batch, in this order.
    struct StateNames {
        std::string queued, running, failed, completed;
    };

    ScriptedReply openai(const SeenRequest& request);
    ScriptedReply gemini(const SeenRequest& request);
    ScriptedReply anthropic(const SeenRequest& request);
    ScriptedReply add(Batch batch);
    Batch* find(const std::string& id);
    void look(Batch& batch);
    [[nodiscard]] std::string state_of(const Batch& batch, const StateNames& names) const;
    [[nodiscard]] std::string describe(const Batch& batch) const;
    [[nodiscard]] std::string list(const SeenRequest& request) const;
    void check_item(const SeenRequest& request, const Item& item);
    void complain(const std::string& what) { complaints_.push_back(what); }

    std::string provider_;
    Answer answer_;
    int n_looks_;
    mutable std::mutex mutex_;
    std::vector<std::string> complaints_;
    std::map<std::string, std::string> files_;
    std::vector<Batch> batches_;  ///< oldest first
    std::map<std::string, int> billed_;
};

}  // namespace assay::test
