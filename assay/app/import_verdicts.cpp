#include "assay/app/import_verdicts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>

#include "assay/app/hand_judged_run.hpp"
#include "assay/app/judging.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/judge/batch_reply.hpp"
#include "assay/judge/parse.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/records/names.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/note_shown.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;
using exchange::BatchPlace;
using exchange::StudyItem;

std::string words_of(BatchPlace place) {
    return fmt::format("{} example {}", exchange::batch_name(place.batch), place.example);
}

/// What one item of a batch is.
struct Target {
    std::string id;  ///< of a comparison or control; empty: it is not of the present plan
    std::string task_id;
    std::string as_a, as_b;
    bool needs_call = true;
    bool unbound = false;
    bool turned = false;                     ///< the judge was shown B as A
    const Comparison* comparison = nullptr;  ///< one of the two, unless `id` is empty
    const Control* control = nullptr;
};
using Targets = std::map<std::pair<int, int>, Target>;

/// Sentences, each once, in the order in which they came.
class Problems {
 public:
    void add(const std::string& sentence) {
        if (std::find(all_.begin(), all_.end(), sentence) == all_.end()) {
            all_.push_back(sentence);
        }
    }
    void throw_if_any() const {
        if (all_.empty()) {
            return;
        }
        constexpr std::size_t kShown = 20;
        std::string text = "nothing was imported:";
        for (std::size_t i = 0; i < std::min(all_.size(), kShown); ++i) {
            text += "\n  " + all_[i];
        }
        if (all_.size() > kShown) {
            text += fmt::format("\n  and {} more", all_.size() - kShown);
        }
        throw_usage(text);
    }

 private:
    std::vector<std::string> all_;
};

/// Knows the items of the present plan, and finds those that a mapping means.
class TargetFinder {
 public:
    TargetFinder(const HandJudgedRun& run, Problems& problems) : run_(run), problems_(problems) {
        for (const HandJudgedRun::Stream& stream : run.variants()) {
            for (const StudyItem& item : stream.items) {
                items_.emplace(item.comparison.id, &item);
                of_question_[item.comparison.question_id].push_back(&item);
            }
            for (const exchange::StudyControl& control : stream.controls) {
                controls_.emplace(control.control.id, &control.control);
            }
        }
    }

    [[nodiscard]] Targets exported() const {
        Targets out;
        for (std::size_t b = 0; b < run_.batches().size(); ++b) {
            for (std::size_t i = 0; i < run_.batches()[b].size(); ++i) {
                out.emplace(std::pair(static_cast<int>(b) + 1, static_cast<int>(i) + 1),
                            of_id(run_.batches()[b][i]));
            }
        }
        return out;
    }

    void add_mapping(const std::string& file, Targets& out) {
        const auto text = intake::read_text_file(file);
        if (!text) {
            throw Error(ErrorKind::kUsage, text.error());
        }
        const auto entries = exchange::read_batch_mapping(*text);
        if (!entries) {
            throw_usage(entries.error().message, file);
        }
        for (const exchange::MappingEntry& entry : *entries) {
            const std::string where = fmt::format("{}, {}", file, words_of(entry.place));
            if (!out.emplace(std::pair(entry.place.batch, entry.place.example),
                             of_entry(entry, where))
                     .second) {
                problems_.add(where + ": another mapping has it, too");
            }
        }
    }

 private:
    [[nodiscard]] Target of_id(const std::string& id) const {
        if (const auto item = items_.find(id); item != items_.end()) {
            return of_item(*item->second);
        }
        if (const auto control = controls_.find(id); control != controls_.end()) {
            return {.id = id, .task_id = {}, .as_a = {}, .as_b = {}, .control = control->second};
        }
        return {};
    }

    [[nodiscard]] Target of_item(const StudyItem& item) const {
        const Comparison& comparison = item.comparison;
        const bool variant_first = comparison.variant_is_a;
        return {.id = comparison.id,
                .task_id = comparison.question_id,
                .as_a = variant_first ? comparison.variant : item.baseline,
                .as_b = variant_first ? item.baseline : comparison.variant,
                .needs_call = exchange::needs_call(comparison),
                .comparison = &comparison};
    }

