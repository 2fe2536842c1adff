#include "assay/run/frozen_judges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace assay::run {
namespace {

void add_verdicts(std::vector<std::string>& out,
                  const FrozenJudge& frozen,
                  const FrozenJudge& now) {
    std::size_t n = 0, n_others = 0;
    for (const auto& [id, state] : frozen.verdicts) {
        n += !state.empty();
        const auto found = now.verdicts.find(id);
        n_others += !state.empty() && found != now.verdicts.end() && found->second != state;
    }
    if (n_others > 0) {
        out.push_back(fmt::format("{} of {} verdict{} of {} {} replaced: {}",
                                  n_others,
                                  n,
                                  n == 1 ? "" : "s",
                                  frozen.name,
                                  n_others == 1 ? "was" : "were",
                                  now.by_hand ? "others were imported (--replace)"
                                              : "they were asked again (--rejudge)"));
    }
}

void add_judges(std::vector<std::string>& out,
                const FrozenJudges& frozen,
                const FrozenJudges& now) {
    for (std::size_t j = 0; j < frozen.judges.size(); ++j) {
        const FrozenJudge& judge = frozen.judges[j];
        const auto same = std::find_if(now.judges.begin(),
                                       now.judges.end(),
                                       [&](const auto& other) { return other.key == judge.key; });
        const bool same_name = std::any_of(
            now.judges.begin(), now.judges.end(), [&](const FrozenJudge& other) {
                return other.name == judge.name;
            });
        if (same == now.judges.end() && same_name) {
            out.push_back(fmt::format(
                "judge {} is another one than it was (its model, address, prompt or settings)",
                judge.name));
        } else if (same == now.judges.end() && (j > 0 || frozen.panel)) {
            out.push_back(fmt::format("the judge {} was left out", judge.name));
        }
        if (j == 0 && !frozen.panel && !now.panel && now.judges.front().key != judge.key &&
            now.judges.front().name != judge.name) {
            out.push_back(fmt::format(
                "another judge decides ({} instead of {})", now.judges.front().name, judge.name));
        }
        if (same == now.judges.end()) {
            continue;
        }
        if (same->both_orders != judge.both_orders) {
            out.push_back(fmt::format("{} judges each pair in {}",
                                      judge.name,
                                      same->both_orders ? "both orders, and not in one only"
                                                        : "one order only, and not in both"));
        }
        add_verdicts(out, judge, *same);
    }
}

/// Judges that are new to a panel have changed it, wherever they stand.
void add_panel(std::vector<std::string>& out, const FrozenJudges& frozen, const FrozenJudges& now) {
    if (frozen.panel != now.panel) {
        out.push_back(now.panel ? fmt::format("a panel of {} judges decides instead of {}",
                                              now.judges.size(),
                                              frozen.judges.front().name)
                                : fmt::format("{} decides instead of a panel of {} judges",
                                              now.judges.front().name,
                                              frozen.judges.size()));
        return;
    }
    for (const FrozenJudge& judge : now.judges) {
        const auto same = std::find_if(
            frozen.judges.begin(), frozen.judges.end(), [&](const FrozenJudge& other) {
                return other.key == judge.key;
            });
        if (now.panel && same == frozen.judges.end()) {
            out.push_back(fmt::format("the judge {} was added to the panel", judge.name));
        }
    }
}

}  // namespace

void add_judge_differences(std::vector<std::string>& out,
                           const FrozenJudges& frozen,
                           const FrozenJudges& now) {
    add_judges(out, frozen, now);
    add_panel(out, frozen, now);
}

}  // namespace assay::run
