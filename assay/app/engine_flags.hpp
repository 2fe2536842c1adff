#pragma once
// How assay-engine is run, for commands that run it without an experiment.

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace assay::app {

/// What was not said is empty.
struct EngineFlags {
    std::optional<int> threads{};
    std::optional<int> n_gpu_layers{};
    std::string program{};
};

/// -t, -ngl and --engine. `flags` outlives the command.
void add_engine_flags(CLI::App& command, EngineFlags& flags);

}  // namespace assay::app
