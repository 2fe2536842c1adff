#include "assay/judge/by_hand.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/hash.hpp"
#include "assay/exchange/batch_text.hpp"
#include "assay/judge/batch_reply.hpp"
#include "assay/judge/parse.hpp"

namespace assay::judge {
namespace {

class ByHandJudge final : public Judge {
 public:
    explicit ByHandJudge(const JudgeSpec& spec) : spec_(spec) {}

    std::string identity() const override {
        nlohmann::ordered_json identity;
        identity["provider"] = spec_.provider;
        identity["name"] = spec_.name;
        identity["prompt_sha256"] = sha256_hex(
            exchange::render_batch_text("", {}, spec_.show_contexts, spec_.show_expected));
        identity["show_contexts"] = spec_.show_contexts;
        identity["show_expected"] = spec_.show_expected;
        identity["parser_version"] = kParserVersion;
        identity["batch_parser_version"] = kBatchParserVersion;
        return identity.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    }

    bool costs_nothing() const override { return false; }

    RunResult run(const PairSource&,
                  const std::function<void(const Verdict&)>&,
                  const std::atomic<bool>&) override {
        return {RunEnd::kStopped, {"its verdicts are given by hand, and imported", "", ""}};
    }

 private:
    JudgeSpec spec_;
};

}  // namespace

Result<std::unique_ptr<Judge>> make_by_hand_judge(const JudgeSpec& spec,
                                                  const Services&,
                                                  Progress&) {
    if (spec.name.empty()) {
        return fail("a judge whose verdicts are imported needs a name", "judge " + spec.provider);
    }
    return std::make_unique<ByHandJudge>(spec);
}

}  // namespace assay::judge
