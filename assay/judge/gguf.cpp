#include "assay/judge/gguf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/judge/embedded_prompts.hpp"
#include "assay/judge/labels.hpp"
#include "assay/judge/parse.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/judge/verdict_grammar.hpp"

namespace assay::judge {
namespace {

using Tokens = std::vector<std::int32_t>;

constexpr std::string_view kThinkBegin = "<think>", kThinkEnd = "</think>";

/// Tokens of prompt and reply, where spec.ctx_size is 0. A reasoning judge has a stream for each of
/// 8 slots.
constexpr int kLabelContext = 8192, kReasoningContext = 4096;
constexpr int kReasoningSlots = 8;
constexpr int kStreamPadding = 256;

/// One run: pairs in, prompts to the model, verdicts out.
class Run {
 public:
    Run(const EmbeddedSetup& setup,
        EmbeddedModel& model,
        llm::Generator& generator,
        const std::function<void(const Verdict&)>& sink,
        const std::atomic<bool>& cancel)
        : setup_(setup),
          model_(model),
          version_("sha256:" + model.file_sha256()),
          prompts_(setup, model),
          generator_(generator),
          sink_(sink),
          cancel_(cancel) {}

    void all(const std::function<std::optional<BlindedPair>()>& next) {
        generator_.generate([&] { return prompt_of_next(next); },
                            [&](const llm::Generated& g) { take(g); },
                            cancel_);
        // Thoughts that used up their tokens are ended for the judge, and it is asked for the
        // verdict.
        std::vector<llm::Prompt> again = std::exchange(unfinished_, {});
        std::size_t n = 0;
        if (again.empty() || cancel_) {
            return;
        }
        generator_.generate(
            [&]() -> std::optional<llm::Prompt> {
                return n < again.size() ? std::optional(again[n++]) : std::nullopt;
            },
            [&](const llm::Generated& g) { take(g); },
            cancel_);
    }

 private:
    struct InFlight {
        Verdict verdict;
        Tokens prompt;
        std::string shown;  ///< the pair's texts: what stands in them is no verdict of the judge's
        std::string thought;  ///< of a second request: what stands before its reply
    };

    std::optional<llm::Prompt> prompt_of_next(
        const std::function<std::optional<BlindedPair>()>& next) {
        while (const auto pair = next()) {
            InFlight item;
            item.verdict.item_id = pair->item_id;
            item.verdict.n_attempts = 1;
            item.verdict.model_version = version_;
            auto prompt = prompts_.of(*pair);
            if (!prompt) {
                item.verdict.state = VerdictState::kError;
                item.verdict.failure = to_sentence(prompt.error());
                sink_(item.verdict);
                continue;
            }
            item.verdict.prompt_sha256 = sha256_of_tokens(prompt->tokens);
            item.verdict.n_prompt_tokens = static_cast<std::int64_t>(prompt->tokens.size());
            if (setup_.spec.embedded().reasoning) {
                item.prompt = prompt->tokens;
                item.shown = all_texts(*pair);
            }
            in_flight_.emplace(pair->item_id, std::move(item));
            return std::move(*prompt);
        }
        return std::nullopt;
    }

    void take(const llm::Generated& generated) {
        const auto found = in_flight_.find(generated.id);
        ASSAY_CHECK(found != in_flight_.end());
        InFlight& item = found->second;
        const llm::AnswerResult& reply = generated.answer();
        item.verdict.elapsed_ms += generated.prefill_ms + reply.decode_ms;
        item.verdict.n_reply_tokens += static_cast<std::int64_t>(reply.tokens.size());
        if (generated.failed()) {
            item.verdict.state = VerdictState::kError;
            item.verdict.failure = generated.failure;
        } else if (!setup_.spec.embedded().reasoning) {
            read_labels(item.verdict, generated.labels().log_probs);
        } else if (item.thought.empty() && is_unfinished_thought(reply)) {
            if (end_thought(item, generated.id, reply)) {
                return;
            }
        } else {
            read_reply(item, reply);
        }
        sink_(item.verdict);
        in_flight_.erase(found);
    }

    void read_labels(Verdict& verdict, const std::vector<double>& log_probs) const {
        const Verdict read = label_verdict(setup_.labels, log_probs);
        verdict.state = read.state;
        verdict.confidence = read.confidence;
        verdict.reasoning = read.reasoning;
        verdict.raw = read.raw;
        verdict.failure = read.failure;
    }

