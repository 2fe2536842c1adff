#include "assay/analysis/samples_look.hpp"

#include <fmt/format.h>

#include "assay/validation/asked_questions.hpp"
#include "assay/validation/copy_model.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

/// What a question is: its verdicts come one by one, each about fresh answers.
using DrawQuestion = std::function<int(Rng&)>;
using DrawVerdict = std::function<int(Rng&, int question)>;

/// Questions with their verdicts; more can be asked of each.
class Asking {
 public:
    Asking(Rng& rng, std::size_t n, const DrawQuestion& question, const DrawVerdict& verdict)
        : rng_(rng), verdict_(verdict) {
        for (std::size_t i = 0; i < n; ++i) {
            questions_.push_back(question(rng));
        }
        said_.resize(n);
    }
    /// Every question has k verdicts from here on.
    void ask(std::int64_t k) {
        for (std::size_t i = 0; i < questions_.size(); ++i) {
            while (static_cast<std::int64_t>(said_[i].size()) < k) {
                said_[i].push_back(verdict_(rng_, questions_[i]));
            }
        }
    }
    [[nodiscard]] std::vector<int> verdicts() const {
        std::vector<int> out;
        for (const std::vector<int>& said : said_) {
            out.insert(out.end(), said.begin(), said.end());
        }
        return out;
    }

 private:
    Rng& rng_;
    const DrawVerdict& verdict_;
    std::vector<int> questions_;
    std::vector<std::vector<int>> said_;
};

struct Ended {
    DecisionLabel label = DecisionLabel::kNotMeasured;
    std::int64_t calls = 0;  ///< of a question
};

/// A run with `samples: auto`; `asked` has the questions with 0, 1, 2 ... calls each.
Ended run_auto(Rng& rng,
               Asking asking,
               std::span<const AskedQuestions> asked,
               const analysis::SamplesSettings& samples) {
    const AnalysisSettings settings;
    asking.ask(kFirstSamples);
    std::vector<Outcome> first = asked[static_cast<std::size_t>(kFirstSamples)].outcomes(
        asking.verdicts());
    for (std::size_t i = 0; i < first.size(); ++i) {
        first[i].sample = static_cast<int>(i) % kFirstSamples;
    }
    const auto look = analysis::look_at_samples(first, settings, samples);
    if (look.stops) {
        return {look.decision.label, kFirstSamples};
    }
    const std::int64_t k = look.chosen->k;
    asking.ask(k);
    return {asked[static_cast<std::size_t>(k)].label(
                rng, asking.verdicts(), analysis::settings_after_look(settings)),
            k};
}

/// The questions with up to `most` calls each; with 0 there is nothing.
std::vector<AskedQuestions> with_up_to(std::int64_t most, std::size_t n) {
    std::vector<AskedQuestions> out;
    for (std::int64_t calls = 0; calls <= most; ++calls) {
        out.emplace_back(n, static_cast<std::size_t>(calls));
    }
    return out;
}

std::vector<Row> w9(const Scale& scale) {
    constexpr std::size_t kQuestions = 154;
    const analysis::SamplesSettings samples;
    const std::vector<AskedQuestions> asked = with_up_to(samples.most, kQuestions);
    const std::int64_t repeats = scale.repeats(4'000);
    const auto run = [&](double delta) {
        const CopyDraw copy({.truth = {0.6, delta}, .share_equal = 0.1});
        const DrawQuestion question = [&](Rng& rng) { return copy.question(rng); };
        const DrawVerdict verdict = [&](Rng& rng, int of) { return copy.fresh_verdict(rng, of); };
        return repeat(scale, fmt::format("W9/{}", delta), repeats, [&](Rng& rng, Sums& total) {
            const Ended ended = run_auto(
                rng, Asking(rng, kQuestions, question, verdict), asked, samples);
            const double calls = static_cast<double>(ended.calls);
            total[0] += passes(ended.label);
            total[1] += ended.label == DecisionLabel::kDegraded;
            total[2] += calls;
            total[3] += calls * calls;
        });
    };
    const Sums at_margin = run(-0.1), at_zero = run(0);
    return {
        at_most("W9",
                "samples: auto, goal ship, N=154, 10 % equal pairs, correlation of samples 0.1: "
                "ships at "
                "-margin",
                {at_margin[0], repeats},
                0.05,
                "reference 0.041"),
        at_most(
            "W9", "the same: false degraded at 0", {at_zero[1], repeats}, 0.05, "reference 0.045"),
        within(scale,
               "W9",
               "the same: ships at 0",
               {at_zero[0], repeats},
               {0.839 - 0.024, 0.839 + 0.024},
               "0.839 +- 0.024"),
        mean_within(scale,
                    "W9",
                    "the same: mean calls of a question at 0",
                    {at_zero[2], at_zero[3], repeats},
                    {3.81 - 0.1, 3.81 + 0.1},
                    2,
                    "3.81 +- 0.1")};
}

std::vector<Row> w10(const Scale& scale) {
    constexpr std::size_t kQuestions = 100;
    const analysis::SamplesSettings samples{.goal = stats::SamplesGoal::kEquivalent};
    const std::vector<AskedQuestions> asked = with_up_to(samples.most, kQuestions);
    const std::int64_t repeats = scale.repeats(6'000);
    const DrawQuestion always_lost = [](Rng& rng) { return int{rng.uniform() < 0.1}; };
    const DrawVerdict verdict = [](Rng& rng, int lost) {
        return lost != 0 ? -1 : draw_verdict(rng, {0.3, 0});
    };
    const Sums sums = repeat(scale, "W10", repeats, [&](Rng& rng, Sums& total) {
        total[0] += passes(
            run_auto(rng, Asking(rng, kQuestions, always_lost, verdict), asked, samples).label);
    });
    return {at_most("W10",
                    "samples: auto, goal equivalent, N=100, 10 % of the questions always lost, "
                    "d=0.3 in the others: ships",
                    {sums[0], repeats},
                    0.05,
                    "reference 0.031")};
}

}  // namespace

std::vector<Experiment> samples_experiments() {
    return {{"W9", w9}, {"W10", w10}};
}

}  // namespace assay::validation