    Target of_entry(const exchange::MappingEntry& entry, const std::string& where) {
        const bool is_control = !entry.control_id.empty();
        if (!is_control && entry.comparison_id.empty()) {
            return of_names(entry, where);
        }
        Target target = of_id(is_control ? entry.control_id : entry.comparison_id);
        const auto item = items_.find(target.id);
        if (target.id.empty() || (item != items_.end() && item->second->comparison.answers_sha256 !=
                                                              entry.answers_sha256)) {
            problems_.add(where +
                          ": the mapping is stale: it is bound to answers that this run does not "
                          "compare (any more). Export the batches again");
        } else if (item != items_.end() &&
                   (target.as_a != entry.as_a || target.as_b != entry.as_b)) {
            problems_.add(
                fmt::format("{}: the mapping is stale: it says that {} was shown as A, and this "
                            "run shows {}. Export the batches again",
                            where,
                            shorten(entry.as_a, 60),
                            target.as_a));
        }
        return target;
    }

    /// The study's own mapping: by task_id and the two names.
    Target of_names(const exchange::MappingEntry& entry, const std::string& where) {
        const auto found = of_question_.find(entry.task_id);
        if (found == of_question_.end()) {
            problems_.add(fmt::format("{}: this run compares no answers to a question {}",
                                      where,
                                      shorten(entry.task_id, 60)));
            return {};
        }
        std::vector<const StudyItem*> meant;
        bool variant_first = false;
        for (const StudyItem* item : found->second) {
            const bool a_is_it = is_variant(entry.as_a, *item) && is_baseline(entry.as_b, *item),
                       b_is_it = is_variant(entry.as_b, *item) && is_baseline(entry.as_a, *item);
            if (a_is_it == b_is_it) {
                continue;
            }
            variant_first = a_is_it;
            meant.push_back(item);
        }
        if (meant.empty()) {
            problems_.add(
                fmt::format("{}: nothing tells which of {} and {} is the baseline {} and which a "
                            "variant of this run",
                            where,
                            shorten(entry.as_a, 60),
                            shorten(entry.as_b, 60),
                            run_.baseline()));
            return {};
        }
        // With both orders the one that was shown.
        const auto same_side = std::find_if(meant.begin(), meant.end(), [&](const StudyItem* item) {
            return item->comparison.variant_is_a == variant_first;
        });
        const StudyItem& item = same_side == meant.end() ? *meant.front() : **same_side;
        Target target = of_item(item);
        target.unbound = true;
        target.turned = same_side == meant.end();
        target.as_a = entry.as_a;
        target.as_b = entry.as_b;
        return target;
    }

    [[nodiscard]] static bool same_name(const std::string& a, const std::string& b) {
        return to_lower_ascii(slug(a)) == to_lower_ascii(b);
    }
    /// By its name; where the run has one variant only, by the look of a quantized model's name.
    [[nodiscard]] bool is_variant(const std::string& name, const StudyItem& item) const {
        return same_name(name, item.comparison.variant) ||
               (run_.variants().size() == 1 && !same_name(name, item.baseline) &&
                exchange::look_of(name) == exchange::NameLook::kQuantized);
    }
    [[nodiscard]] static bool is_baseline(const std::string& name, const StudyItem& item) {
        return same_name(name, item.baseline) ||
               (!same_name(name, item.comparison.variant) &&
                exchange::look_of(name) == exchange::NameLook::kFullPrecision);
    }

    const HandJudgedRun& run_;
    Problems& problems_;
    std::map<std::string, const StudyItem*> items_;
    std::map<std::string, std::vector<const StudyItem*>> of_question_;
    std::map<std::string, const Control*> controls_;
};

/// A verdict that was read, and where.
struct Said {
    Verdict verdict;
    Target target;
    std::string where;  ///< "reply.txt, batch_01 example 3"
};

