#include "assay/config/panel_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/config/draft_step.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

/// All that a verdict depends on, as far as the plan says it. The same model file under two paths,
/// or one address written in two ways, is found when the judges are made.
std::vector<std::string> identity_of(const JudgeSpec& judge) {
    std::vector<std::string> out{judge.provider};
    const auto add = [&](const Setting& setting, const auto& field, const auto&) {
        out.push_back(fmt::format("{} {}", setting.key, field));
    };
    visit_shown(judge, add);
    if (const ReplySettings* replies = judge.replies()) {
        out.push_back(replies->model);
        out.push_back(replies->prompt_template);
        visit_replies(*replies, add);
        visit_tags(*replies, add);
    }
    if (judge.kind() == JudgeKind::kApi) {
        out.push_back(judge.api().url);
    }
    if (judge.kind() == JudgeKind::kEmbedded) {
        out.push_back(judge.embedded().file);
        visit_embedded_judge(judge.embedded(), add);
    }
    return out;
}

class PanelCheck : DraftStep {
 public:
    using DraftStep::DraftStep;

    void run() {
        if (!plan_.judging.panel) {
            return;
        }
        if (plan_.judges.size() < 2) {
            add("judging.panel",
                fmt::format("a panel needs two judges or more, and {}",
                            plan_.judges.empty() || !written("judges")
                                ? "none is named"
                                : fmt::format("{} is the only one", plan_.judges.front().name)),
                "Name further judges (judges, or --judge several times), or leave the panel out.");
        }
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            check_member(i);
        }
        if (plan_.analysis.stopping == "group-sequential") {
            add("analysis.stopping",
                "group-sequential has no boundaries for a panel, whose questions have several "
                "verdicts",
                "Say hybrid or none: a panel does not stop early.");
        }
    }

 private:
    void check_member(std::size_t i) {
        const JudgeSpec& judge = plan_.judges[i];
        if (judge.name.empty()) {
            return;  // was reported
        }
        const std::string key = fmt::format("judges[{}]", i);
        const std::string way_out =
            "Leave it out, or leave the panel out: then the first judge "
            "decides, and the others are shown beside it.";
        if (judge.kind() == JudgeKind::kMetric && (written("judges") || i > 0)) {
            add(key,
                fmt::format("{} is a metric, which reads no meaning, so it cannot have the weight "
                            "of a judge in a panel",
                            judge.name),
                way_out);
        }
        if (judge.kind() == JudgeKind::kByHand) {
            add(key,
                fmt::format("{} judges by hand (provider {}), so nobody can tell whether it is one "
                            "of the others, and it cannot be a member of a panel",
                            judge.name,
                            judge.provider),
                way_out);
        }
        if (to_lower_ascii(judge.name) == kPanelName) {
            add(key,
                fmt::format("a judge is called {}, as the panel itself is", judge.name),
                "Give the judge another name.");
        }
        refuse_twice(i, key);
    }

    void refuse_twice(std::size_t i, const std::string& key) {
        const auto own = identity_of(plan_.judges[i]);
        for (std::size_t before = 0; before < i; ++before) {
            if (identity_of(plan_.judges[before]) == own) {
                add(key,
                    fmt::format("{} is the same judge as {}, so its verdicts would count twice",
                                plan_.judges[i].name,
                                plan_.judges[before].name),
                    "Name it once.");
                return;
            }
        }
    }
};

}  // namespace

void check_panel(Draft& draft, Problems& problems) {
    PanelCheck(draft, problems).run();
}

}  // namespace assay::config
