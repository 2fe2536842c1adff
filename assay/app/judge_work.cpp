#include "assay/app/judge_work.hpp"

#include <algorithm>
#include <cmath>

#include "assay/judge/prompt.hpp"
#include "assay/records/control.hpp"

namespace assay::app {
namespace {

constexpr double kBytesPerToken = 4;
constexpr double kReplyTokens = 150;
constexpr double kPerPrice = 1e6;  // prices are of a million tokens

/// Bytes of the parts of a pair's prompt that differ from question to question, without the answers.
double shown_bytes(const JudgeSpec& judge, const Question& question) {
    std::size_t bytes = question.text.size();
    if (judge.show_expected && question.expected) bytes += question.expected->size();
    for (const std::string& context : question.contexts) bytes += judge.show_contexts ? context.size() : 0;
    return static_cast<double>(bytes);
}

}  // namespace

std::optional<JudgeWork> judge_work(const JudgeSpec& judge,
                                    const Plan& plan,
                                    std::span<const Question> questions) {
    if (judge.provider == "reference") return std::nullopt;
    JudgeWork work;
    work.name = judge.name;
    work.n_controls = static_cast<std::int64_t>(kControlKinds.size()) * kFewestControls;
    const auto n_questions = static_cast<std::int64_t>(questions.size());
    const std::int64_t n_pairs = n_questions * static_cast<std::int64_t>(plan.variants.size());
    const auto n_repeats = static_cast<std::int64_t>(std::ceil(static_cast<double>(n_pairs) * plan.judging.repeat_share)) * plan.judging.repeats;
    work.n_pairs = n_pairs * (plan.judging.both_orders ? 2 : 1) + n_repeats;

    const std::string_view rubric = judge.prompt_template.empty() ? judge::builtin_template() : judge.prompt_template;
    double shown = 0;
    for (const Question& question : questions) shown += shown_bytes(judge, question);
    const double per_call = (static_cast<double>(judge::system_text().size() + rubric.size()) +
                             shown / static_cast<double>(std::max<std::int64_t>(1, n_questions))) /
                                kBytesPerToken +
                            2.0 * plan.generation.predict;
    const auto n_calls = static_cast<double>(work.n_calls());
    work.prompt_tokens = n_calls * per_call;
    work.reply_tokens = n_calls * std::min<double>(kReplyTokens, judge.max_tokens);
    work.most_reply_tokens = n_calls * judge.max_tokens;
    if (judge.price_input > 0 || judge.price_output > 0) {
        const double prompts = work.prompt_tokens * judge.price_input / kPerPrice;
        work.cost = prompts + work.reply_tokens * judge.price_output / kPerPrice;
        work.most_cost = prompts + work.most_reply_tokens * judge.price_output / kPerPrice;
    }
    return work;
}

}  // namespace assay::app
