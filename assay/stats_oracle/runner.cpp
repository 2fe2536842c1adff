#include "assay/stats_oracle/runner.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/stats_oracle/cases.hpp"

namespace assay::stats_oracle {
namespace {

using Json = nlohmann::ordered_json;

struct Tolerance {
    double absolute = 0;
    double relative = 0;
};

bool agrees(double got, double expected, const Tolerance& tolerance) {
    const double difference = std::abs(got - expected);
    return difference <= tolerance.absolute ||
           difference <= tolerance.relative * std::abs(expected);
}

/// What is wrong with `got`, as text; empty: nothing.
std::string mismatch(const Json& got,
                     const Json& expected,
                     const Tolerance& tolerance,
                     const std::string& name) {
    const auto differs = [&] {
        return fmt::format("{}: got {}, expected {}", name, got.dump(), expected.dump());
    };
    if (expected.is_number() && got.is_number()) {
        return agrees(got.get<double>(), expected.get<double>(), tolerance) ? "" : differs();
    }
    if (expected.is_array() && got.is_array()) {
        if (expected.size() != got.size()) {
            return differs();
        }
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const std::string inner = mismatch(
                got[i], expected[i], tolerance, fmt::format("{}[{}]", name, i));
            if (!inner.empty()) {
                return inner;
            }
        }
        return "";
    }
    return got == expected ? "" : differs();
}

bool is_case(const Json& c) {
    if (!c.is_object()) {
        return false;
    }
    const auto has = [&](const char* key, Json::value_t type) {
        return c.contains(key) && c[key].type() == type;
    };
    if (!has("id", Json::value_t::string) || !has("fn", Json::value_t::string)) {
        return false;
    }
    if (!has("in", Json::value_t::object) || !has("out", Json::value_t::object) ||
        !has("tol", Json::value_t::object)) {
        return false;
    }
    const Json& tol = c["tol"];
    return tol.contains("abs") && tol["abs"].is_number() && tol.contains("rel") &&
           tol["rel"].is_number();
}

/// Everything that is wrong with one case; empty: it passes.
std::string check_case(const Json& c) {
    const auto result = evaluate(c["fn"].get<std::string>(), c["in"].dump());
    if (!result) {
        return to_sentence(result.error());
    }
    const Json got = Json::parse(*result);
    const Tolerance tolerance{c["tol"]["abs"].get<double>(), c["tol"]["rel"].get<double>()};
    if (c["out"].empty()) {
        return "the case expects nothing";
    }
    std::string problems;
    for (const auto& [name, expected] : c["out"].items()) {
        const std::string problem = got.contains(name)
                                        ? mismatch(got[name], expected, tolerance, name)
                                        : fmt::format("{}: not computed", name);
        if (!problem.empty()) {
            problems += (problems.empty() ? "" : "; ") + problem;
        }
    }
    return problems;
}

}  // namespace

Result<OracleRun> run_oracle_text(std::string_view text, const std::string& place) {
    const Json file = Json::parse(text, nullptr, false);
    if (file.is_discarded()) {
        return fail("this is not JSON", place);
    }
    if (!file.is_object() || !file.contains("cases") || !file["cases"].is_array()) {
        return fail("there is no list \"cases\" in this file", place);
    }
    OracleRun run;
    for (std::size_t i = 0; i < file["cases"].size(); ++i) {
        const Json& c = file["cases"][i];
        if (!is_case(c)) {
            return fail("a case needs id, fn, in, out and tol {abs, rel}",
                        fmt::format("{}: cases[{}]", place, i));
        }
        const std::string problems = check_case(c);
        if (problems.empty()) {
            ++run.passed;
        } else {
            ++run.failed;
            run.failures.push_back(fmt::format(
                "{} ({}): {}", c["id"].get<std::string>(), c["fn"].get<std::string>(), problems));
        }
    }
    return run;
}

Result<OracleRun> run_oracle_file(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) {
        return tl::unexpected(text.error());
    }
    return run_oracle_text(*text, path.string());
}

}  // namespace assay::stats_oracle
