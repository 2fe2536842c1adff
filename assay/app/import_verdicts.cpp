#include "assay/app/import_verdicts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "assay/app/batch_targets.hpp"
#include "assay/app/hand_judged_run.hpp"
#include "assay/app/said_verdicts.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/judge/batch_reply.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/note_shown.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;

/// What is to be saved, of what was said: not what is stored already. A verdict that would change
/// without leave is a problem.
std::vector<const SaidVerdict*> to_save(const HandJudgedRun& run,
                                        const store::Store& store,
                                        const SaidVerdicts& collected,
                                        bool replace,
                                        ImportedVerdicts& summary,
                                        ImportProblems& problems) {
    std::vector<const SaidVerdict*> out;
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

void save(HandJudgedRun& run, const std::vector<const SaidVerdict*>& verdicts) {
    if (verdicts.empty()) {
        return;
    }
    run::freeze_design(run.store(), run.analysis(), run.stored().plan.generation);
    run::UnboundVerdicts unbound = run.stored().judge(run.judge().name).unbound;
    for (const SaidVerdict* said : verdicts) {
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
    for (const SaidVerdict* said : verdicts) {
        run.store().save_verdict(
            {said->target.id, run.judge().key, run.judge().name, said->verdict, utc_now()});
    }
}

}  // namespace

ImportedVerdicts import_verdicts(const ImportOptions& options) {
    HandJudgedRun run(options.run_dir, options.judge);
    ImportProblems problems;
    ImportedVerdicts out;
    out.judge = run.judge().name;
    if (options.mappings.empty() && run.batches().empty()) {
        throw_usage(fmt::format("no batch was exported for judge {}", run.judge().name),
                    options.run_dir,
                    "Export them with `assay export batches`, or name the mapping of what was "
                    "judged with --mapping.");
    }
    const BatchTargets targets = batch_targets_of(run, options.mappings, problems);
    problems.throw_if_any();  // with a stale mapping no reply can be read
    SaidVerdicts collected(run, targets, options.mappings.empty(), problems);
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
            collected.add(evaluation, file, options.model_version);
        }
    }
    out.unread.insert(out.unread.end(), collected.unread().begin(), collected.unread().end());
    const std::vector<const SaidVerdict*> verdicts = to_save(
        run, run.store(), collected, options.replace, out, problems);
    problems.throw_if_any();
    if (collected.all().empty()) {
        throw_usage(fmt::format("there is no verdict in {}{}{}",
                                fmt::join(options.files, ", "),
                                out.unread.empty() ? "" : ":\n  ",
                                fmt::join(out.unread, "\n  ")));
    }
    save(run, verdicts);

    run::StoredRun stored(run.store(), run.stored().record.sha256);
    const report::ReportModel model = run::report_to_show(run.store(), stored);
    run::write_artifacts(stored, model, options.run_dir);
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
