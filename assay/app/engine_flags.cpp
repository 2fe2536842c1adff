#include "assay/app/engine_flags.hpp"

#include <CLI/CLI.hpp>

namespace assay::app {

void add_engine_flags(CLI::App& command, EngineFlags& flags) {
    command.add_option("-t,--threads", flags.threads, "default: the physical cores")
        ->check(CLI::Range(1, 1024));
    command
        .add_option("--n-gpu-layers,--gpu-layers",
                    flags.n_gpu_layers,
                    "-ngl: layers on the GPU; -1: the backend's default, all that fit")
        ->check(CLI::Range(-1, 100'000));
    command.add_option(
        "--engine", flags.program, "the program assay-engine; default: beside assay");
}

}  // namespace assay::app
