#pragma once
// The outputs of one case.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "assay/stats/proportion.hpp"

namespace assay::stats_oracle {

/// One output: nothing (null), a truth value, a whole number, a number (infinities and not-a-number
/// as text), a text or a list of numbers.
class Value {
 public:
    Value() = default;
    Value(bool x) : value_(x) {}
    template <std::integral T>
    requires(!std::same_as<T, bool>) Value(T x) : value_(static_cast<std::int64_t>(x)) {}
    Value(double x) : value_(x) {}
    Value(std::string x) : value_(std::move(x)) {}
    Value(const char* x) : value_(std::string(x)) {}
    Value(std::vector<double> x) : value_(std::move(x)) {}
    Value(const stats::Interval& x) : Value(std::vector<double>{x.low, x.high}) {}
    template <class T>
    Value(const std::optional<T>& x) {
        if (x) {
            *this = Value(*x);
        }
    }
    using Kind =
        std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<double>>;
    [[nodiscard]] const Kind& kind() const { return value_; }

 private:
    Kind value_;
};

/// Outputs by name, in their order.
class Outputs {
 public:
    using Named = std::pair<std::string, Value>;
    Outputs() = default;
    Outputs(std::initializer_list<Named> values) : values_(values) {}
    /// The given names, all nothing: what a function gives that is undefined as a whole.
    [[nodiscard]] static Outputs undefined(std::initializer_list<const char*> names);
    void add(std::string name, Value value) { values_.emplace_back(std::move(name), value); }
    [[nodiscard]] std::string to_json() const;

 private:
    std::vector<Named> values_;
};

}  // namespace assay::stats_oracle
