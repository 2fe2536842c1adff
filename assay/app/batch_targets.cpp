#include "assay/app/batch_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/exchange/outcome_collector.hpp"
#include "assay/intake/encoding.hpp"

namespace assay::app {
namespace {

namespace fs = std::filesystem;
using exchange::BatchPlace;
using exchange::StudyItem;

/// Knows the items of the present plan, and finds those that a mapping means.
class TargetFinder {
 public:
    TargetFinder(const HandJudgedRun& run, ImportProblems& problems)
        : run_(run), problems_(problems) {
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

    [[nodiscard]] BatchTargets exported() const {
        BatchTargets out;
        for (std::size_t b = 0; b < run_.batches().size(); ++b) {
            for (std::size_t i = 0; i < run_.batches()[b].size(); ++i) {
                out.emplace(std::pair(static_cast<int>(b) + 1, static_cast<int>(i) + 1),
                            of_id(run_.batches()[b][i]));
            }
        }
        return out;
    }

    void add_mapping(const std::string& file, BatchTargets& out) {
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
    [[nodiscard]] BatchTarget of_id(const std::string& id) const {
        if (const auto item = items_.find(id); item != items_.end()) {
            return of_item(*item->second);
        }
        if (const auto control = controls_.find(id); control != controls_.end()) {
            return {.id = id, .task_id = {}, .as_a = {}, .as_b = {}, .control = control->second};
        }
        return {};
    }

    [[nodiscard]] BatchTarget of_item(const StudyItem& item) const {
        const Comparison& comparison = item.comparison;
        const bool variant_first = comparison.variant_is_a;
        return {.id = comparison.id,
                .task_id = comparison.question_id,
                .as_a = variant_first ? comparison.variant : item.baseline,
                .as_b = variant_first ? item.baseline : comparison.variant,
                .needs_call = exchange::needs_call(comparison),
                .comparison = &comparison};
    }

    BatchTarget of_entry(const exchange::MappingEntry& entry, const std::string& where) {
        const bool is_control = !entry.control_id.empty();
        if (!is_control && entry.comparison_id.empty()) {
            return of_names(entry, where);
        }
        BatchTarget target = of_id(is_control ? entry.control_id : entry.comparison_id);
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
    BatchTarget of_names(const exchange::MappingEntry& entry, const std::string& where) {
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
            const bool another = entry.sample && item->sample && *entry.sample != *item->sample;
            if (a_is_it == b_is_it || another) {
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
        if (!entry.sample && meant.front()->sample) {
            problems_.add(
                fmt::format("{}: nothing tells which of the samples of question {} is meant; give "
                            "each row of the mapping its `sample`, from 0",
                            where,
                            shorten(entry.task_id, 60)));
            return {};
        }
        // With both orders the one that was shown.
        const auto same_side = std::find_if(meant.begin(), meant.end(), [&](const StudyItem* item) {
            return item->comparison.variant_is_a == variant_first;
        });
        const StudyItem& item = same_side == meant.end() ? *meant.front() : **same_side;
        BatchTarget target = of_item(item);
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
    ImportProblems& problems_;
    std::map<std::string, const StudyItem*> items_;
    std::map<std::string, std::vector<const StudyItem*>> of_question_;
    std::map<std::string, const Control*> controls_;
};

}  // namespace

void ImportProblems::add(const std::string& sentence) {
    if (std::find(all_.begin(), all_.end(), sentence) == all_.end()) {
        all_.push_back(sentence);
    }
}

void ImportProblems::throw_if_any() const {
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

std::string words_of(BatchPlace place) {
    return fmt::format("{} example {}", exchange::batch_name(place.batch), place.example);
}

BatchTargets batch_targets_of(const HandJudgedRun& run,
                              std::span<const std::string> mappings,
                              ImportProblems& problems) {
    TargetFinder finder(run, problems);
    if (mappings.empty()) {
        return finder.exported();
    }
    BatchTargets out;
    for (const std::string& file : mappings) {
        finder.add_mapping(file, out);
        const fs::path controls = fs::path(file).parent_path() / "controls" / "batch_mapping.json";
        if (fs::exists(controls)) {
            finder.add_mapping(controls.string(), out);
        }
    }
    return out;
}

}  // namespace assay::app
