#pragma once
// The run's memory: one SQLite file, `assay.sqlite`, in the run directory. The only module that
// knows SQL.
//
// Each function that saves commits before it returns (WAL, synchronous FULL): what it was given
// survives a kill and a power cut. So the spine can ask what is missing, compute it, and save it
// item by item.
//
// Failures are thrown as assay::Error (kOperational: disk, lock, damaged file; kUsage: no such
// run). After any of them what was saved before is intact. Breaking a rule of this header (a
// verdict for an unknown comparison) throws std::logic_error. One Store belongs to one thread at a
// time.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/records/comparison.hpp"
#include "assay/records/control.hpp"
#include "assay/records/fidelity.hpp"
#include "assay/records/question.hpp"
#include "assay/records/told_tokens.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/verdict.hpp"

namespace assay::store {

/// A resolved plan as it was run. `created_at` is the caller's text, here and everywhere below: the
/// store has no clock.
struct PlanRecord {
    std::string sha256;  ///< of `json`
    std::string json;
    double margin = 0;
    double alpha = 0;
    std::string created_at;
    std::int64_t n_questions = 0;
};

/// Margin and alpha that were in force when the run's first verdict was stored. A later plan with
/// other values is exploratory.
struct FrozenAnalysis {
    double margin = 0;
    double alpha = 0;
};

/// What an engine process told of itself while it answered with one model file. One process may be
/// saved more than once.
struct EngineSession {
    std::string model_sha256;
    EngineInfo engine;
    int n_parallel = 0;
    std::uint64_t peak_memory_bytes = 0;  ///< so far; 0: not measured
    std::string saved_at;
    std::int64_t n_checked = 0;  ///< independence check: answers made once more, alone
    std::int64_t n_equal = 0;    ///< of those, equal to the bit
    double load_ms = 0;          ///< that the model took to load; 0: not measured
};

struct AnswerRow {
    std::string key;  ///< hash of all that the answer depends on
    std::string variant_name;
    std::string model_sha256;
    Answer answer;
    std::string created_at;
};

/// What a variant's reading of a baseline's answer gave.
struct FidelityRecord {
    std::string baseline_key;  ///< of the answer that was read
    std::string variant_key;   ///< of the variant's own answer to the question
    AnswerFidelity fidelity;
    std::string created_at;
};

struct JudgeRow {
    std::string key;  ///< hash of the judge's identity
    std::string name;
    std::string identity_json;
};

struct VerdictRow {
    std::string item_id;  ///< of a comparison or a control
    std::string judge_key;
    std::string judge_name;
    Verdict verdict;  ///< read back with this item_id
    std::string created_at;
};

/// A file as it was when it was hashed.
struct FileHash {
    std::string path;
    std::uint64_t size_bytes = 0;
    std::string sha256;
};

/// What a table holds: as many rows, and a digest that any change of one of them changes.
struct TableContents {
    std::string table;
    std::int64_t n_rows = 0;
    std::string digest;  ///< 64 hexadecimal digits
    friend bool operator==(const TableContents&, const TableContents&) = default;
};

class Store {
 public:
    /// Opens the run for writing; makes folder and file where they are missing and brings an older
    /// file up to date. Holds an exclusive lock on `run_dir/assay.lock` until it is destroyed: a
    /// second open, by whichever process, is refused.
    [[nodiscard]] static std::unique_ptr<Store> open(const std::filesystem::path& run_dir);
    /// Opens an existing run for reading, as it is at this moment: what another process adds later
    /// is not seen. Takes no lock and works while another process writes. No run there: Error
    /// kUsage.
    [[nodiscard]] static std::unique_ptr<Store> open_read_only(
        const std::filesystem::path& run_dir);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // Plans, in the order in which they were run.

    /// Appends to the history, unless the latest plan is the same one. Values of a known hash are
    /// replaced.
    void save_plan(const PlanRecord& plan);
    /// Oldest first. A plan that was run, replaced, and run again stands there twice.
    [[nodiscard]] std::vector<PlanRecord> plans() const;
    [[nodiscard]] std::optional<PlanRecord> latest_plan() const;
    /// To be called before the first verdict is saved. Stores the values only if there are none
    /// yet.
    void freeze_analysis(double margin, double alpha);
    [[nodiscard]] std::optional<FrozenAnalysis> frozen_analysis() const;

    /// The hash of a file, remembered by path, size and modification time, so that gigabytes are
    /// not read again.
    [[nodiscard]] std::optional<std::string> known_file_hash(std::string_view path,
                                                             std::uint64_t size_bytes,
                                                             std::int64_t mtime_ns) const;
    /// Replaces what was known of `path`.
    void remember_file_hash(std::string_view path,
                            std::uint64_t size_bytes,
                            std::int64_t mtime_ns,
                            std::string_view sha256);

    // What belongs to a plan; the plan is saved first.

    /// All questions of the plan, in one transaction; replaces those that were stored for it. The
    /// order is kept.
    void save_questions(std::string_view plan_sha256, std::span<const Question> questions);
    [[nodiscard]] std::vector<Question> questions(std::string_view plan_sha256) const;
    /// Replaces a variant of that name or position in the plan.
    void save_variant(std::string_view plan_sha256, const Variant& variant, int position);
    /// By position.
    [[nodiscard]] std::vector<Variant> variants(std::string_view plan_sha256) const;

    void save_session(const EngineSession& session);
    /// Oldest first.
    [[nodiscard]] std::vector<EngineSession> sessions(std::string_view model_sha256) const;