    [[nodiscard]] bool is_unfinished_thought(const llm::AnswerResult& reply) const {
        if (reply.stop_reason != StopReason::kLength) {
            return false;
        }
        const bool thinks = setup_.thinking == Thinking::kHasBegun ||
                            trim(reply.text).starts_with(kThinkBegin);
        return thinks && reply.text.find(kThinkEnd) == std::string::npos;
    }

    /// Prepares the second request. False: it cannot, and the verdict says why.
    bool end_thought(InFlight& item, const std::string& id, const llm::AnswerResult& reply) {
        const auto end = model_.tokenize(std::string(kEndOfThought), false, true);
        if (!end || end->size() > kTokensOfEndOfThought) {
            item.verdict.state = VerdictState::kInvalid;
            item.verdict
                .failure = "The judge was still thinking after all tokens that it may write.";
            item.verdict.raw = reply.text;
            return false;
        }
        llm::Prompt prompt{.id = id, .tokens = item.prompt};
        prompt.tokens.insert(prompt.tokens.end(), reply.tokens.begin(), reply.tokens.end());
        prompt.tokens.insert(prompt.tokens.end(), end->begin(), end->end());
        prompt.task = llm::AnswerTask{
            .predict = setup_.spec.embedded().max_tokens,
            .grammar = verdict_grammar(Thinking::kNone, setup_.spec.embedded().tags)};
        item.thought = reply.text + std::string(kEndOfThought);
        unfinished_.push_back(std::move(prompt));
        return true;
    }

    void read_reply(InFlight& item, const llm::AnswerResult& reply) const {
        const std::string opened = setup_.thinking == Thinking::kHasBegun ? std::string(kThinkBegin)
                                                                          : "";
        item.verdict.raw = to_valid_utf8(opened + item.thought + reply.text);
        const ParsedReply parsed = parse_reply(item.verdict.raw, item.shown);
        item.verdict.state = parsed.state;
        item.verdict.confidence = parsed.confidence;
        item.verdict.reasoning = parsed.reasoning;
        if (setup_.spec.embedded().tags) {
            item.verdict.tags = parsed.tags;
        }
        item.verdict.failure = parsed.failure;
    }

    const EmbeddedSetup& setup_;
    EmbeddedModel& model_;
    std::string version_;
    EmbeddedPrompts prompts_;
    llm::Generator& generator_;
    const std::function<void(const Verdict&)>& sink_;
    const std::atomic<bool>& cancel_;
    std::map<std::string, InFlight> in_flight_;  ///< by item
    std::vector<llm::Prompt> unfinished_;
};

nlohmann::ordered_json json_of(const Label& label) {
    return {{"word", label.word}, {"tokens", label.tokens}};
}

class GgufJudge final : public Judge {
 public:
    GgufJudge(EmbeddedSetup setup, std::unique_ptr<EmbeddedModel> model)
        : setup_(std::move(setup)), model_(std::move(model)) {}

    std::string identity() const override {
        const JudgeSpec& spec = setup_.spec;
        const EmbeddedSettings& settings = spec.embedded();
        std::vector<std::string> texts{setup_.frame.before, setup_.jinja, setup_.frame.after};
        if (settings.reasoning) {
            texts.push_back(verdict_grammar(setup_.thinking, settings.tags));
        }
        nlohmann::ordered_json identity;
        identity["provider"] = spec.provider;
        identity["file_sha256"] = model_->file_sha256();
        identity["engine"] = setup_.fingerprint;
        identity["mode"] = settings.reasoning ? "reasoning" : "labels";
        if (settings.reasoning) {
            identity["max_tokens"] = settings.max_tokens;
            identity["parser_version"] = kParserVersion;
        } else {
            identity["labels"] = {{"A", json_of(setup_.labels.a)},
                                  {"B", json_of(setup_.labels.b)},
                                  {"TIE", json_of(setup_.labels.tie)}};
            identity["reading_version"] = kLabelReadingVersion;
        }
        identity["prompt_sha256"] = sha256_of_fields(texts);
        identity["show_contexts"] = spec.show_contexts;
        identity["show_expected"] = spec.show_expected;
        identity["prompt_version"] = kPromptVersion;
        return identity.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    }

    /// It costs time, and so is treated as one that is called.
    bool costs_nothing() const override { return false; }
    bool reads_both_orders() const override { return true; }

    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        std::optional<BlindedPair> first = next();
        if (!first) {
            return {};
        }
        try {
            if (const auto opened = model_->open(); !opened) {
                return {RunEnd::kStopped, opened.error()};
            }
            const auto generator = model_->load(setup_.context);
            if (!generator) {
                return {RunEnd::kStopped, generator.error()};
            }
            Run(setup_, *model_, **generator, sink, cancel)
                .all([&]() -> std::optional<BlindedPair> {
                    if (first) {
                        return std::exchange(first, std::nullopt);
                    }
                    return next();
                });
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::kInterrupted || !cancel) {
                throw;
            }
        }
        return {cancel ? RunEnd::kCancelled : RunEnd::kFinished, {}};
    }

