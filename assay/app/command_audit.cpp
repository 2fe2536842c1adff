#include <CLI/CLI.hpp>
#include <cstdio>

#include "assay/app/commands.hpp"
#include "assay/report/audit_json.hpp"
#include "assay/report/render_audit.hpp"
#include "assay/run/build_audit.hpp"
#include "assay/store/store.hpp"

namespace assay::app {

void add_audit_command(CLI::App& app, Action& action) {
    struct AuditFlags {
        std::string run_dir;
        std::string judge;
        bool json = false;
        bool markdown = false;
    };
    auto flags = std::make_shared<AuditFlags>();
    CLI::App* command = app.add_subcommand("audit",
                                           "can this run's judges be trusted? Controls, bias, "
                                           "agreement, confidence, failures and cost");
    command->add_option("RUN", flags->run_dir, "run directory")->required();
    command->add_option("--judge", flags->judge, "only this judge; default: all, one page each");
    CLI::Option* json = command->add_flag("--json", flags->json, "one JSON document");
    command->add_flag("--markdown,--md", flags->markdown, "Markdown instead of text")
        ->excludes(json);
    command->footer(
        "Example:\n  assay audit runs/science --judge panel-1\nIt reads the store only: no model, "
        "no judge. What the figures mean: docs/judges.md.");
    command->callback([flags, &action] {
        action = [flags] {
            const auto store = store::Store::open_read_only(flags->run_dir);
            const run::StoredRun stored(*store, run::latest_plan(*store, flags->run_dir));
            const RunAudit audit = run::build_audit(stored, flags->judge);
            std::fputs((flags->json       ? report::audit_to_json(audit, 2) + "\n"
                        : flags->markdown ? report::render_audit_markdown(audit)
                                          : report::render_audit_text(audit))
                           .c_str(),
                       stdout);
            return 0;
        };
    });
}

}  // namespace assay::app
