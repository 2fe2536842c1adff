#include <CLI/CLI.hpp>
#include <cstdio>

#include "assay/app/commands.hpp"
#include "assay/report/audit_json.hpp"
#include "assay/report/audit_sections.hpp"
#include "assay/report/render_markdown.hpp"
#include "assay/report/render_text.hpp"
#include "assay/run/build_audit.hpp"
#include "assay/store/store.hpp"

namespace assay::app {
namespace {

struct AuditFlags {
    std::string run_dir;
    std::string judge;
    bool json = false;
    bool markdown = false;
};

std::string output_of(const RunAudit& audit, const AuditFlags& flags) {
    if (flags.json) {
        return report::audit_to_json(audit, 2) + "\n";
    }
    const report::Document document = report::audit_document(audit);
    return flags.markdown ? report::render_markdown(document) : report::render_text(document);
}

}  // namespace

void add_audit_command(CLI::App& app, Action& action) {
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
            std::fputs(output_of(audit, *flags).c_str(), stdout);
            return 0;
        };
    });
}

}  // namespace assay::app
