#include "assay/app/next_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <optional>

#include "assay/app/plan_flags.hpp"
#include "assay/base/result.hpp"
#include "assay/base/shell_word.hpp"
#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/run/verdict_variance.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

/// Set by the step itself.
constexpr const char* kSamplesFlag = "--samples";
constexpr const char* kOrdersFlag = "--both-orders";

/// What the step's command must not repeat: asking anew, forms of output, and what makes another
/// exit code of an exploratory decision.
bool is_of_the_first_run(const CLI::Option& option) {
    constexpr std::array kNames{"rejudge", "json", "accept-exploratory", "gate", "fail-exit-code"};
    return std::any_of(
        kNames.begin(), kNames.end(), [&](const char* name) { return option.check_lname(name); });
}

bool can_be_copied(const std::string& word) {
    return to_valid_utf8(word) == word && std::none_of(word.begin(), word.end(), [](char c) {
               return (c >= 0 && c < ' ') || c == '\x7f';
           });
}

void add_words(std::vector<std::string>& out, const CLI::Option& option) {
    const std::string name = option.get_name();
    if (option.get_items_expected_max() == 0) {
        out.push_back(name);
        return;
    }
    std::vector<std::string> values;
    for (const std::string& value : option.results()) {
        if (option.get_delimiter() != '\0' && !values.empty()) {
            values.back() += option.get_delimiter() + value;
        } else {
            values.push_back(value);
        }
    }
    for (std::string& value : values) {
        if (option.get_positional()) {
            out.push_back(std::move(value));
        } else if (value.empty()) {
            out.push_back(name);
            out.emplace_back();
        } else {
            out.push_back(name + "=" + value);
        }
    }
}

bool any_inconclusive(const report::ReportModel& model) {
    const auto deciding = report::deciding_comparisons(model);
    return std::any_of(deciding.begin(), deciding.end(), [](const auto* comparison) {
        return comparison->analysis.decision.label == DecisionLabel::kInconclusive;
    });
}

std::optional<NextStep> step_of(const Plan& plan, const report::ReportModel& model) {
    const auto store = store::Store::open_read_only(plan.run_dir);
    return run::next_step_of(run::StoredRun(*store, model.experiment.plan_sha256), model);
}

std::string sentence_of(const NextStep& step) {
    const std::string confirm = fmt::format(
        "new ones in a run of their own confirm, with the design fixed beforehand: {}",
        step.to_confirm);
    if (step.same) {
        return fmt::format(
            "next step: {}. Added to questions whose decision was shown, either is exploratory "
            "(exit code 6, nothing is recommended); {}.",
            step.words,
            confirm);
    }
    return fmt::format(
        "next step: {}. Added to this run they are exploratory; {}.{} The plan of "
        "these:",
        step.words,
        confirm,
        step.no_samples.empty() ? "" : fmt::format(" (Note: {}.)", step.no_samples));
}

}  // namespace

std::vector<std::string> words_given(const CLI::App& command,
                                     const std::function<bool(const CLI::Option&)>& keep) {
    std::vector<std::string> out;
    for (const CLI::Option* option :
         command.get_options([&](const CLI::Option* o) { return o->count() > 0 && keep(*o); })) {
        add_words(out, *option);
    }
    return out;
}

std::string command_to_copy(const std::string& subcommand, const std::vector<std::string>& words) {
    std::string out = "assay " + subcommand;
    for (const std::string& word : words) {
        if (!can_be_copied(word)) {
            return "";
        }
        out += " " + shell_word(word);
    }
    return out;
}

GivenWords words_for_next_step(const CLI::App& run_command) {
    CLI::App plan_command;
    PlanFlags unused;
    add_plan_flags(plan_command, unused);
    GivenWords out;
    out.of_run = words_given(run_command, [](const CLI::Option& option) {
        return !is_of_the_first_run(option) && option.get_name() != kSamplesFlag &&
               option.get_name() != kOrdersFlag;
    });
    out.of_plan = words_given(run_command, [&](const CLI::Option& option) {
        return plan_command.get_option_no_throw(option.get_name()) != nullptr;
    });
    return out;
}

std::string next_step_text(const Plan& plan,
                           const report::ReportModel& model,
                           const GivenWords& words,
                           int width) {
    if (!any_inconclusive(model)) {
        return "";
    }
    std::optional<NextStep> found;
    try {
        found = step_of(plan, model);
    } catch (const Error& error) {
        // What was decided stands, whatever has become of the directory since.
        return fmt::format("next step: not known ({})\n", error.what());
    }
    if (!found) {
        return "";
    }
    const NextStep& step = *found;
    std::string out;
    for (const std::string& line :
         report::wrap(sentence_of(step), static_cast<std::size_t>(std::max(width, 40)))) {
        out += line + "\n";
    }
    std::vector<std::string> command = words.of_plan;
    if (step.same) {
        command = words.of_run;
        if (step.same->n_samples > 1) {
            command.push_back(fmt::format("{}={}", kSamplesFlag, step.same->n_samples));
        }
        if (plan.judging.both_orders || step.same->both_orders) {
            command.emplace_back(kOrdersFlag);
        }
    }
    const std::string to_copy = command_to_copy(step.same ? "run" : "plan", command);
    return out + (to_copy.empty() ? "" : to_copy + "\n");
}

}  // namespace assay::app
