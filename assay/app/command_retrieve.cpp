#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "assay/app/commands.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/retrieval/corpus.hpp"
#include "assay/retrieval/retriever.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;

struct RetrieveFlags {
    std::vector<std::string> words;  ///< EXPERIMENT and QUESTION, or QUESTION alone
    std::string corpus;
    std::optional<int> top;
    bool json = false;
};

/// What is searched for, and where.
struct Search {
    RetrievalSettings settings;
    std::string question;
    std::string id;  ///< of a question of the experiment's dataset; empty: it is a text
};

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
        for (const Question& question : load_questions_or_throw(plan)) {
            if (question.id == out.question) {
                out.id = question.id;
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
    out.settings.top = flags.top.value_or(out.settings.top);
    return out;
}

std::string text_of(const Search& search,
                    const retrieval::Corpus& corpus,
                    const std::vector<retrieval::Found>& found) {
    std::string out = fmt::format(
        "question  {}\nsearched  {}\ncorpus    {} passages, {} duplicates left out\n",
        shorten(search.question, 300),
        fmt::join(retrieval::query_words(search.question), " "),
        corpus.passages.size(),
        corpus.duplicates.size());
    if (found.empty()) {
        return out + "no passage has a word of the question\n";
    }
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

std::string json_of(const Search& search,
                    const retrieval::Corpus& corpus,
                    const std::vector<retrieval::Found>& found) {
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
    for (const retrieval::Rule& rule : retrieval::rules_of(search.settings)) {
        rules.push_back(rule.name + ": " + rule.value);
    }
    const ordered_json out{
        {"schema_version", 1},
        {"question", search.question},
        {"question_id", search.id.empty() ? ordered_json() : ordered_json(search.id)},
        {"words", retrieval::query_words(search.question)},
        {"n_passages", corpus.passages.size()},
        {"n_duplicates", corpus.duplicates.size()},
        {"passages_sha256", corpus.sha256()},
        {"rules", std::move(rules)},
        {"passages", std::move(passages)}};
    return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

int retrieve(const RetrieveFlags& flags) {
    const Search search = search_of(flags);
    TerminalProgress progress(!stderr_is_terminal());
    const retrieval::Corpus corpus = retrieval::read_corpus(
        retrieval::list_corpus(search.settings.corpus), progress);
    const auto found = retrieval::Retriever(corpus).find(
        search.question, static_cast<std::size_t>(search.settings.top));
    std::fputs(
        (flags.json ? json_of(search, corpus, found) : text_of(search, corpus, found)).c_str(),
        stdout);
    return 0;
}

}  // namespace

void add_retrieve_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<RetrieveFlags>();
    CLI::App* command = app.add_subcommand(
        "retrieve",
        "show which passages of a corpus a question would get, and why; stores nothing");
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
    command->add_flag("--json", flags->json, "one JSON document, with whole passages");
    command->footer(
        "Examples:\n"
        "  assay retrieve science.yaml sq-017\n"
        "  assay retrieve --corpus documents \"Why does a white dwarf shrink?\" --top 10\n"
        "It reads the corpus as it is now. What a run was given stands in the run (assay trace).");
    command->callback([flags, &action] { action = [flags] { return retrieve(*flags); }; });
}

}  // namespace assay::app
