#include "assay/analysis/repeats.hpp"

#include <algorithm>

#include "assay/analysis/rates.hpp"

namespace assay::analysis {
namespace {

bool is_decided(VerdictState state) {
    return state == VerdictState::kA || state == VerdictState::kB || state == VerdictState::kTie;
}

double value_of_first(VerdictState state) {
    if (state == VerdictState::kA) {
        return 1;
    }
    return state == VerdictState::kB ? -1 : 0;
}

double squares_of(std::span<const double> values) {
    double sum = 0, squares = 0;
    for (const double value : values) {
        sum += value;
    }
    const double mean = sum / static_cast<double>(values.size());
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return squares;
}

}  // namespace

RepeatStability repeat_stability(std::span<const Askings> pairs) {
    RepeatStability out;
    std::vector<double> all;
    double within = 0;
    for (const Askings& askings : pairs) {
        if (askings.empty() || !is_decided(askings.front())) {
            continue;
        }
        std::vector<double> values;
        for (const VerdictState state : askings) {
            if (is_decided(state)) {
                values.push_back(value_of_first(state));
            }
        }
        if (values.size() < 2) {
            continue;
        }
        out.n += static_cast<std::int64_t>(values.size()) - 1;
        out.n_same += std::count(values.begin() + 1, values.end(), values.front());
        within += squares_of(values);
        all.insert(all.end(), values.begin(), values.end());
    }
    out.same = wilson_rate(out.n_same, out.n, "no pair has a second verdict yet");
    if (out.n == 0) {
        return out;
    }
    out.within_variance = within / static_cast<double>(out.n);
    const double total = squares_of(all) / static_cast<double>(all.size() - 1);
    if (total > 0) {
        out.icc = 1 - *out.within_variance / total;
    }
    return out;
}

}  // namespace assay::analysis