/// Brings what the replies say to the items that they mean.
class Collector {
 public:
    Collector(const HandJudgedRun& run,
              const Targets& targets,
              bool check_codes,
              Problems& problems)
        : run_(run), targets_(targets), check_codes_(check_codes), problems_(problems) {}

    void add(const judge::BatchEvaluation& evaluation,
             const std::string& file,
             const std::string& model_version) {
        const auto found = find(evaluation, file);
        if (found == targets_.end()) {
            return;
        }
        const Target& target = found->second;
        const BatchPlace place{found->first.first, found->first.second};
        const std::string where = fmt::format("{}, {}", file, words_of(place));
        if (target.id.empty()) {
            if (check_codes_) {
                problems_.add(
                    fmt::format("{}: {} is stale: it was exported with answers that this run does "
                                "not compare any more. Export the batches again",
                                file,
                                exchange::batch_name(place.batch)));
            }
            return;
        }
        if (!evaluation.task_id.empty() && !target.task_id.empty() &&
            evaluation.task_id != target.task_id) {
            problems_.add(fmt::format("{}: the reply is on question {}, and the mapping says {}",
                                      where,
                                      shorten(evaluation.task_id, 60),
                                      shorten(target.task_id, 60)));
            return;
        }
        if (shown_in(place.batch).holds(evaluation.object)) {
            unread_.push_back(fmt::format(
                "{}: the evaluation is a piece of what the judge was shown, cited and not its own",
                where));
            return;
        }
        Said said{verdict_of(evaluation, target, model_version), target, where};
        if (evaluation.winner ==
                (evaluation.state == VerdictState::kA ? target.as_b : target.as_a) &&
            (evaluation.state == VerdictState::kA || evaluation.state == VerdictState::kB) &&
            target.as_a != target.as_b) {
            problems_.add(fmt::format("{}: verdict {} and winner_model {} contradict each other",
                                      where,
                                      name_of(evaluation.state),
                                      shorten(evaluation.winner, 60)));
            return;
        }
        const auto before = all_.find(target.id);
        if (before != all_.end() && before->second.verdict.state != said.verdict.state) {
            problems_.add(fmt::format("{} says {}, and {} says {}: two verdicts on one item",
                                      before->second.where,
                                      as_shown(before->second),
                                      where,
                                      as_shown(said)));
            return;
        }
        all_.insert_or_assign(target.id, std::move(said));
    }

    /// By item id.
    [[nodiscard]] const std::map<std::string, Said>& all() const { return all_; }
    /// Sentences: evaluations that were not taken.
    [[nodiscard]] const std::vector<std::string>& unread() const { return unread_; }

 private:
    [[nodiscard]] Targets::const_iterator find(const judge::BatchEvaluation& evaluation,
                                               const std::string& file) {
        if (!evaluation.batch) {
            problems_.add(
                fmt::format("{}: nothing says which batch the reply is of. Name the file after it "
                            "(batch_01_reply.txt), or write the line batch_01 above the reply",
                            file));
            return targets_.end();
        }
        const int batch = evaluation.batch->number;
        const auto first = targets_.lower_bound({batch, 0}),
                   end = targets_.lower_bound({batch + 1, 0});
        if (first == end) {
            problems_.add(fmt::format("{}: there is no {} of judge {}",
                                      file,
                                      exchange::batch_name(batch),
                                      run_.judge().name));
            return targets_.end();
        }
        if (check_codes_ && !evaluation.batch->code.empty()) {
            const std::string code = exchange::batch_code(
                batch, run_.batches()[static_cast<std::size_t>(batch) - 1]);
            if (!code.ends_with("-" + evaluation.batch->code)) {
                problems_.add(
                    fmt::format("{}: the reply is of another {} than this run exported: it repeats "
                                "the code {}, and the right one is {}",
                                file,
                                exchange::batch_name(batch),
                                evaluation.batch->code,
                                code.substr(code.find('-') + 1)));
                return targets_.end();
            }
        }
        if (!evaluation.example && std::distance(first, end) == 1) {
            return first;
        }
        const auto found = evaluation.example ? targets_.find({batch, *evaluation.example})
                                              : targets_.end();
        if (!evaluation.example) {
            problems_.add(fmt::format(
                "{}: an evaluation in the reply to {} does not say of which example it is",
                file,
                exchange::batch_name(batch)));
        } else if (found == targets_.end()) {
            problems_.add(fmt::format("{}: {} has no example {}",
                                      file,
                                      exchange::batch_name(batch),
                                      *evaluation.example));
        }
        return found;
    }

