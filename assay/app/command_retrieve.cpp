#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/app/commands.hpp"
#include "assay/app/engine_embedder.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/quality.hpp"
#include "assay/retrieval/retriever.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;

struct RetrieveFlags {
    std::vector<std::string> words;  ///< EXPERIMENT and QUESTION, or QUESTION alone
    std::string corpus;
    std::optional<int> top;
    std::optional<std::string> embedder;  ///< a file, or none
    std::optional<int> max_tokens;
    std::optional<std::string> query_prefix;
    std::optional<std::string> passage_prefix;
    std::string engine;
    bool json = false;
};

/// What is searched for, and where.
struct Search {
    RetrievalSettings settings;
    EngineSettings engine;
    std::string question;
    std::string id;  ///< of a question of the experiment's dataset; empty: it is a text
    std::vector<std::string> gold{};  ///< of that question
};

/// The flags win over the experiment.
void lay_flags(const RetrieveFlags& flags, Search& search) {
    RetrievalSettings& settings = search.settings;
    settings.top = flags.top.value_or(settings.top);
    if (flags.embedder) {
        const bool is_none = *flags.embedder == kNoEmbedder;
        settings.embedder = is_none ? "" : std::filesystem::absolute(*flags.embedder).string();
    }
    settings.max_tokens = flags.max_tokens.value_or(settings.max_tokens);
    settings.query_prefix = flags.query_prefix.value_or(settings.query_prefix);
    settings.passage_prefix = flags.passage_prefix.value_or(settings.passage_prefix);
    if (!is_valid_utf8(settings.query_prefix) || !is_valid_utf8(settings.passage_prefix)) {
        throw_usage("a prefix is no UTF-8");
    }
    if (!flags.engine.empty()) {
        search.engine.path = std::filesystem::absolute(flags.engine).string();
    }
    if (settings.embedder.empty() &&
        (flags.max_tokens || flags.query_prefix || flags.passage_prefix)) {
        throw_usage(
            "--embedder-max-tokens, --query-prefix and --passage-prefix are for an embedder, "
            "and none is named",
            "",
            "Name one with --embedder MODEL.gguf, or leave them out.");
    }
}

Search search_of(const RetrieveFlags& flags) {
    Search out;
    const bool by_experiment = flags.corpus.empty();
    if (flags.words.size() != (by_experiment ? 2U : 1U)) {
        throw_usage(by_experiment ? "an experiment and a question are needed"
                                  : "--corpus takes one question beside it",
                    "",
                    "For example: assay retrieve science.yaml sq-017, or assay retrieve --corpus "
                    "documents \"What is a white dwarf?\"");
    }
    out.question = flags.words.back();
    if (by_experiment) {
        PlanFlags plan_flags;
        plan_flags.file = flags.words.front();
        const Plan plan = load_plan_or_throw(plan_flags);
        if (!plan.retrieval.asked_for()) {
            throw_usage("the experiment retrieves nothing",
                        flags.words.front(),
                        "Write retrieval: {corpus: FOLDER or FILE.jsonl}, or name one with "
                        "--corpus.");
        }
        out.settings = plan.retrieval;
        out.engine = plan.engine;
        for (const Question& question : load_questions_or_throw(plan)) {
            if (question.id == out.question) {
                out.id = question.id;
                out.gold = question.gold;
                out.question = question.text;
                break;
            }
        }
    } else {
        out.settings.corpus = std::filesystem::absolute(flags.corpus).string();
    }
    if (!is_valid_utf8(out.question) || trim(out.question).empty()) {
        throw_usage("the question is empty, or no UTF-8");
    }
    lay_flags(flags, out);
    return out;
}

/// What was found.
struct Shown {
    const Search& search;
    const retrieval::Corpus& corpus;
    std::vector<retrieval::Rule> rules;
    std::vector<retrieval::Found> found;
    bool cut = false;  ///< the embedder saw only the beginning of the question
};

/// Whether the question stands in one of the passages word for word.
bool is_in_corpus(const Shown& shown) {
    std::vector<std::string> contexts;
    for (const retrieval::Found& each : shown.found) {
        contexts.push_back(retrieval::as_context(shown.corpus.passages[each.place]));
    }
    return retrieval::finds_itself(shown.search.question, contexts);
}

/// Whether one of the question's gold passages was found; nothing: it has none.
std::optional<bool> finds_gold(const Shown& shown) {
    if (shown.search.gold.empty()) {
        return std::nullopt;
    }
    const auto places = shown.corpus.places_by_id();
    const auto is_found = [&](std::size_t place) {
        return std::any_of(shown.found.begin(), shown.found.end(), [&](const auto& each) {
            return each.place == place;
        });
    };
    return std::any_of(shown.search.gold.begin(), shown.search.gold.end(), [&](const auto& id) {
        const auto meant = places.find(id);
        return meant != places.end() &&
               std::any_of(meant->second.begin(), meant->second.end(), is_found);
    });
}

std::string warnings_of(const Shown& shown) {
    std::string out;
    if (shown.found.empty()) {
        out += "no passage has a word of the question\n";
    }
    if (finds_gold(shown) == false) {
        out += fmt::format("none of its gold passages ({}) is among those that it would get\n",
                           shorten(fmt::format("{}", fmt::join(shown.search.gold, ", ")), 300));
    }
    if (shown.cut) {
        out += "the question is too long for the embedder, which saw its beginning only\n";
    }
    if (is_in_corpus(shown)) {
        out += "the question stands in a passage word for word: is the dataset in the corpus?\n";
    }
    return out;
}

