// What is said of a design that cannot show what it is made for.

#include <fmt/format.h>

#include <string>

#include "assay/analysis/design.hpp"
#include "assay/analysis/phrases.hpp"

namespace assay::analysis {

std::string warning_of(const Design& design,
                       const QuestionsNeeded& needed,
                       const DesignReach& reach) {
    const AnalysisSettings& settings = design.settings;
    if (settings.on_these_questions()) {
        return "The decision will be about exactly these questions (dataset.population); chances "
               "and numbers of questions of a plan are for a decision about questions like them.";
    }
    if (!reach.alike) {
        const bool more_would_do = needed.equivalence.n &&
                                   *needed.equivalence.n > design.n_questions;
        return fmt::format("This design can decide nothing: {}{}.",
                           reach.why,
                           more_would_do ? fmt::format("; {} would do",
                                                       count_of(*needed.equivalence.n, "question"))
                                         : "");
    }
    const bool large_enough = needed.equivalence.n && *needed.equivalence.n <= design.n_questions;
    if (large_enough || reach.alike->equivalent >= settings.power) {
        return "";
    }
    std::string out = fmt::format(
        "This design cannot reach its margin with {} power: with {}, equivalence at {} points is "
        "said with probability "
        "{} "
        "at best",
        percent_level(settings.power),
        count_of(design.n_questions, "question"),
        plain_points(settings.margin),
        chance(reach.alike->equivalent));
    std::string remedy;
    if (needed.equivalence.n) {
        remedy = count_of(*needed.equivalence.n, "question");
    }
    if (reach.smallest_margin) {
        remedy += fmt::format("{}a margin of {} points",
                              remedy.empty() ? "" : " or ",
                              points_up(*reach.smallest_margin));
    }
    if (!remedy.empty()) {
        out += fmt::format("; {} would do", remedy);
    }
    return out + ".";
}

}  // namespace assay::analysis
