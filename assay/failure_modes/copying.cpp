#include "assay/failure_modes/copying.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::array<std::string_view, 64> kCommonWords = {
    "about",     "above",   "after",     "again",    "also",      "amount",  "another", "answer",
    "assistant", "because", "been",      "before",   "being",     "between", "both",    "called",
    "careful",   "correct", "correctly", "could",    "different", "does",    "each",    "even",
    "following", "form",    "from",      "have",     "into",      "just",    "less",    "like",
    "make",      "many",    "more",      "most",     "much",      "number",  "only",    "other",
    "over",      "passage", "passages",  "question", "same",      "should",  "some",    "such",
    "than",      "that",    "their",     "them",     "then",      "there",   "these",   "they",
    "this",      "used",    "using",     "were",     "when",      "which",   "will",    "with"};

std::set<std::string> content_words(std::string_view text) {
    std::set<std::string> out;
    for (std::string& word : words(text)) {
        const bool letter = word.find_first_not_of("0123456789'") != std::string::npos;
        const bool common = std::binary_search(kCommonWords.begin(), kCommonWords.end(), word);
        if (word.size() >= kContentWordBytes && letter && !common) {
            out.insert(std::move(word));
        }
    }
    return out;
}

/// Every run of kCopyRunWords words.
std::set<std::vector<std::string_view>> runs_of(std::span<const std::string> all) {
    std::set<std::vector<std::string_view>> out;
    for (std::size_t i = 0; i + kCopyRunWords <= all.size(); ++i) {
        const auto run = all.subspan(i, kCopyRunWords);
        out.emplace(run.begin(), run.end());
    }
    return out;
}

std::size_t n_copied(std::span<const std::string> answer, std::span<const std::string> contexts) {
    if (answer.size() < kCopyRunWords) {
        return 0;
    }
    const auto answer_runs = runs_of(answer);
    std::set<std::vector<std::string_view>> shared;
    for (const std::string& context : contexts) {
        const std::vector<std::string> all = words(context);
        for (const auto& run : runs_of(all)) {
            const auto found = answer_runs.find(run);
            if (found != answer_runs.end()) {
                shared.insert(*found);  // the answer's views: the context's words end here
            }
        }
    }
    std::size_t copied = 0, counted_to = 0;
    for (std::size_t i = 0; i + kCopyRunWords <= answer.size(); ++i) {
        const auto run = answer.subspan(i, kCopyRunWords);
        if (shared.erase(std::vector<std::string_view>(run.begin(), run.end())) == 0) {
            continue;
        }
        copied += i + kCopyRunWords - std::max(i, counted_to);
        counted_to = i + kCopyRunWords;
    }
    return copied;
}

}  // namespace

std::size_t copied_words(std::string_view text, std::span<const std::string> contexts) {
    return n_copied(words(text), contexts);
}

bool is_context_dump(std::string_view text, std::span<const std::string> contexts) {
    const std::vector<std::string> all = words(text);
    const std::size_t copied = n_copied(all, contexts);
    return copied >= kDumpWords &&
           static_cast<double>(copied) >= kDumpShare * static_cast<double>(all.size());
}

ContextWords::ContextWords(std::span<const Question> questions) {
    for (const Question& question : questions) {
        const std::size_t position = questions_.size();
        if (!questions_.emplace(question.id, position).second) {
            continue;
        }
        std::set<std::string> contexts;
        for (const std::string& context : question.contexts) {
            contexts.merge(content_words(context));
        }
        for (const std::string& word : contexts) {
            other_[word].push_back(position);
        }
        contexts.merge(content_words(question.text));
        for (const std::string& word : contexts) {
            own_[word].push_back(position);
        }
    }
}

std::optional<ContextWords::Overlap> ContextWords::overlap(std::string_view text,
                                                           std::string_view question_id) const {
    const auto question = questions_.find(question_id);
    if (question == questions_.end()) {
        return std::nullopt;
    }
    Overlap out;
    std::vector<std::size_t> shared(questions_.size(), 0);
    for (const std::string& word : content_words(text)) {
        ++out.all;
        const auto own = own_.find(word);
        if (own == own_.end()) {
            continue;
        }
        out.own += std::binary_search(own->second.begin(), own->second.end(), question->second) ? 1
                                                                                                : 0;
        const auto other = other_.find(word);
        if (other == other_.end()) {
            continue;
        }
        for (const std::size_t position : other->second) {
            ++shared[position];
        }
    }
    shared[question->second] = 0;
    out.other = *std::max_element(shared.begin(), shared.end());
    return out;
}

bool is_from_wrong_context(std::string_view text,
                           std::string_view question_id,
                           const ContextWords& dataset) {
    const auto overlap = dataset.overlap(text, question_id);
    return overlap && overlap->other >= kWrongContextWords &&
           overlap->other >= kWrongContextTimes * overlap->own &&
           static_cast<double>(overlap->other) >=
               kWrongContextShare * static_cast<double>(overlap->all);
}

}  // namespace assay::failure_modes
