#include "assay/intake/rows.hpp"

#include <filesystem>

#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"

namespace assay::intake {

Rows read_rows(std::string_view bytes, RowProblems& out) {
    if (auto problem = why_not_text(bytes)) {
        out.problem(problem->line, std::move(problem->message), std::move(problem->remedy));
        return {};
    }
    const std::string_view text = without_mark(bytes);
    const std::string ending = to_lower_ascii(
        std::filesystem::path(out.file_name()).extension().string());
    const std::string_view start = trim(text.substr(0, 4096));
    const bool is_csv = ending == ".csv" || ending == ".tsv" ||
                        (!start.starts_with('{') && !start.starts_with('['));
    return is_csv ? rows_of_csv(text, out) : rows_of_json(text, out);
}

}  // namespace assay::intake
