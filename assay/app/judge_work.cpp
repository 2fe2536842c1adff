#include "assay/app/judge_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/judge/prompt.hpp"
#include "assay/records/control.hpp"
#include "assay/records/request_limits.hpp"
#include "assay/records/verdict_cost.hpp"
#include "assay/run/asked.hpp"

namespace assay::app {
namespace {

constexpr double kReplyTokens = 150;

/// Bytes of the parts of a pair's prompt that differ from question to question, without the
/// answers.
double shown_bytes(const JudgeSpec& judge, const Question& question) {
    std::size_t bytes = question.text.size();
    if (judge.show_expected && question.expected) {
        bytes += question.expected->size();
        for (const std::string& alternative : question.alternatives) {
            bytes += alternative.size();
        }
    }
    for (const std::string& context : question.contexts) {
        bytes += judge.show_contexts ? context.size() : 0;
    }
    return static_cast<double>(bytes);
}

}  // namespace

std::string about_tokens(double n_tokens) {
    if (n_tokens >= 1e6) {
        return fmt::format("{:.3g} million", n_tokens / 1e6);
    }
    if (n_tokens >= 1e3) {
        return fmt::format("{:.0f} thousand", n_tokens / 1e3);
    }
    return fmt::format("{:.0f}", n_tokens);
}

std::optional<JudgeWork> judge_work(const JudgeSpec& judge,
                                    const Plan& plan,
                                    std::span<const Question> questions) {
    if (judge.kind() == JudgeKind::kMetric) {
        return std::nullopt;
    }
    JudgeWork work;
    work.name = judge.name;
    work.n_controls = run::n_controls_for(false, 0).total();
    const auto n_questions = static_cast<std::int64_t>(questions.size());
    const std::int64_t n_pairs = n_questions * plan.generation.first_samples() *
                                 static_cast<std::int64_t>(plan.variants.size());
    const auto n_repeats = static_cast<std::int64_t>(std::ceil(static_cast<double>(n_pairs) *
                                                               plan.judging.repeat_share)) *
                           plan.judging.repeats;
    const bool embedded = judge.kind() == JudgeKind::kEmbedded;
    const bool reads_labels = embedded && !judge.embedded().reasoning;
    // Who judges by hand reads what a model would be sent.
    const ReplySettings replies = judge.replies() ? *judge.replies() : ReplySettings();
    work.n_pairs = n_pairs * (plan.judging.both_orders || embedded ? 2 : 1) + n_repeats;

    const std::string builtin = reads_labels ? std::string(judge::label_template())
                                             : judge::builtin_template(replies.tags);
    const std::string& rubric = replies.prompt_template.empty() ? builtin : replies.prompt_template;
    double shown = 0;
    for (const Question& question : questions) {
        shown += shown_bytes(judge, question);
    }
    const double per_call = (static_cast<double>(judge::system_text().size() + rubric.size()) +
                             shown / static_cast<double>(std::max<std::int64_t>(1, n_questions))) /
                                kBytesPerToken +
                            2.0 * plan.generation.predict;
    const auto n_calls = static_cast<double>(work.n_calls());
    work.prompt_tokens = n_calls * per_call;
    const int most_reply_tokens = reads_labels ? 0 : replies.max_tokens;
    work.reply_tokens = n_calls * std::min<double>(kReplyTokens, most_reply_tokens);
    work.most_reply_tokens = n_calls * most_reply_tokens;
    work.cost = token_cost(judge, work.prompt_tokens, work.reply_tokens);
    work.most_cost = token_cost(judge, work.prompt_tokens, work.most_reply_tokens);
    return work;
}

}  // namespace assay::app
