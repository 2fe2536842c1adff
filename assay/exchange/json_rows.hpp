#pragma once
// Rows of JSON, and the problems that are found in them: what the parsers of all formats share.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/intake/json_reader.hpp"
#include "assay/intake/row_problems.hpp"

namespace assay::exchange {

using intake::JsonKind;
using intake::JsonProblem;
using intake::JsonReader;
using intake::kMostRowProblems;
using intake::RowProblems;
using intake::words_of;

/// Calls `row` with the reader before each object of a JSON list, or of a text with one object a
/// line (blank lines are passed over). `row` reads the whole object. Broken JSON becomes a problem
/// of `out`: of a list it ends the reading, of lines only the line is lost. Stops when there are
/// more than enough problems.
void each_json_object(std::string_view text,
                      RowProblems& out,
                      const std::function<void(JsonReader& reader, std::int64_t line)>& row);

/// The value as a name: a text, or a whole number as it is written. Nothing for null and for the
/// empty text, and, with a problem that names `field`, for anything else.
[[nodiscard]] std::optional<std::string_view> read_name(JsonReader& reader,
                                                        RowProblems& out,
                                                        std::int64_t line,
                                                        std::string_view field);

/// The members that a format knows. Several names of one field are aliases of each other.
class MemberNames {
 public:
    struct Name {
        std::string_view name;
        int field = 0;  ///< 0 .. 31
    };
    explicit MemberNames(std::vector<Name> names) : names_(std::move(names)) {}
    /// The field of that name, or -1.
    [[nodiscard]] int field_of(std::string_view name) const;

    /// Reads one object: calls `member` with the field and the key of each known member, and it
    /// takes or skips the value; others are skipped. A field that stands twice, by whichever names,
    /// is a problem.
    template <class Member>
    void read(JsonReader& reader, RowProblems& out, std::int64_t line, Member&& member) {
        std::uint32_t seen = 0;
        std::size_t place = 0;
        reader.enter_object();
        while (const auto key = reader.next_key()) {
            const int field = field_at(place++, *key);
            if (field < 0) {
                reader.skip();
                continue;
            }
            if ((seen >> field & 1) != 0) {
                twice(out, line, *key);
            }
            seen |= 1u << field;
            member(field, *key);
        }
    }

 private:
    int field_at(std::size_t place, std::string_view key);
    static void twice(RowProblems& out, std::int64_t line, std::string_view key);

    struct Recent {
        std::string key;
        int field = -1;
    };
    std::vector<Name> names_;
    std::vector<Recent> recent_;  ///< what stood at each place of the row before: rows mostly look
                                  ///< alike
};

}  // namespace assay::exchange
