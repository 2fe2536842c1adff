// assay-engine: llama.cpp behind a pipe. A program of its own because llama.cpp aborts the process
// on some inputs and failures; assay starts it, feeds it, and starts it again when it dies. It ends
// when assay closes the pipe or dies.

#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "assay/engine/log.hpp"
#include "assay/engine/server.hpp"
#include "assay/engine/session.hpp"

namespace assay::engine {
namespace {

int main_of_engine(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        capture_log();
        llama_backend_init();
        std::printf("assay-engine %s\n%s\n",
                    describe_engine().version.c_str(),
                    describe_engine().system_info.c_str());
        return 0;
    }
    if (argc != 4 || std::strcmp(argv[1], "--pipe") != 0) {
        std::fprintf(stderr,
                     "assay-engine is started by assay, not by hand: see `assay run --help`. It "
                     "takes --version.\n");
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT,
                SIG_IGN);  // Ctrl-C goes to the whole group; assay decides, and closes the pipe
    capture_log();
    llama_backend_init();
    Server(std::atoi(argv[2]), std::atoi(argv[3])).run();
}

}  // namespace
}  // namespace assay::engine

int main(int argc, char** argv) {
    try {
        return assay::engine::main_of_engine(argc, argv);
    } catch (const std::exception& e) {
        // The library's state is not known any more: assay starts a fresh process and blames only
        // what fails alone.
        std::fprintf(stderr, "assay-engine: %s\n", e.what());
        std::_Exit(3);
    }
}
