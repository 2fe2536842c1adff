#pragma once
// The inputs of one case.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::stats_oracle {

/// A JSON value, read by member. What a file can say is unlimited: every function throws
/// std::exception where a member is missing or is not what it is asked to be. Cheap to copy.
class Inputs {
 public:
    explicit Inputs(std::string_view json);

    [[nodiscard]] bool has(const char* name) const;
    [[nodiscard]] bool is_null(const char* name) const;
    [[nodiscard]] double number(const char* name) const;
    [[nodiscard]] std::int64_t count(const char* name) const;  ///< a whole number
    [[nodiscard]] bool truth(const char* name) const;          ///< true or false
    [[nodiscard]] std::string text(const char* name) const;
    [[nodiscard]] std::vector<double> numbers(const char* name) const;
    [[nodiscard]] std::vector<std::int64_t> counts(const char* name) const;
    [[nodiscard]] std::vector<std::vector<std::int64_t>> table(const char* name) const;
    [[nodiscard]] std::vector<std::vector<double>> rows(const char* name) const;
    [[nodiscard]] std::vector<std::vector<std::vector<double>>> rows_of_rows(
        const char* name) const;
    /// null where there is no value
    [[nodiscard]] std::vector<std::vector<std::optional<double>>> rows_with_gaps(
        const char* name) const;
    /// Numbers from 0 in the order in which the labels first come; a label is a number or a text.
    [[nodiscard]] std::vector<std::int64_t> labels(const char* name) const;
    /// The members of a list, each with members of its own.
    [[nodiscard]] std::vector<Inputs> items(const char* name) const;
    /// As above of one member.
    [[nodiscard]] Inputs item(const char* name) const;

 private:
    explicit Inputs(std::shared_ptr<const void> json) : json_(std::move(json)) {}
    std::shared_ptr<const void> json_;  ///< an ordered_json, shared with the document
};

}  // namespace assay::stats_oracle
