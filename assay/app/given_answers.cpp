#include "assay/app/given_answers.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "assay/app/plan_flags.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"

namespace assay::app {
namespace {

Answer answer_of(const Question& question,
                 const std::optional<exchange::ForeignAnswer>& given,
                 const std::string& file_name) {
    Answer out;
    out.question_id = question.id;
    out.n_contexts_used = kContextsUnknown;
    if (!given) {
        out.failure = fmt::format("{}{}", file_name, kNotGiven);
        return out;
    }
    out.text = given->text;
    out.stop_reason = given->stop_reason;
    out.failure = given->failure;
    out.n_contexts_used = given->n_contexts_used;
    out.contexts_cut = given->contexts_cut;
    return out;
}

/// What the plan calls the question, the expected answer and the passages of the same file is no
/// answer of a model's.
exchange::AnswerFields fields_of(const AnswersSource& source,
                                 const DatasetSpec& dataset,
                                 int n_samples) {
    exchange::AnswerFields out{source.fields, {}, n_samples};
    if (dataset.file == source.file) {
        for (const auto& [ours, path] : dataset.fields) {
            out.not_answers.insert(path);
        }
    }
    return out;
}

}  // namespace

GivenAnswers read_given_answers(const AnswersSource& source,
                                std::span<const Question> questions,
                                const DatasetSpec& dataset,
                                int n_samples) {
    const auto bytes = read_file(source.file);
    if (!bytes) {
        throw Error(ErrorKind::kUsage, bytes.error());
    }
    const std::string name = std::filesystem::path(source.file).filename().string();
    auto rows = exchange::read_answers(name, *bytes, fields_of(source, dataset, n_samples));
    if (!rows) {
        throw_all(rows.error());
    }
    auto joined = exchange::join_answers(*rows, name, questions, source.allow_missing, n_samples);
    if (!joined) {
        throw_all(joined.error());
    }

    GivenAnswers out;
    out.file = {source.file,
                sha256_hex(*bytes),
                std::string(exchange::name_of(rows->format)),
                rows->generator,
                0};
    for (std::size_t i = 0; i < joined->answers.size(); ++i) {
        const Question& question = questions[i % questions.size()];
        out.file.n_answers += joined->answers[i].has_value();
        out.answers.push_back(answer_of(question, joined->answers[i], name));
        out.keys.push_back(
            exchange::given_answer_key(question, out.answers.back(), i / questions.size()));
    }
    for (const std::string& note : rows->notes) {
        out.notes.push_back(fmt::format("{}: {}", name, note));
    }
    out.notes.insert(out.notes.end(), joined->notes.begin(), joined->notes.end());
    out.joined = std::move(*joined);
    return out;
}

}  // namespace assay::app
