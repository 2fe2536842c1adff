#pragma once
// Roots and small linear systems, for the other files of this folder.

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// x in [low, high] with f(x) = 0, where f is continuous and f(low) and f(high) are finite and
/// differ in sign (or one is 0: that end is given); nothing where they do not. TOMS 748 (Alefeld,
/// Potra, Shi 1995), to about 15 digits.
[[nodiscard]] std::optional<double> find_root(const std::function<double(double)>& f,
                                              double low,
                                              double high);

/// Square matrix by rows.
class Matrix {
 public:
    explicit Matrix(std::size_t size) : size_(size), values_(size * size, 0.0) {}
    [[nodiscard]] std::size_t size() const { return size_; }
    double& operator()(std::size_t row, std::size_t column) {
        return values_[row * size_ + column];
    }
    double operator()(std::size_t row, std::size_t column) const {
        return values_[row * size_ + column];
    }

 private:
    std::size_t size_;
    std::vector<double> values_;
};

[[nodiscard]] Matrix multiply(const Matrix& a, const Matrix& b);
[[nodiscard]] std::vector<double> multiply(const Matrix& a, std::span<const double> x);
/// Inverse of a symmetric positive definite matrix (Cholesky); nothing if it is singular to working
/// precision.
[[nodiscard]] std::optional<Matrix> inverse_spd(const Matrix& a);

/// Sum of n terms, mean, and sample variance (n - 1 in the denominator; nothing for fewer than
/// two).
[[nodiscard]] double sum(std::span<const double> x);
[[nodiscard]] double mean(std::span<const double> x);
[[nodiscard]] std::optional<double> sample_variance(std::span<const double> x);

}  // namespace assay::stats
