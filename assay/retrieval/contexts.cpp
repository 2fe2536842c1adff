// Contexts are retrieved once.
//
// Problem: a ranking depends on every document of the corpus, on each setting, and on the versions
// of the programs that read and index it. A run that is resumed a week later must show the models
// what it showed them before, or its answers are of two experiments.
//
// Model: what was found is one document: files with their hashes, rules, and for each question the
// passages as text, with ranks, scores and hashes. It is made before the first answer and read back
// from then on. Only questions that it does not have are searched for.
//
// Invariant: nothing is added to it unless rules, files and the passages that they give are the
// same as before; so all of it is of one corpus. Where they differ, the first difference is told
// and nothing is done.

#include "assay/retrieval/contexts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/retrieval/context_notes.hpp"
#include "assay/retrieval/corpus_problems.hpp"
#include "assay/retrieval/frozen.hpp"
#include "assay/retrieval/quality.hpp"
#include "assay/store/text_index.hpp"

namespace assay::retrieval {
namespace {

constexpr const char*
    kOneCorpusARun = "Contexts are retrieved once for a run: put it back, or use another --run.";

void refuse_contexts_of_dataset(const RetrievalSettings& settings,
                                const std::vector<Question>& questions) {
    const auto has_contexts = [](const Question& question) { return !question.contexts.empty(); };
    const auto first = std::find_if(questions.begin(), questions.end(), has_contexts);
    if (settings.replace_contexts || first == questions.end()) {
        return;
    }
    throw_usage(fmt::format("{} of {} questions have contexts in the dataset, and retrieval would "
                            "give them others",
                            std::count_if(questions.begin(), questions.end(), has_contexts),
                            questions.size()),
                first->place,
                "Write retrieval: {replace-contexts: true} (or --replace-contexts) if those that "
                "are retrieved shall take their place, or leave retrieval out.");
}

/// The last part of a path, with or without a '/' behind it.
std::string name_of(const std::filesystem::path& path) {
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

class Freezing {
 public:
    Freezing(const SearchSetup& setup, FrozenRetrieval frozen, Progress& progress)
        : setup_(setup),
          settings_(setup.settings),
          frozen_(std::move(frozen)),
          progress_(progress) {}

    /// Searches for the questions that are not there yet, and takes the gold ids of all.
    FrozenRetrieval add(const std::vector<Question>& questions,
                        const std::vector<CorpusFile>& files) {
        const Corpus corpus = read_corpus(files, progress_, setup_.cancel);
        check_same_passages(corpus);
        places_by_id_ = corpus.places_by_id();
        check_gold(questions);
        std::optional<Retriever> retriever;  // where only gold is new, nothing is searched for
        if (!all_were_searched_for(questions)) {
            check_same_engine();
            retriever.emplace(corpus, setup_, progress_);
            note_embedder(*retriever);
        }
        const std::size_t depth = std::max<std::size_t>(kMeasuredDepth,
                                                        static_cast<std::size_t>(settings_.top));
        for (std::size_t i = 0; i < frozen_.passages.size(); ++i) {
            frozen_place_.emplace(frozen_.passages[i].id, i);
        }
        progress_.begin("retrieval", questions.size(), "questions");
        for (const Question& question : questions) {
            if (!frozen_.of(question)) {
                const Retriever::Result result = retriever->find(question.text, depth);
                note_cut(question, result.cut);
                frozen_.questions.insert_or_assign(question.id,
                                                   freeze(question, result.found, corpus));
            }
            set_gold(question);
            progress_.advance(1);
        }
        progress_.finish("");
        return std::move(frozen_);
    }

 private:
    /// Notes what the corpus is, or sees that it is still what was noted.
    void check_same_passages(const Corpus& corpus) {
        const std::string sha256 = corpus.sha256();
        if (frozen_.questions.empty()) {
            frozen_.passages_sha256 = sha256;
            frozen_.sqlite_version = store::TextIndex::version();
            frozen_.n_passages = static_cast<std::int64_t>(corpus.passages.size());
            frozen_.duplicates.clear();
            for (const Duplicate& duplicate : corpus.duplicates) {
                frozen_.duplicates.push_back(duplicate.id);
            }
            return;
        }
        if (frozen_.passages_sha256 != sha256) {
            throw_usage(
                "the files of the corpus are the same, and give other passages than before "
                "(another version of pdftotext, ICU or gumbo?)",
                settings_.corpus,
                kOneCorpusARun);
        }
        if (frozen_.sqlite_version != store::TextIndex::version()) {
            throw_usage(fmt::format("contexts were found with SQLite {}, and this is {}: further "
                                    "questions could be ranked otherwise",
                                    frozen_.sqlite_version,
                                    store::TextIndex::version()),
                        settings_.corpus,
                        kOneCorpusARun);
        }
    }

    [[nodiscard]] bool all_were_searched_for(const std::vector<Question>& questions) const {
        return std::all_of(questions.begin(), questions.end(), [&](const Question& question) {
            return frozen_.of(question) != nullptr;
        });
    }

    /// Vectors of another engine have other bits.
    void check_same_engine() const {
        if (!frozen_.dense || frozen_.questions.empty()) {
            return;
        }
        const std::string now = setup_.embedder->facts().engine;
        if (frozen_.dense->engine != now) {
            throw_usage(fmt::format("contexts were found with vectors of the engine \"{}\", and "
                                    "this is \"{}\": further questions could be ranked otherwise",
                                    frozen_.dense->engine,
                                    now),
                        settings_.embedder,
                        "Use another --run.");
        }
    }

    void note_embedder(const Retriever& retriever) {
        if (setup_.embedder == nullptr || frozen_.dense) {
            return;
        }
        const EmbedderFacts facts = setup_.embedder->facts();
        frozen_.dense = FrozenDense{name_of(settings_.embedder),
                                    facts.engine,
                                    facts.n_dims,
                                    facts.n_tokens,
                                    retriever.n_cut(),
                                    {}};
    }

    void note_cut(const Question& question, bool cut) {
        if (!frozen_.dense) {
            return;
        }
        frozen_.dense->cut_questions.erase(question.id);
        if (cut) {
            frozen_.dense->cut_questions.insert(question.id);
        }
    }

    void check_gold(const std::vector<Question>& questions) const {
        CorpusProblems problems;
        for (const Question& question : questions) {
            for (const std::string& id : question.gold) {
                if (!places_by_id_.contains(id)) {
                    problems.add(
                        fmt::format("the gold passage \"{}\" of question {} is not in the "
                                    "corpus",
                                    shorten(id, 60),
                                    shorten(question.id, 60)),
                        question.place,
                        "Gold ids are those of passages, or names of files, of the corpus; "
                        "`assay retrieve` shows them.");
                }
            }
        }
        problems.throw_if_any();
    }

    FrozenQuestion freeze(const Question& question,
                          const std::vector<Found>& found,
                          const Corpus& corpus) {
        FrozenQuestion out{sha256_hex(question.text), {}, {}};
        for (const Found& each : found) {
            const Passage& passage = corpus.passages[each.place];
            const auto [place, is_new] = frozen_place_.emplace(passage.id, frozen_.passages.size());
            if (is_new) {
                frozen_.passages.push_back(passage);
            }
            out.found.push_back({place->second, each.legs, {}});
        }
        return out;
    }

    void set_gold(const Question& question) {
        FrozenQuestion& frozen = frozen_.questions.at(question.id);
        frozen.gold = question.gold;
        for (FrozenFind& find : frozen.found) {
            find.gold.clear();
            const std::size_t place = places_by_id_.at(frozen_.passages[find.passage].id).front();
            for (std::size_t g = 0; g < question.gold.size(); ++g) {
                const std::vector<std::size_t>& meant = places_by_id_.at(question.gold[g]);
                if (std::find(meant.begin(), meant.end(), place) != meant.end()) {
                    find.gold.push_back(g);
                }
            }
        }
    }

    const SearchSetup& setup_;
    const RetrievalSettings& settings_;
    FrozenRetrieval frozen_;
    Progress& progress_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> places_by_id_;
    std::map<std::string, std::size_t> frozen_place_;
};

bool all_are_there(const FrozenRetrieval& frozen, const std::vector<Question>& questions) {
    return std::all_of(questions.begin(), questions.end(), [&](const Question& question) {
        const FrozenQuestion* found = frozen.of(question);
        return found != nullptr && found->gold == question.gold;
    });
}

void warn(const std::vector<Question>& questions,
          const FrozenRetrieval& frozen,
          Progress& progress) {
    for (const std::string& sentence : context_notes(frozen, questions)) {
        progress.note(sentence);
    }
    const auto n = std::count_if(questions.begin(), questions.end(), [](const Question& question) {
        return finds_itself(question.text, question.contexts);
    });
    if (n > 0) {
        progress.note(
            fmt::format("{} of {} questions stand in a context of theirs word for word: is "
                        "the dataset, or a file made of it, in the corpus?",
                        n,
                        questions.size()));
    }
    if (frozen.dense && !frozen.dense->cut_questions.empty()) {
        progress.note(
            fmt::format("{} questions have more than {} tokens: the embedder saw their "
                        "beginning only, the lexical search all of them",
                        frozen.dense->cut_questions.size(),
                        frozen.dense->n_tokens));
    }
}

}  // namespace

WithContexts with_contexts(const SearchSetup& setup,
                           std::vector<Question> questions,
                           const std::optional<std::string>& before,
                           Progress& progress) {
    const RetrievalSettings& settings = setup.settings;
    refuse_contexts_of_dataset(settings, questions);
    const CorpusListing listing = list_corpus(settings.corpus);
    const std::vector<CorpusFile>& files = listing.files;
    const std::vector<HashedFile> hashes = hashes_of(files);
    const std::vector<Rule> rules = rules_of(setup);
    FrozenRetrieval frozen;
    if (before) {
        frozen = frozen_from_json(*before);
        const std::string difference = first_difference(frozen, rules, hashes);
        if (!difference.empty()) {
            throw_usage("contexts were retrieved for this run already, and " + difference + " now",
                        settings.corpus,
                        kOneCorpusARun);
        }
    } else {
        frozen.corpus = name_of(settings.corpus);
        frozen.files = hashes;
        frozen.left_out = listing.left_out;
        frozen.rules = rules;
    }
    if (!frozen.left_out.empty()) {
        progress.note("left out of the corpus: " + left_out_text(frozen.left_out));
    }
    const bool is_new = !all_are_there(frozen, questions);
    if (is_new) {
        frozen = Freezing(setup, std::move(frozen), progress).add(questions, files);
    }
    for (Question& question : questions) {
        question.contexts.clear();
        for (const FrozenFind& find : frozen.of(question)->found) {
            if (question.contexts.size() < static_cast<std::size_t>(settings.top)) {
                question.contexts.push_back(as_context(frozen.passages[find.passage]));
            }
        }
    }
    if (is_new) {  // what a run keeps was taken then
        refuse_few_contexts(settings.corpus, questions);
    }
    warn(questions, frozen, progress);
    return {std::move(questions), to_json_text(frozen)};
}

}  // namespace assay::retrieval
