#include "assay/config/plan.hpp"

#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/intake/encoding.hpp"

namespace assay::config {

tl::expected<Plan, std::vector<Failure>> load_plan(const std::optional<std::filesystem::path>& file,
                                                   const Overrides& flags) {
    Draft draft;
    Problems problems;
    std::error_code error;
    draft.working_dir = std::filesystem::current_path(error);
    if (error) {
        return tl::unexpected(std::vector{
            Failure{"the working directory is gone", "", "Change into one that exists."}});
    }
    if (file) {
        draft.source = to_valid_utf8(file->native());
        draft.plan.source = absolute_path(
            draft.working_dir, file->native(), Where{draft.source, 0, 0, ""}, problems);
        if (problems.size() > 0) {
            return tl::unexpected(problems.take());
        }
        const auto text = intake::read_text_file(*file);
        if (!text) {
            return tl::unexpected(std::vector{text.error()});
        }
        const auto root = parse_yaml(*text, draft.source);
        if (!root) {
            return tl::unexpected(std::vector{root.error()});
        }
        read_experiment(*root, draft.plan.source, draft, problems);
    } else {
        draft.plan.source = "command line";
    }
    apply_flags(flags, draft, problems);
    resolve(draft, problems);
    if (problems.size() > 0) {
        return tl::unexpected(problems.take());
    }
    return std::move(draft.plan);
}

tl::expected<AnalysisSettings, std::vector<Failure>> load_analysis(const Overrides& flags) {
    Overrides of_analysis;
    for (const auto& [key, value] : flags.settings) {
        if (key.starts_with("analysis.")) {
            of_analysis.settings.emplace(key, value);
        }
    }
    Draft draft;
    Problems problems;
    apply_flags(of_analysis, draft, problems);
    check_power(draft, problems);
    if (problems.size() > 0) {
        return tl::unexpected(problems.take());
    }
    return draft.plan.analysis;
}

}  // namespace assay::config
