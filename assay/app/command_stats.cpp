#include "assay/app/command_stats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <vector>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/recommend.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/analysis_json.hpp"
#include "assay/report/figures.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::app {
namespace {

constexpr std::size_t kNameWidth = 26;
constexpr std::size_t kTextWidth = 96;

/// Reads the options and collects what is wrong with them.
class OptionReader {
 public:
    std::int64_t count(const char* name, const std::string& text) {
        const bool digits =
            !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.size() > 1 && text[0] == '-' && end == text.data() + text.size()) {
            complain(name, text, "is negative; counts are 0 or more");
        } else if (digits && (error != std::errc() || value > kMaxCount)) {
            complain(name, text, fmt::format("is too large; the largest count is {}", kMaxCount));
        } else if (!digits) {
            complain(name, text, "is not a whole number");
        }
        return value;
    }

    /// A number strictly between low and high.
    double between(const char* name, const std::string& text, double low, double high, const char* meaning) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
            complain(name, text, "is not a number");
        } else if (!(value > low && value < high)) {
            complain(name, text, fmt::format("is not between {} and {} ({})", low, high, meaning));
        }
        return value;
    }

    /// Throws Error(kUsage) if anything was wrong.
    void finish() const {
        if (!problems_.empty()) throw_usage(problems_, "assay stats");
    }

 private:
    void complain(const char* name, const std::string& text, const std::string& what) {
        problems_ +=
            fmt::format("{}{}: \"{}\" {}", problems_.empty() ? "" : "; ", name, shorten(to_valid_utf8(text), 40), what);
    }
    std::string problems_;
};

struct Input {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t ties = 0;
    AnalysisSettings settings;
};

Input read_input(const StatsOptions& options) {
    OptionReader reader;
    Input input;
    input.wins = reader.count("--wins", options.wins);
    input.losses = reader.count("--losses", options.losses);
    input.ties = reader.count("--ties", options.ties);
    input.settings.margin = reader.between("--margin", options.margin, 0, 1, "a net win rate: 0.1 is 10 points");
    input.settings.alpha = reader.between("--alpha", options.alpha, 0, 0.5, "one-sided");
    input.settings.power = reader.between("--power", options.power, 0, 1, "a probability");
    reader.finish();
    if (input.settings.power <= input.settings.alpha) {
        throw_usage(fmt::format("--power: {} is not above --alpha, {}", options.power, options.alpha), "assay stats");
    }
    return input;
}

