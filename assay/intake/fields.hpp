#pragma once
// The fields of a row by what they mean: found by the table of names, or by the path that the user
// named.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <tuple>
#include <vector>

#include "assay/intake/names.hpp"
#include "assay/intake/rows.hpp"

namespace assay::intake {

/// A field of a row under the name (path) that it has there. `value` is never null.
struct Found {
    std::string name;
    const Value* value = nullptr;
};

/// Whether both are scalars of the same text.
[[nodiscard]] bool say_the_same(const Value& a, const Value& b);

/// Whose `fields` a user would write to say which field counts.
enum class FieldsOf { kDataset, kAnswers };

/// "dataset.fields: {id: qid} (--fields dataset.id=qid)".
[[nodiscard]] std::string say_fields(FieldsOf whose, Meaning meaning, std::string_view name);

class FieldFinder {
 public:
    /// All must outlive the finder. `fields` holds paths by name_of(Meaning).
    FieldFinder(FieldsOf whose, const FieldMap& fields, const Rows& rows, RowProblems& problems)
        : whose_(whose), fields_(fields), rows_(rows), problems_(problems) {}

    /// The one field that has this meaning. Two that differ are a problem, told once a file; so is
    /// a name that stands twice.
    [[nodiscard]] std::optional<Found> find(const Row& row, Meaning meaning);

    /// The path that the user named; empty: none.
    [[nodiscard]] std::string mapped(Meaning meaning) const;
    /// Alpaca's `input`, which belongs behind an `instruction` after a blank line. Null where there
    /// is none, or it is "", or the user named the question's field.
    [[nodiscard]] const Value* input_of(const Row& row, const Found& question) const;
    /// A path that no row has is a typing error, not a file without that field: a problem.
    void check_mapped();

 private:
    std::optional<Found> at(const Row& row, std::string_view path);

    FieldsOf whose_;
    const FieldMap& fields_;
    const Rows& rows_;
    RowProblems& problems_;
    std::set<std::tuple<Meaning, std::string, std::string>> told_;
};

/// A question's text: a scalar, or the one message of the user in a list of messages. Nothing for
/// anything else.
[[nodiscard]] std::optional<std::string> question_of(const Value& value);

/// The passages of a field: of a list, its items; of a text that is one list as a whole (as CSV and
/// pandas have it), likewise; else the text, split at `separator` unless that is empty. On failure
/// what it is instead: "a list whose item 2 is an object without text, content or passage".
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> passages_of(
    const Value& value, std::string_view separator);

/// The texts of an expected answer, the first being the one that is shown first: a scalar, or the
/// texts of a list (in CSV also of a list of texts that was written as text), without those that
/// are null, empty or there already. On failure what it is instead.
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> expected_of(const Value& value,
                                                                              bool is_csv);

/// The names of a row's fields, for messages: "id, question, answer".
[[nodiscard]] std::string listed_names(const Row& row);

}  // namespace assay::intake