 private:
    EmbeddedSetup setup_;
    std::unique_ptr<EmbeddedModel> model_;
};

std::optional<std::string> complaint(const EmbeddedSettings& settings) {
    if (settings.file.empty()) {
        return "the judge has no file";
    }
    if (settings.temp != 0) {
        return "temp is not 0, and an embedded judge takes the likeliest token";
    }
    return {};
}

/// A template that opens a <think> block whatever it is told. For labels the prompt closes it
/// again.
bool begins_to_think(const Frame& frame) {
    return trim(frame.after).ends_with(kThinkBegin);
}

Result<EmbeddedSetup> make_setup(const JudgeSpec& spec,
                                 const Services& services,
                                 EmbeddedModel& model,
                                 const EmbeddedModel::Facts& facts) {
    const EmbeddedSettings& settings = spec.embedded();
    EmbeddedSetup setup;
    setup.spec = spec;
    setup.render = services.render;
    setup.jinja = settings.prompt_template;
    if (setup.jinja.empty()) {
        setup.jinja = settings.reasoning ? builtin_template(settings.tags)
                                         : std::string(label_template());
    }
    auto frame = make_frame(model);
    if (!frame) {
        return tl::unexpected<Failure>(frame.error());
    }
    setup.frame = std::move(*frame);
    const bool thinks = begins_to_think(setup.frame);
    if (thinks && !settings.reasoning) {
        setup.frame.after += kEndOfThought;
    }
    auto after = model.tokenize(setup.frame.after, false, true);
    if (!after) {
        return tl::unexpected<Failure>(after.error());
    }
    setup.frame.after_tokens = std::move(*after);

    const auto token_of = [&](const std::string& text) {
        return single_token(model, setup.frame, text);
    };
    if (settings.reasoning) {
        if (thinks) {
            setup.thinking = Thinking::kHasBegun;
        } else if (token_of(std::string(kThinkBegin))) {
            setup.thinking = Thinking::kMayBegin;
        }
    } else {
        auto labels = choose_labels(token_of);
        if (!labels) {
            return tl::unexpected<Failure>(labels.error());
        }
        setup.labels = std::move(*labels);
    }
    const int usual = settings.reasoning ? kReasoningContext : kLabelContext;
    const int wanted = settings.ctx_size > 0 ? settings.ctx_size : usual;
    setup.most_tokens = static_cast<int>(
        facts.n_ctx_train > 0 ? std::min<std::int64_t>(wanted, facts.n_ctx_train) : wanted);
    setup.context.n_slots = settings.reasoning ? kReasoningSlots : 1;
    setup.context.stream_size = (setup.most_tokens + kStreamPadding - 1) / kStreamPadding *
                                kStreamPadding;
    auto fingerprint = model.fingerprint(setup.context);
    if (!fingerprint) {
        return tl::unexpected<Failure>(fingerprint.error());
    }
    setup.fingerprint = std::move(*fingerprint);
    return setup;
}

}  // namespace

Result<std::unique_ptr<Judge>> make_gguf_judge(const JudgeSpec& spec,
                                               const Services& services,
                                               Progress& progress) {
    const std::string place = fmt::format("judge {}", spec.name);
    if (const auto wrong = complaint(spec.embedded())) {
        return fail(*wrong, place);
    }
    if (!services.render || !services.open_model) {
        return fail("there is nothing that runs its model", place);
    }
    const auto placed = [&](Failure failure) {
        if (failure.place.empty()) {
            failure.place = fmt::format("{} ({})", place, spec.embedded().file);
        }
        return tl::unexpected<Failure>(std::move(failure));
    };
    std::unique_ptr<EmbeddedModel> model = services.open_model(spec);
    const auto facts = model->open();
    if (!facts) {
        return placed(facts.error());
    }
    if (!facts->has_chat_template) {
        progress.note(fmt::format("{}: its file has no chat template: ChatML is used", place));
    }
    auto setup = make_setup(spec, services, *model, *facts);
    if (!setup) {
        return placed(setup.error());
    }
    return std::make_unique<GgufJudge>(std::move(*setup), std::move(model));
}

}  // namespace assay::judge