    /// The texts of a batch's items.
    const judge::ShownText& shown_in(int batch) {
        if (const auto known = shown_.find(batch); known != shown_.end()) {
            return known->second;
        }
        std::string texts;
        for (auto target = targets_.lower_bound({batch, 0});
             target != targets_.end() && target->first.first == batch;
             ++target) {
            const Target& item = target->second;
            if (item.comparison != nullptr) {
                texts += judge::all_texts(run::blinded(run_.stored(), *item.comparison)) + "\n";
            }
            if (item.control != nullptr) {
                texts += judge::all_texts(run::blinded(run_.stored(), *item.control)) + "\n";
            }
        }
        return shown_.emplace(batch, judge::ShownText(texts)).first->second;
    }

    static VerdictState turned(VerdictState state) {
        switch (state) {
            case VerdictState::kA: return VerdictState::kB;
            case VerdictState::kB: return VerdictState::kA;
            default: return state;
        }
    }
    static std::string_view as_shown(const Said& said) {
        return name_of(said.target.turned ? turned(said.verdict.state) : said.verdict.state);
    }

    static Verdict verdict_of(const judge::BatchEvaluation& evaluation,
                              const Target& target,
                              const std::string& model_version) {
        Verdict out;
        out.item_id = target.id;
        out.state = target.turned ? turned(evaluation.state) : evaluation.state;
        out.confidence = evaluation.confidence;
        out.reasoning = (target.turned ? "(What is A and B here, the judge was shown as B and A.) "
                                       : "") +
                        evaluation.reasoning;
        out.raw = evaluation.raw;
        out.failure = evaluation.failure;
        out.model_version = model_version;
        out.n_attempts = 1;
        return out;
    }

    const HandJudgedRun& run_;
    const Targets& targets_;
    bool check_codes_;
    Problems& problems_;
    std::map<int, judge::ShownText> shown_;
    std::map<std::string, Said> all_;
    std::vector<std::string> unread_;
};

Targets targets_of(const ImportOptions& options, const HandJudgedRun& run, Problems& problems) {
    TargetFinder finder(run, problems);
    if (options.mappings.empty()) {
        if (run.batches().empty()) {
            throw_usage(fmt::format("no batch was exported for judge {}", run.judge().name),
                        options.run_dir,
                        "Export them with `assay export batches`, or name the mapping of what was "
                        "judged with --mapping.");
        }
        return finder.exported();
    }
    Targets out;
    for (const std::string& file : options.mappings) {
        finder.add_mapping(file, out);
        const fs::path controls = fs::path(file).parent_path() / "controls" / "batch_mapping.json";
        if (fs::exists(controls)) {
            finder.add_mapping(controls.string(), out);
        }
    }
    return out;
}

/// What is to be saved, of what was said: not what is stored already. A verdict that would change
/// without leave is a problem.
std::vector<const Said*> to_save(const HandJudgedRun& run,
                                 const store::Store& store,
                                 const Collector& collected,
                                 bool replace,
                                 ImportedVerdicts& summary,
                                 Problems& problems) {
    std::vector<const Said*> out;
    for (const auto& [id, said] : collected.all()) {
        if (!said.target.needs_call) {
            ++summary.n_needless;
            continue;
        }
        const auto stored = store.verdict(id, run.judge().key);
        const bool has_one = stored && stored->verdict.state != VerdictState::kError;
        if (has_one && stored->verdict.state == said.verdict.state &&
            stored->verdict.confidence == said.verdict.confidence) {
            ++summary.n_unchanged;
            continue;
        }
        if (has_one && !replace) {
            problems.add(said.where +
                         ": the item has another verdict or confidence already. To put this one in "
                         "its place say --replace");
            continue;
        }
        ++(has_one ? summary.n_replaced : summary.n_new);
        summary.n_invalid += said.verdict.state == VerdictState::kInvalid;
        summary.n_unbound += said.target.unbound;
        out.push_back(&said);
    }
    return out;
}