/// Sections of "name value remark" lines.
class TextPage {
 public:
    void heading(const std::string& text) { text_ += fmt::format("{}{}\n", text_.empty() ? "" : "\n", text); }
    void line(const std::string& name, const std::string& value, const std::string& remark = {}) {
        const std::string row =
            fmt::format("  {} {}", report::pad_right(name, kNameWidth), report::pad_right(value, 26));
        text_ += fmt::format("{}{}\n", remark.empty() ? row.substr(0, row.find_last_not_of(' ') + 1) : row,
                             remark.empty() ? "" : "  " + remark);
    }
    void paragraph(const std::string& text) {
        for (const std::string& row : report::wrap(text, kTextWidth)) text_ += fmt::format("  {}\n", row);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    std::string text_;
};

std::string method_of(const Estimate& estimate) {
    return fmt::format("{}, {}", estimate.method, report::confidence_level(estimate.confidence));
}

std::string margin_words(double margin) {
    return fmt::format("{:.6g} points", 100 * margin);
}

std::string distance_words(const std::optional<double>& value) {
    if (!value) return "undefined";
    return 100 * *value >= 0.995 ? fmt::format("{:.1f} points", 100 * *value)
                                 : fmt::format("{:.2g} points", 100 * *value);
}

std::string p_text(double p) {
    return p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", p);
}

std::string two_decimals(const std::optional<double>& value) {
    if (!value) return "undefined";
    return std::abs(*value) < 0.005 ? "0.00" : fmt::format("{:.2f}", *value);
}

void add_rates(TextPage& page, const ComparisonAnalysis& a) {
    const Counts& c = a.counts;
    const std::int64_t decisive = c.wins + c.losses;
    page.heading("Counts, of the variant against the baseline");
    page.line("wins, losses, ties", fmt::format("{}, {}, {}", c.wins, c.losses, c.ties));
    page.line("together", fmt::format("{}", c.n),
              c.n > 0 ? fmt::format("{} decisive ({})", decisive, report::percent_of(decisive, c.n)) : "");

    page.heading("Rates");
    page.line("win rate, decisive", report::rate_with_interval(a.win_rate_decisive),
              decisive > 0 ? method_of(a.win_rate_decisive) : "");
    page.line("loss rate, decisive", report::rate_with_interval(a.loss_rate_decisive),
              decisive > 0 ? method_of(a.loss_rate_decisive) : "");
    page.line("net win rate, points", report::points_with_interval(a.net_win_rate), method_of(a.net_win_rate));
}

void add_difference(TextPage& page, const ComparisonAnalysis& a) {
    page.heading("Is there a difference? (a large p does not show that there is none)");
    page.line("sign test, exact", p_text(a.sign_test.exact));
    page.line("sign test, mid-p", p_text(a.sign_test.mid_p));
    page.line("sign test, normal", p_text(a.sign_test.normal_corrected), "McNemar, continuity-corrected");
    page.line("effect size |2p - 1|", two_decimals(a.effect_size.abs_2p_minus_1), a.effect_size.why);
    page.line("Cohen's h against 1/2", two_decimals(a.effect_size.cohens_h));
}

void add_detectable(TextPage& page, const DetectableEffect& mde) {
    page.heading(fmt::format("Smallest true effect that this many comparisons show ({} power, two-sided {})",
                             report::confidence_level(mde.power), report::confidence_level(mde.alpha)));
    page.line("decisive win rate", distance_words(mde.decisive_win_rate),
              mde.decisive_win_rate ? "away from 50 %, exact sign test" : "");
    page.line("net win rate", distance_words(mde.net), mde.net ? mde.method : "");
    if (!mde.why.empty()) page.paragraph(mde.why);
}

void add_equivalence(TextPage& page, const ComparisonAnalysis& a) {
    const std::string size = fmt::format("{:.6g}", 100 * a.decision.margin);
    page.heading(fmt::format("Is it as good, within {}?", margin_words(a.decision.margin)));
    page.line("above -" + size + " points", p_text(a.tost.p_lower), "one-sided score test (Tango)");
    page.line("below +" + size + " points", p_text(a.tost.p_upper), "one-sided score test (Tango)");
    page.line("both (TOST)", p_text(a.tost.p_tost), fmt::format("alpha {:.6g}", a.decision.alpha));
    page.line("smallest margin", distance_words(a.tost.smallest_margin),
              a.tost.smallest_margin ? "at which these counts are equivalent" : "");
}

std::string render_text(const ComparisonAnalysis& a) {
    TextPage page;
    add_rates(page, a);
    add_difference(page, a);
    add_detectable(page, a.mde);
    add_equivalence(page, a);
    page.heading(fmt::format("Decision at a margin of {}: {}", margin_words(a.decision.margin),
                             report::decision_words(a.decision)));
    if (a.decision.n_more) page.line("further questions", fmt::format("{}", *a.decision.n_more));
    page.paragraph(a.decision.why);
    return page.text();
}

}  // namespace

int run_stats(const StatsOptions& options, std::ostream& out) {
    const Input input = read_input(options);
    const ComparisonAnalysis result = analysis::analyse_counts(input.wins, input.losses, input.ties, input.settings);
    out << (options.json ? report::analysis_to_json(result, 2) + "\n" : render_text(result));
    if (!options.gate) return 0;
    const std::vector<analysis::Candidate> candidates{{.name = "variant",
                                                       .size_bytes = 0,
                                                       .path = "",
                                                       .label = result.decision.label,
                                                       .n_more = result.decision.n_more}};
    return analysis::exit_code(candidates, {.gate = "", .fail_exit_code = options.fail_exit_code});
}

}  // namespace assay::app
