#include "assay/stats_oracle/inputs.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace assay::stats_oracle {
namespace {

using Json = nlohmann::ordered_json;

const Json& json_of(const std::shared_ptr<const void>& json) {
    return *static_cast<const Json*>(json.get());
}
const Json& member(const std::shared_ptr<const void>& json, const char* name) {
    return json_of(json).at(name);
}

std::int64_t whole(const Json& x) {
    const double as_double = x.get<double>();
    if (as_double != std::floor(as_double) || std::abs(as_double) > 9e15) {
        throw std::invalid_argument("a count is not a whole number");
    }
    return static_cast<std::int64_t>(as_double);
}

std::vector<std::int64_t> whole_numbers(const Json& list) {
    std::vector<std::int64_t> out;
    for (const Json& x : list) {
        out.push_back(whole(x));
    }
    return out;
}

}  // namespace

Inputs::Inputs(std::string_view json) : json_(std::make_shared<const Json>(Json::parse(json))) {}

bool Inputs::has(const char* name) const {
    return json_of(json_).contains(name);
}
bool Inputs::is_null(const char* name) const {
    return member(json_, name).is_null();
}
double Inputs::number(const char* name) const {
    return member(json_, name).get<double>();
}
std::int64_t Inputs::count(const char* name) const {
    return whole(member(json_, name));
}
bool Inputs::truth(const char* name) const {
    return member(json_, name).get<bool>();
}
std::string Inputs::text(const char* name) const {
    return member(json_, name).get<std::string>();
}
std::vector<double> Inputs::numbers(const char* name) const {
    return member(json_, name).get<std::vector<double>>();
}
std::vector<std::int64_t> Inputs::counts(const char* name) const {
    return whole_numbers(member(json_, name));
}

std::vector<std::vector<std::int64_t>> Inputs::table(const char* name) const {
    std::vector<std::vector<std::int64_t>> out;
    for (const Json& row : member(json_, name)) {
        out.push_back(whole_numbers(row));
    }
    return out;
}

std::vector<std::vector<double>> Inputs::rows(const char* name) const {
    return member(json_, name).get<std::vector<std::vector<double>>>();
}

std::vector<std::vector<std::vector<double>>> Inputs::rows_of_rows(const char* name) const {
    return member(json_, name).get<std::vector<std::vector<std::vector<double>>>>();
}

std::vector<std::vector<std::optional<double>>> Inputs::rows_with_gaps(const char* name) const {
    std::vector<std::vector<std::optional<double>>> out;
    for (const Json& row : member(json_, name)) {
        out.emplace_back();
        for (const Json& x : row) {
            out.back().push_back(x.is_null() ? std::nullopt
                                             : std::optional<double>(x.get<double>()));
        }
    }
    return out;
}

std::vector<std::int64_t> Inputs::labels(const char* name) const {
    std::map<std::string, std::int64_t> known;
    std::vector<std::int64_t> out;
    for (const Json& label : member(json_, name)) {
        out.push_back(
            known.try_emplace(label.dump(), static_cast<std::int64_t>(known.size())).first->second);
    }
    return out;
}

std::vector<Inputs> Inputs::items(const char* name) const {
    std::vector<Inputs> out;
    for (const Json& x : member(json_, name)) {
        out.push_back(Inputs(std::shared_ptr<const void>(json_, &x)));
    }
    return out;
}

Inputs Inputs::item(const char* name) const {
    return Inputs(std::shared_ptr<const void>(json_, &member(json_, name)));
}

}  // namespace assay::stats_oracle
