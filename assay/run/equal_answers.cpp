#include "assay/run/equal_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "assay/analysis/equal_answers.hpp"

namespace assay::run {
namespace {

analysis::AnswerSource source_of(const StoredRun& stored, std::size_t index) {
    const Variant& variant = stored.variants[index];
    analysis::AnswerSource out;
    out.name = variant.name;
    out.made_here = variant.runs_here();
    if (variant.answers) {
        out.answer_file = variant.answers->sha256;
    }
    for (const std::optional<Answer>& answer : stored.judged_answers(index)) {
        const bool there = answer && answer->stop_reason != StopReason::kFailed;
        out.texts.push_back(there ? std::optional<std::string_view>(answer->text) : std::nullopt);
    }
    return out;
}

}  // namespace

std::vector<std::string> equal_answers_of(const StoredRun& stored) {
    std::vector<analysis::AnswerSource> sources;
    for (std::size_t i = 0; i < stored.variants.size(); ++i) {
        sources.push_back(source_of(stored, i));
    }
    std::vector<std::optional<std::string_view>> expected;
    for (const Question& question : stored.questions) {
        expected.push_back(question.expected ? std::optional<std::string_view>(*question.expected)
                                             : std::nullopt);
    }
    return analysis::equal_answers(sources, expected);
}

std::vector<std::string> equal_answers_warnings(const StoredRun& stored,
                                                const std::vector<std::string>& equal_answers) {
    const bool accepted = stored.plan.analysis.accept_equal_answers;
    std::vector<std::string> out;
    for (const std::string& said : equal_answers) {
        if (said.empty()) {
            continue;
        }
        std::string warning = fmt::format("{}{}.",
                                          said,
                                          accepted ? "; the plan accepts it (accept-equal-answers)"
                                                   : "; so nothing is concluded");
        if (std::find(out.begin(), out.end(), warning) == out.end()) {
            out.push_back(std::move(warning));
        }
    }
    return out;
}

}  // namespace assay::run
