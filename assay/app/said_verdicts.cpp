#include "assay/app/said_verdicts.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/records/names.hpp"
#include "assay/run/study_rows.hpp"

namespace assay::app {
namespace {

using exchange::BatchPlace;

VerdictState turned(VerdictState state) {
    switch (state) {
        case VerdictState::kA: return VerdictState::kB;
        case VerdictState::kB: return VerdictState::kA;
        default: return state;
    }
}
std::string_view as_shown(const SaidVerdict& said) {
    return name_of(said.target.turned ? turned(said.verdict.state) : said.verdict.state);
}

Verdict verdict_of(const judge::BatchEvaluation& evaluation,
                   const BatchTarget& target,
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

}  // namespace

void SaidVerdicts::add(const judge::BatchEvaluation& evaluation,
                       const std::string& file,
                       const std::string& model_version) {
    const auto found = find(evaluation, file);
    if (found == targets_.end()) {
        return;
    }
    const BatchTarget& target = found->second;
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
    SaidVerdict said{verdict_of(evaluation, target, model_version), target, where};
    if (evaluation.winner == (evaluation.state == VerdictState::kA ? target.as_b : target.as_a) &&
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

BatchTargets::const_iterator SaidVerdicts::find(const judge::BatchEvaluation& evaluation,
                                                const std::string& file) {
    if (!evaluation.batch) {
        problems_.add(
            fmt::format("{}: nothing says which batch the reply is of. Name the file after it "
                        "(batch_01_reply.txt), or write the line batch_01 above the reply",
                        file));
        return targets_.end();
    }
    const int batch = evaluation.batch->number;
    const auto first = targets_.lower_bound({batch, 0}), end = targets_.lower_bound({batch + 1, 0});
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
        problems_.add(
            fmt::format("{}: an evaluation in the reply to {} does not say of which example it is",
                        file,
                        exchange::batch_name(batch)));
    } else if (found == targets_.end()) {
        problems_.add(fmt::format(
            "{}: {} has no example {}", file, exchange::batch_name(batch), *evaluation.example));
    }
    return found;
}

const judge::ShownText& SaidVerdicts::shown_in(int batch) {
    if (const auto known = shown_.find(batch); known != shown_.end()) {
        return known->second;
    }
    std::string texts;
    for (auto target = targets_.lower_bound({batch, 0});
         target != targets_.end() && target->first.first == batch;
         ++target) {
        const BatchTarget& item = target->second;
        if (item.comparison != nullptr) {
            texts += judge::all_texts(run::blinded(run_.stored(), *item.comparison)) + "\n";
        }
        if (item.control != nullptr) {
            texts += judge::all_texts(run::blinded(run_.stored(), *item.control)) + "\n";
        }
    }
    return shown_.emplace(batch, judge::ShownText(texts)).first->second;
}

}  // namespace assay::app
