// assay_validate [--fast] [--threads N] [--only ID] [--markdown FILE]: do the decisions keep their
// promises? Runs the experiments of statistics.md 5 with fixed seeds and prints a line for each
// result. Exit code 0 only if all are as they should be, 1 if one is not, 2 for a command line that
// it does not understand.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <exception>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "assay/validation/experiments.hpp"
#include "assay/validation/output.hpp"

namespace {

using namespace assay::validation;

constexpr const char* kUsage =
    "usage: assay_validate [--fast] [--threads N] [--only ID] [--markdown FILE]\n"
    "  --fast           about one twentieth of the repetitions, and wider bands\n"
    "  --threads N      1 to 1024; default: all cores. The results do not depend on it\n"
    "  --only ID        one experiment, such as V17\n"
    "  --markdown FILE  write the table there, too\n";

struct Options {
    Scale scale;
    std::string markdown;
    std::string only;  ///< empty: all
    std::string command = "assay_validate";
};

std::optional<Options> options_of(std::span<char*> arguments) {
    Options options;
    options.scale.n_threads = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        options.command += fmt::format(" {}", argument);
        if (argument == "--fast") {
            options.scale.fast = true;
            continue;
        }
        if (++i == arguments.size()) {
            return std::nullopt;
        }
        const std::string_view value = arguments[i];
        options.command += fmt::format(" {}", value);
        unsigned& n = options.scale.n_threads;
        if (argument == "--markdown") {
            options.markdown = value;
        } else if (argument == "--only") {
            options.only = value;
        } else if (argument == "--threads") {
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
            if (error != std::errc() || end != value.data() + value.size() || n < 1 || n > 1024) {
                return std::nullopt;
            }
        } else {
            return std::nullopt;
        }
    }
    return options;
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

/// "2 cores of AMD EPYC"; without a name where the system does not tell one.
std::string machine(unsigned n_threads) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name") && line.find(": ") != std::string::npos) {
            return fmt::format("{} cores of {}", n_threads, line.substr(line.find(": ") + 2));
        }
    }
    return fmt::format("{} cores", n_threads);
}

int run(const Options& options) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Row> rows;
    for (const Experiment& experiment : all_experiments()) {
        if (!options.only.empty() && experiment.id != options.only) {
            continue;
        }
        for (Row& row : experiment.run(options.scale)) {
            fmt::print("{}\n", line_of(row));
            rows.push_back(std::move(row));
        }
        std::fflush(stdout);
    }
    if (rows.empty()) {
        fmt::print(stderr, "assay_validate: there is no experiment {}\n", options.only);
        return 2;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
                               .count();
    if (!options.markdown.empty()) {
        std::ofstream file(options.markdown);
        file << markdown_of(
            rows,
            {options.command, machine(options.scale.n_threads), today(), seconds, options.scale});
        if (!file.flush()) {
            fmt::print(stderr, "assay_validate: {} cannot be written\n", options.markdown);
            return 1;
        }
    }
    fmt::print("{}\n", closing_line(rows));
    return std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.passed(); }) ? 0
                                                                                              : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = options_of(
        std::span(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)));
    if (!options) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    try {
        return run(*options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "assay_validate: {}\n", error.what());
        return 1;
    }
}
