// stats_oracle FILE: checks the statistics against reference values. Exit code 0 only if all agree,
// 1 if one does not, 2 for a file that cannot be used.

#include <fmt/format.h>

#include <exception>

#include "assay/stats_oracle/runner.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr,
                   "usage: stats_oracle FILE   (JSON with reference values; see "
                   "assay/stats_oracle/runner.hpp)\n");
        return 2;
    }
    try {
        const auto run = assay::stats_oracle::run_oracle_file(argv[1]);
        if (!run) {
            fmt::print(stderr, "stats_oracle: {}\n", assay::to_sentence(run.error()));
            return 2;
        }
        for (const std::string& failure : run->failures) {
            fmt::print("FAILED {}\n", failure);
        }
        fmt::print("{} passed, {} failed\n", run->passed, run->failed);
        return run->failed == 0 ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "stats_oracle: {}\n", error.what());
        return 2;
    }
}