    // Answers. A failed one (StopReason::kFailed) is an answer too: an observation.

    [[nodiscard]] bool has_answer(std::string_view key) const;
    /// Those of the keys for which no answer is stored, in the given order. A failed answer is not
    /// missing.
    [[nodiscard]] std::vector<std::string> missing_answers(std::span<const std::string> keys) const;
    /// An answer is never overwritten: where the key is known, nothing happens. Only a failed one
    /// gives way to a later attempt, as long as no comparison was drawn with it.
    void save_answer(const AnswerRow& row);
    [[nodiscard]] std::optional<AnswerRow> answer(std::string_view key) const;
    /// All, by key.
    [[nodiscard]] std::vector<AnswerRow> answers() const;

    // Fidelity. The baseline's answer is saved first; the variant's may come later.

    /// In one transaction. Where there is one of these two keys, nothing happens. It has tokens,
    /// and all its numbers are finite.
    void save_fidelity(const FidelityRecord& record);
    [[nodiscard]] std::optional<AnswerFidelity> fidelity(std::string_view baseline_key,
                                                         std::string_view variant_key) const;
    [[nodiscard]] bool has_fidelity(std::string_view baseline_key,
                                    std::string_view variant_key) const;

    // What a server told of an answer's tokens. The answer is saved first.

    /// In one transaction. Where there is something of this answer, nothing happens. There are
    /// tokens, and all logarithms are finite.
    void save_told_tokens(std::string_view answer_key, std::span<const ToldToken> tokens);
    /// Empty: nothing was told.
    [[nodiscard]] std::vector<ToldToken> told_tokens(std::string_view answer_key) const;

    // Comparisons. Both answers are saved first. A side is stored when it is drawn and never drawn
    // again.

    /// All in one transaction. Ids that are known are left as they are.
    void save_comparisons(std::span<const Comparison> comparisons);
    [[nodiscard]] std::optional<Comparison> comparison(std::string_view id) const;
    /// Those that exist, in the order of `ids`.
    [[nodiscard]] std::vector<Comparison> comparisons(std::span<const std::string> ids) const;
    /// All, by id.
    [[nodiscard]] std::vector<Comparison> comparisons() const;

    // Controls. Both answers are saved first.

    /// All in one transaction. Ids that are known are left as they are.
    void save_controls(std::span<const Control> controls);
    /// All, by kind and rank.
    [[nodiscard]] std::vector<Control> controls() const;

    // Verdicts, of comparisons and of controls (items). The judge and the item are saved first.

    /// Replaces name and identity of a known key.
    void save_judge(std::string_view judge_key,
                    std::string_view name,
                    std::string_view identity_json);
    /// By key.
    [[nodiscard]] std::vector<JudgeRow> judges() const;
    /// Appends to the history of (item, judge) and becomes the current verdict.
    void save_verdict(const VerdictRow& row);
    /// The current one: the last that was saved and not set aside.
    [[nodiscard]] std::optional<VerdictRow> verdict(std::string_view item_id,
                                                    std::string_view judge_key) const;
    /// All current ones of a judge, by item id.
    [[nodiscard]] std::vector<VerdictRow> verdicts(std::string_view judge_key) const;
    /// The model version of the judge's oldest current verdict that names one; empty: none does.
    [[nodiscard]] std::string first_model_version(std::string_view judge_key) const;
    /// Every attempt, oldest first, those that were set aside included.
    [[nodiscard]] std::vector<VerdictRow> verdict_history(std::string_view item_id,
                                                          std::string_view judge_key) const;
    /// Those of the items without a current verdict, or whose current one is ERROR; in the given
    /// order.
    [[nodiscard]] std::vector<std::string> to_judge(std::span<const std::string> item_ids,
                                                    std::string_view judge_key) const;
    /// For --rejudge: no verdict of this judge is current any more. The history is kept.
    void set_aside_verdicts(std::string_view judge_key);

    // Small facts of the run that have no table of their own.

    /// Replaces the value of a known key.
    void put_note(std::string_view key, std::string_view value);
    [[nodiscard]] std::optional<std::string> note(std::string_view key) const;

    // Whether another hand changed the file (store/contents.cpp), and whether the run's other files
    // are of its present state.

    /// What SQLite finds wrong with the file, and rows that refer to none; empty: nothing.
    [[nodiscard]] std::vector<std::string> damage() const;
    /// What each table holds, by name. Reads everything.
    [[nodiscard]] std::vector<TableContents> contents() const;
    /// What each table held after assay's last write, by name. Empty for a run that only an earlier
    /// assay wrote to, which kept no account.
    [[nodiscard]] std::vector<TableContents> contents_as_written() const;
    /// How many rows were there already when the account was begun: of them only later changes are
    /// seen. 0 for a run that was begun by this assay.
    [[nodiscard]] std::int64_t n_rows_before_account() const;
    /// The report and the study's files were written from what is stored now.
    void note_files_written(std::string_view rules);
    /// `rules` of the last note_files_written(); empty: it was never called, or by an assay that
    /// did not say so.
    [[nodiscard]] std::optional<std::string> rules_of_files() const;
    /// Whether nothing was stored since note_files_written(); empty: it was never called.
    [[nodiscard]] std::optional<bool> files_are_current() const;

    /// Every file that was hashed, by path.
    [[nodiscard]] std::vector<FileHash> file_hashes() const;

 private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace assay::store
