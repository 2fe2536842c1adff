#pragma once
// A report that a golden file can be made of: a baseline and six variants, one for each decision,
// with texts that try to break the page.

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// Plain text of an answer that tries to leave its table cell and to start markup.
inline const std::string kNastyAnswer =
    "<script>alert('x')</script> | a | b |\n\n# Not a "
    "heading\r\n```\ncode\n```\n![i](https://evil.example/x.png) "
    "**bold** \xFF $x$";

/// The study's figures for Q4_K_M (45 wins, 48 losses, 61 ties), made-up ones for the others.
[[nodiscard]] ReportModel example_report();
/// The same of two files of answers that were made elsewhere: nothing is known but the answers.
[[nodiscard]] ReportModel report_of_given_answers();
/// example_report with everything else that a report can show: failure modes, both orders, equal
/// length, a calibration, early stopping, repeats, the known-bad variant, a served one.
[[nodiscard]] ReportModel report_with_everything();

}  // namespace assay::report
