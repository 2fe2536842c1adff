// What a dry run found, as text and as JSON.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/analysis/phrases.hpp"
#include "assay/app/dry_run.hpp"
#include "assay/app/judge_work.hpp"

namespace assay::app {
namespace {

/// "; about 12 thousand prompt tokens and 800 reply tokens; about 0.02 at its prices ..."
template <class Asked>
std::string estimate_text(const Asked& asked, std::string_view reply) {
    std::string out = fmt::format("; about {} prompt tokens and {} reply tokens",
                                  about_tokens(asked.prompt_tokens),
                                  about_tokens(asked.reply_tokens));
    if (asked.cost) {
        out += fmt::format(
            "; about {:.4g} at its prices, {:.4g} if every {} were as long as it may be",
            *asked.cost,
            *asked.most_cost,
            reply);
    }
    return out;
}

template <class Asked>
void add_estimate(nlohmann::ordered_json& row, const Asked& asked) {
    row["prompt_tokens"] = asked.prompt_tokens;
    row["reply_tokens"] = asked.reply_tokens;
    row["cost"] = nullptr;
    row["most_cost"] = nullptr;
    if (asked.cost) {
        row["cost"] = *asked.cost;
        row["most_cost"] = *asked.most_cost;
    }
}

}  // namespace

std::string dry_run_text(const DryRun& run) {
    std::string out;
    for (const DryRunVariant& variant : run.variants) {
        out += fmt::format("variant {}: {}{} missing{}\n",
                           variant.name,
                           variant.exact ? "" : "at most ",
                           analysis::count_of(variant.n_answers, "answer"),
                           variant.n_answers > 0 ? estimate_text(variant, "answer") : "");
    }
    for (const DryRunJudge& judge : run.judges) {
        out += fmt::format("judge {}: {}{} missing{}\n",
                           judge.name,
                           judge.exact ? "" : "at most ",
                           analysis::count_of(judge.n_calls, "call"),
                           judge.n_calls > 0 ? estimate_text(judge, "reply") : "");
        if (judge.n_in_batches > 0) {
            out += fmt::format(
                "  {} of them in batches that were submitted already, and will only be fetched\n",
                judge.n_in_batches);
        }
        if (!judge.exact) {
            out += fmt::format("  {}\n", judge.why);
        }
    }
    return out + "Nothing was sent, and the run is as it was.\n";
}

std::string dry_run_json(const DryRun& run) {
    nlohmann::ordered_json variants = nlohmann::ordered_json::array();
    for (const DryRunVariant& variant : run.variants) {
        nlohmann::ordered_json row{
            {"name", variant.name}, {"n_answers", variant.n_answers}, {"exact", variant.exact}};
        add_estimate(row, variant);
        variants.push_back(std::move(row));
    }
    nlohmann::ordered_json judges = nlohmann::ordered_json::array();
    for (const DryRunJudge& judge : run.judges) {
        nlohmann::ordered_json row{
            {"name", judge.name}, {"n_calls", judge.n_calls}, {"exact", judge.exact}};
        if (!judge.exact) {
            row["why"] = judge.why;
        }
        row["n_in_batches"] = judge.n_in_batches;
        add_estimate(row, judge);
        judges.push_back(std::move(row));
    }
    return nlohmann::ordered_json{{"schema_version", 1},
                                  {"dry_run", true},
                                  {"variants", std::move(variants)},
                                  {"judges", std::move(judges)}}
               .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
           "\n";
}

}  // namespace assay::app
