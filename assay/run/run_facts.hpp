#pragma once
// What a report needs of a plan besides answers and verdicts, kept in the store beside the plan, so
// that a report can be made anew without model, engine or judge.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assay/records/fidelity.hpp"
#include "assay/records/host.hpp"
#include "assay/records/variant.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

struct JudgeFacts {
    std::string name;
    std::string provider;
    std::string model;  ///< as asked for; of a metric its name and tie band
    std::string url;
    bool show_contexts = true;
    bool show_expected = true;
    bool costs_nothing = false;  ///< its verdicts are computed here: it is asked for all of them
    bool both_orders = false;    ///< each pair is put to it twice
    std::string key;             ///< of its verdicts in the store
};

struct VariantFacts {
    std::string name;
    EngineInfo engine;
    int n_parallel = 0;
    std::vector<std::string> answer_keys;  ///< in the order of the questions: of all first
                                           ///< samples, then of all second ones, and so on
    std::string answer_fingerprint{};      ///< of engine and recipe; empty in facts of an older
                                           ///< assay, whose engine.fingerprint was of both
    std::uint64_t kv_bytes_per_token = 0;  ///< where a variant's recipe is not the default; else 0
    std::vector<std::string> judged_keys{};  ///< of what judges compare (said_answers.hpp), in the
                                             ///< order of answer_keys; empty: answer_keys

    int n_samples = 0;  ///< of each question, where a look decides on their number; else 0
    std::optional<LoraUse> lora{};  ///< as of the variant
    std::string no_fidelity{};  ///< a sentence: why fidelity was not measured; empty: it was, or
                                ///< nobody asked

    /// The keys of the answers as judges compare them.
    [[nodiscard]] const std::vector<std::string>& keys_for_judges() const {
        return judged_keys.empty() ? answer_keys : judged_keys;
    }

    /// What the store knows the processes by that answered.
    [[nodiscard]] const std::string& session_fingerprint() const {
        return answer_fingerprint.empty() ? engine.fingerprint : answer_fingerprint;
    }
};

struct RunFacts {
    std::string dataset_sha256;
    std::string command;
    HostInfo host;
    std::int64_t n_prompts_compared = 0;
    std::int64_t n_prompts_equal = 0;
    std::vector<std::string> notes;
    std::vector<VariantFacts> variants;  ///< baseline first
    std::vector<JudgeFacts> judges;
    std::optional<SelfReading> self_reading{};  ///< of the baseline; empty: it read no answer of
                                                ///< its own
    std::int64_t n_context_tokens = 0;  ///< of all questions' contexts, before any is cut, where
                                        ///< contexts were retrieved; 0: not counted
};

/// The names of the variants but the baseline's.
[[nodiscard]] std::vector<std::string> compared_names(const RunFacts& facts);
/// The keys of all answers as judges compare them, of every variant.
[[nodiscard]] std::set<std::string> all_judged_keys(const RunFacts& facts);

void save_facts(store::Store& store, const std::string& plan_sha256, const RunFacts& facts);
/// Empty if the plan was stored but its prompts were never made. Throws Error kOperational where
/// they cannot be read.
[[nodiscard]] std::optional<RunFacts> load_facts(const store::Store& store,
                                                 const std::string& plan_sha256);

}  // namespace assay::run
