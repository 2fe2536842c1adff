#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "assay/app/commands.hpp"
#include "assay/report/terminal_text.hpp"
#include "assay/run/verify.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

constexpr int kDiffers = 3;

}  // namespace

void add_verify_command(CLI::App& app, Action& action) {
    struct VerifyFlags {
        std::string run_dir;
        bool json = false;
    };
    auto flags = std::make_shared<VerifyFlags>();
    CLI::App* command = app.add_subcommand(
        "verify", "is a run what assay left? Computes files, keys and hashes again, and compares");
    command->add_option("RUN", flags->run_dir, "run directory")->required();
    command->add_flag("--json", flags->json, "one JSON document");
    command->footer(
        "Example:\n  assay verify runs/science\nIt changes nothing, and needs no model and no "
        "judge. Exit code 0: nothing differs; 3: something does.");
    command->callback([flags, &action] {
        action = [flags] {
            const auto store = store::Store::open_read_only(flags->run_dir);
            const run::Verification found = run::verify_run(*store, flags->run_dir);
            const std::string text = flags->json ? run::verification_json(found)
                                                 : report::visible(run::verification_text(found));
            std::fputs(text.c_str(), stdout);
            return found.differs() ? kDiffers : 0;
        };
    });
}

}  // namespace assay::app
