#include "assay/stats/numeric.hpp"

#include <boost/math/tools/roots.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "assay/base/result.hpp"

namespace assay::stats {

std::optional<double> find_root(const std::function<double(double)>& f, double low, double high) {
    const double f_low = f(low), f_high = f(high);
    if (f_low == 0) {
        return low;
    }
    if (f_high == 0) {
        return high;
    }
    if (!std::isfinite(f_low) || !std::isfinite(f_high) || (f_low > 0) == (f_high > 0)) {
        return std::nullopt;
    }
    std::uintmax_t iterations = 300;
    const auto bracket = boost::math::tools::toms748_solve(
        f, low, high, f_low, f_high, boost::math::tools::eps_tolerance<double>(52), iterations);
    return bracket.first + (bracket.second - bracket.first) / 2;
}

Matrix multiply(const Matrix& a, const Matrix& b) {
    ASSAY_CHECK(a.size() == b.size());
    Matrix out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t k = 0; k < a.size(); ++k) {
            for (std::size_t j = 0; j < a.size(); ++j) {
                out(i, j) += a(i, k) * b(k, j);
            }
        }
    }
    return out;
}

std::vector<double> multiply(const Matrix& a, std::span<const double> x) {
    ASSAY_CHECK(a.size() == x.size());
    std::vector<double> out(x.size(), 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a.size(); ++j) {
            out[i] += a(i, j) * x[j];
        }
    }
    return out;
}

std::optional<Matrix> inverse_spd(const Matrix& a) {
    const std::size_t n = a.size();
    Matrix lower(n);
    for (std::size_t j = 0; j < n; ++j) {
        double pivot = a(j, j);
        for (std::size_t k = 0; k < j; ++k) {
            pivot -= lower(j, k) * lower(j, k);
        }
        if (!(pivot > 1e-13 * std::abs(a(j, j)))) {
            return std::nullopt;
        }
        lower(j, j) = std::sqrt(pivot);
        for (std::size_t i = j + 1; i < n; ++i) {
            double value = a(i, j);
            for (std::size_t k = 0; k < j; ++k) {
                value -= lower(i, k) * lower(j, k);
            }
            lower(i, j) = value / lower(j, j);
        }
    }
    Matrix inverse(n);
    for (std::size_t column = 0; column < n; ++column) {
        std::vector<double> x(n, 0.0);
        x[column] = 1;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                x[i] -= lower(i, k) * x[k];
            }
            x[i] /= lower(i, i);
        }
        for (std::size_t i = n; i-- > 0;) {
            for (std::size_t k = i + 1; k < n; ++k) {
                x[i] -= lower(k, i) * x[k];
            }
            x[i] /= lower(i, i);
            inverse(i, column) = x[i];
        }
    }
    return inverse;
}

double sum(std::span<const double> x) {
    double total = 0;
    for (const double value : x) {
        total += value;
    }
    return total;
}

double mean(std::span<const double> x) {
    ASSAY_CHECK(!x.empty());
    return sum(x) / static_cast<double>(x.size());
}

std::optional<double> sample_variance(std::span<const double> x) {
    if (x.size() < 2) {
        return std::nullopt;
    }
    const double centre = mean(x);
    double squares = 0;
    for (const double value : x) {
        squares += (value - centre) * (value - centre);
    }
    return squares / static_cast<double>(x.size() - 1);
}

}  // namespace assay::stats
