#pragma once
// Judges: each takes blinded pairs and gives a verdict on every one. A judge never learns what made
// an answer; nothing in this folder includes the records that know it. Adding an API
// judge: one file, one row of the table in make_judge.cpp, one in records/judge_provider.hpp.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/base/result.hpp"
#include "assay/judge/embedded_model.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/verdict.hpp"

namespace assay::judge {

/// Renders a Jinja template with variables given as a JSON object. Given from outside (the engine
/// process does it); called from the thread that called Judge::run, never twice at a time.
using RenderTemplate = std::function<Result<std::string>(const std::string& jinja,
                                                         const std::string& variables_json)>;

/// Small texts of a judge that outlive the process: each is on disk when `put` returns. Called from
/// within Judge::run only.
struct Journal {
    std::function<std::optional<std::string>(const std::string& name)> get;
    std::function<void(const std::string& name, const std::string& text)> put;
};

/// What a judge cannot do itself and is handed. A judge copies what it needs.
struct Services {
    RenderTemplate render;
    Journal journal = {};  ///< of a judge that is asked in batches; may be missing for all others
    /// The first model version that the judge's stored verdicts name; empty: none. Called from
    /// within Judge::run only; may be missing.
    std::function<std::string()> known_version = {};
    /// The model in spec.embedded().file, for judges that run in an engine process of our own
    /// (embedded_model.hpp). Never null.
    std::function<std::unique_ptr<EmbeddedModel>(const JudgeSpec& spec)> open_model{};
};

/// Where a judge gets its pairs from, one at a time; nothing: there are no more. Not asked again
/// after that. Called from the thread that called Judge::run; whoever hands it can so end the
/// judging at any pair, and those that were begun are finished.
using PairSource = std::function<std::optional<BlindedPair>()>;
/// The pairs in their order. They must outlive the source.
[[nodiscard]] PairSource source_of(std::span<const BlindedPair> pairs);

enum class RunEnd {
    kFinished,   ///< every pair has a verdict, failed ones included
    kCancelled,  ///< `cancel` was set: what had arrived was pushed, the rest stays pending
    kStopped,    ///< going on is useless (401, 403, 404, nobody answers): pairs that were tried are
                 ///< ERROR unless their reply was under way and still came, the rest stays pending
};

struct RunResult {
    RunEnd end = RunEnd::kFinished;
    Failure why;  ///< for kStopped
};

class Judge {
 public:
    virtual ~Judge() = default;

    /// JSON object of all that a verdict depends on: provider, address, model, parameters, hash of
    /// the prompt's texts, what is shown, version of the prompt's and the parser's code. Never a
    /// key. Equal identity and equal pair: the stored verdict can be taken.
    [[nodiscard]] virtual std::string identity() const = 0;

    /// Whether judging is a computation of our own that takes no time worth saving: every question
    /// then gets controls, and judging is never stopped early.
    [[nodiscard]] virtual bool costs_nothing() const = 0;

    /// Whether it has to be asked about each pair in both orders, whatever the plan says.
    [[nodiscard]] virtual bool reads_both_orders() const { return false; }

    /// Judges the pairs of `next`, begun in their order. Each finished verdict is pushed into
    /// `sink` as soon as it is there, in any order, from the calling thread. Returns within a
    /// second after `cancel` is set. An exception of `next`, of `sink` or of the renderer passes
    /// through; requests in flight are then dropped. Not to be called twice at a time.
    [[nodiscard]] virtual RunResult run(const PairSource& next,
                                        const std::function<void(const Verdict&)>& sink,
                                        const std::atomic<bool>& cancel) = 0;
};

}  // namespace assay::judge