std::string text_of(const Shown& shown) {
    const auto& [search, corpus, rules, found, cut] = shown;
    std::string out = fmt::format(
        "question  {}\nsearched  {}\ncorpus    {} passages, {} duplicates left out\n",
        shorten(search.question, 300),
        fmt::join(retrieval::query_words(search.question), " "),
        corpus.passages.size(),
        corpus.duplicates.size());
    out += warnings_of(shown);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const retrieval::Passage& passage = corpus.passages[found[i].place];
        out += fmt::format("\n[{}] {}", i + 1, passage.id);
        for (const retrieval::LegScore& leg : found[i].legs) {
            out += fmt::format("  {} rank {}, score {:.4f}", leg.leg, leg.rank, leg.score);
        }
        out += fmt::format("  {} words\n    {}\n",
                           n_words(passage.text),
                           shorten(retrieval::as_context(passage), 300));
    }
    return out;
}

std::string json_of(const Shown& shown) {
    const auto& [search, corpus, the_rules, found, cut] = shown;
    ordered_json passages = ordered_json::array(), rules = ordered_json::array();
    for (const retrieval::Found& each : found) {
        const retrieval::Passage& passage = corpus.passages[each.place];
        ordered_json legs = ordered_json::object();
        for (const retrieval::LegScore& leg : each.legs) {
            legs[leg.leg] = {{"rank", leg.rank}, {"score", leg.score}};
        }
        passages.push_back({{"rank", passages.size() + 1},
                            {"id", passage.id},
                            {"file", passage.file},
                            {"title", passage.title},
                            {"text", passage.text},
                            {"legs", std::move(legs)}});
    }
    for (const retrieval::Rule& rule : the_rules) {
        rules.push_back(rule.name + ": " + rule.value);
    }
    const std::optional<bool> gold_found = finds_gold(shown);
    const ordered_json out{
        {"schema_version", 1},
        {"question", search.question},
        {"question_id", search.id.empty() ? ordered_json() : ordered_json(search.id)},
        {"words", retrieval::query_words(search.question)},
        {"n_passages", corpus.passages.size()},
        {"n_duplicates", corpus.duplicates.size()},
        {"passages_sha256", corpus.sha256()},
        {"rules", std::move(rules)},
        {"question_cut", cut},
        {"question_in_corpus", is_in_corpus(shown)},
        {"gold", search.gold},
        {"gold_found", gold_found ? ordered_json(*gold_found) : ordered_json()},
        {"passages", std::move(passages)}};
    return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

int retrieve(const RetrieveFlags& flags) {
    const Search search = search_of(flags);
    TerminalProgress progress(!stderr_is_terminal());
    const retrieval::CorpusListing listing = retrieval::list_corpus(search.settings.corpus);
    if (!listing.left_out.empty()) {
        progress.note("left out of the corpus: " + retrieval::left_out_text(listing.left_out));
    }
    const retrieval::Corpus corpus = retrieval::read_corpus(
        listing.files, progress, &interrupted());
    const EngineSearch engine(search.settings, search.engine, interrupted());
    const auto top = static_cast<std::size_t>(search.settings.top);
    Shown shown{search, corpus, retrieval::rules_of(engine.setup()), {}, false};
    retrieval::Retriever::Result result = retrieval::Retriever(corpus, engine.setup(), progress)
                                              .find(search.question, top);
    shown.found = std::move(result.found);
    shown.found.resize(std::min(top, shown.found.size()));
    shown.cut = result.cut;
    std::fputs((flags.json ? json_of(shown) : text_of(shown)).c_str(), stdout);
    return 0;
}

}  // namespace

void add_retrieve_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<RetrieveFlags>();
    CLI::App* command = app.add_subcommand("retrieve",
                                           "show which passages of a corpus a question would get, "
                                           "and why; stores nothing but vectors in the cache");
    command
        ->add_option("WORDS",
                     flags->words,
                     "EXPERIMENT QUESTION, or QUESTION alone with --corpus; the question is its id "
                     "in the dataset, or a text")
        ->required()
        ->expected(1, 2);
    command->add_option("--corpus", flags->corpus, "folder of documents or JSONL file of passages");
    command->add_option("--top", flags->top, "how many passages; default: the experiment's, or 4")
        ->check(CLI::Range(1, 100));
    command->add_option("--embedder",
                        flags->embedder,
                        "GGUF of an embedding model, or none; default: the experiment's, or none");
    command
        ->add_option("--embedder-max-tokens",
                     flags->max_tokens,
                     "the embedder sees the first tokens of a text, up to this many")
        ->check(CLI::Range(8, 8192));
    command->add_option("--query-prefix", flags->query_prefix, "shown before the question");
    command->add_option("--passage-prefix", flags->passage_prefix, "shown before a passage");
    command->add_option("--engine", flags->engine, "the program assay-engine");
    command->add_flag("--json", flags->json, "one JSON document, with whole passages");
    command->footer(
        "Examples:\n"
        "  assay retrieve science.yaml sq-017\n"
        "  assay retrieve --corpus documents \"Why does a white dwarf shrink?\" --top 10\n"
        "It reads the corpus as it is now. What a run was given stands in the run (assay trace).");
    command->callback([flags, &action] { action = [flags] { return retrieve(*flags); }; });
}

}  // namespace assay::app
