#pragma once
// Datasets of many shapes -> Questions.

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::config {

/// The questions of a dataset, in the file's order, after `ids`, `clusters` and then `limit`.
///
/// Files: CSV by the ending .csv (RFC 4180, the first row names the fields); a JSON array by its
/// first character; one JSON object a line by the ending .jsonl or .ndjson, or by a first line that
/// is an object and is not the last one (blank lines are skipped); else one JSON object with the
/// list under data, questions, examples or items. UTF-8, with or without a byte order mark; LF or
/// CRLF.
///
/// Fields, the first row of names being the usual one (other fields are ignored):
///   id        id, task_id, question_id, uid, sample_id, doc_id: text or a whole number; else the
///   row's number, "000001" question  question, instruction, prompt, user_input, turns[0], else one
///   of the first three within lm-eval's `doc`; Alpaca's `input` is added to `instruction` after a
///   blank line expected  expected, expected_answer, expected_response, expected_output, ideal,
///   target, reference, ground_truth contexts  contexts, context, retrieved_contexts,
///   retrieval_context: text, or a list of texts or of objects with text,
///             content or passage; in CSV text, or such a list as JSON
///   cluster   cluster, document_id, paper_id
///   gold      gold: the id of a passage of retrieval's corpus, or a list of them
/// `spec.fields` names the field itself (a name that ends in [0] means the first item of a list)
/// and then counts alone. A field that is null, and an empty cell of a CSV file, counts as left
/// out.
///
/// Every row is checked, also those that `ids`, `clusters` and `limit` leave out. On failure: at
/// most 20 errors with place "questions.jsonl:12" (the line where the row begins) and one that
/// counts the rest.
[[nodiscard]] tl::expected<std::vector<Question>, std::vector<Failure>> load_questions(
    const DatasetSpec& spec);

}  // namespace assay::config