void save(HandJudgedRun& run, const std::vector<const Said*>& verdicts) {
    if (verdicts.empty()) {
        return;
    }
    run::freeze_design(run.store(), run.analysis());
    run::UnboundVerdicts unbound = run.stored().judge(run.judge().name).unbound;
    for (const Said* said : verdicts) {
        const std::string& id = said->target.id;
        unbound.ids.erase(id);
        unbound.turned.erase(id);
        if (said->target.unbound) {
            unbound.ids.insert(id);
        }
        if (said->target.turned) {
            unbound.turned.insert(id);
        }
    }
    run::save_unbound(run.store(), run.judge().key, unbound);
    for (const Said* said : verdicts) {
        run.store().save_verdict(
            {said->target.id, run.judge().key, run.judge().name, said->verdict, utc_now()});
    }
}

}  // namespace

ImportedVerdicts import_verdicts(const ImportOptions& options) {
    HandJudgedRun run(options.run_dir, options.judge);
    Problems problems;
    ImportedVerdicts out;
    out.judge = run.judge().name;
    const Targets targets = targets_of(options, run, problems);
    problems.throw_if_any();  // with a stale mapping no reply can be read
    Collector collector(run, targets, options.mappings.empty(), problems);
    for (const std::string& file : options.files) {
        const auto text = intake::read_text_file(file);
        if (!text) {
            throw Error(ErrorKind::kUsage, text.error());
        }
        judge::BatchReplies replies = judge::read_batch_replies(
            *text, judge::batch_name_of_file(fs::path(file).filename().string()));
        for (const std::string& sentence : replies.contradictions) {
            problems.add(file + ": " + sentence);
        }
        for (const std::string& sentence : replies.unread) {
            out.unread.push_back(file + ": " + sentence);
        }
        for (const judge::BatchEvaluation& evaluation : replies.evaluations) {
            collector.add(evaluation, file, options.model_version);
        }
    }
    out.unread.insert(out.unread.end(), collector.unread().begin(), collector.unread().end());
    const std::vector<const Said*> verdicts = to_save(
        run, run.store(), collector, options.replace, out, problems);
    problems.throw_if_any();
    if (collector.all().empty()) {
        throw_usage(fmt::format("there is no verdict in {}{}{}",
                                fmt::join(options.files, ", "),
                                out.unread.empty() ? "" : ":\n  ",
                                fmt::join(out.unread, "\n  ")));
    }
    save(run, verdicts);

    run::StoredRun stored(run.store(), run.stored().record.sha256);
    const report::ReportModel model = run::report_to_show(run.store(), stored);
    run::write_artifacts(run::artifacts_of(stored, model), options.run_dir);
    for (const report::ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge != out.judge ||
            comparison.analysis.decision.label == DecisionLabel::kNotMeasured) {
            continue;
        }
        const std::size_t variant = stored.variant_index(comparison.analysis.variant);
        run::note_decision_shown(
            run.store(), run.judge().key, stored.judge(out.judge).asked[variant].in_order);
    }
    run.store().note_files_written(run::kReportRules);
    for (const std::string& reason : model.experiment.exploratory_reasons) {
        out.exploratory_reasons.push_back(to_valid_utf8(reason));
    }
    for (const HandJudgedRun::Stream& stream : run.variants()) {
        out.n_pending += static_cast<std::int64_t>(run.lacking(stream).size());
    }
    return out;
}

}  // namespace assay::app
