#include "assay/run/trace_fidelity.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assay/report/divergence_text.hpp"
#include "assay/report/fidelity_json.hpp"
#include "assay/run/fidelity_report.hpp"

namespace assay::run {
namespace {

using nlohmann::ordered_json;

ordered_json token_records(const AnswerFidelity& fidelity) {
    ordered_json out = ordered_json::array();
    for (const TokenFidelity& token : fidelity.tokens) {
        out.push_back({{"token", token.token},
                       {"top_baseline", token.top_baseline},
                       {"top_variant", token.top_variant},
                       {"kld", token.kld},
                       {"log_prob_baseline", token.log_prob_baseline},
                       {"log_prob_variant", token.log_prob_variant},
                       {"rank", token.rank},
                       {"entropy_baseline", token.entropy_baseline},
                       {"entropy_variant", token.entropy_variant}});
    }
    return out;
}

ordered_json record_of_tokens(const AnswerFidelity& fidelity) {
    const AnswerDistance distance = analysis::read_answer(fidelity).distance;
    ordered_json out = ordered_json::parse(report::distance_to_json(distance));
    out["sentence"] = fmt::format(
        "mean KLD {}, largest {}; the likeliest token is the same for {} of {}; first difference "
        "{}",
        report::nats(distance.mean_kld()),
        report::nats(distance.max_kld),
        distance.n_same_top,
        distance.n_tokens,
        report::divergence_words(distance));
    out["tokens"] = token_records(fidelity);
    return out;
}

ordered_json record_of_texts(const std::string& why,
                             const std::optional<TextDivergence>& divergence) {
    ordered_json out{{"why", why}, {"texts", nullptr}};
    if (divergence) {
        out["texts"] = ordered_json::parse(report::divergence_to_json(*divergence));
    }
    out["sentence"] = divergence ? "the texts differ " + report::divergence_words(*divergence)
                                 : std::string("the text is the baseline's");
    return out;
}

}  // namespace

std::optional<std::string> fidelity_record(const StoredRun& stored,
                                           const store::Store& store,
                                           std::size_t variant,
                                           std::size_t question) {
    const auto& baseline = stored.answers[0][question];
    const auto& answer = stored.answers[variant][question];
    const VariantFacts& facts = stored.facts.variants[variant];
    const auto dump = [](const ordered_json& record) {
        return record.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    };
    if (variant == 0) {
        return std::nullopt;
    }
    if (const auto fidelity = store.fidelity(stored.facts.variants[0].answer_keys[question],
                                             facts.answer_keys[question])) {
        return dump(record_of_tokens(*fidelity));
    }
    if (facts.no_fidelity.empty() || !is_there(baseline) || !is_there(answer)) {
        return std::nullopt;
    }
    return dump(record_of_texts(facts.no_fidelity, text_divergence(baseline->text, answer->text)));
}

}  // namespace assay::run
