#pragma once
// What the runs of a judge behind HTTP share, whether it is asked one by one or in batches.

#include <functional>
#include <memory>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/http/budget.hpp"
#include "assay/http/endpoint.hpp"
#include "assay/http/pace.hpp"
#include "assay/judge/api_format.hpp"
#include "assay/judge/judge.hpp"
#include "assay/llm/prompt_cut.hpp"
#include "assay/records/plan.hpp"

namespace assay::judge {

/// What stays the same over all runs of one judge.
struct HttpSetup {
    std::unique_ptr<const ApiFormat> format;
    JudgeSpec spec;
    http::Endpoint endpoint;
    std::string request_url;
    std::string key;
    std::string jinja;
    RenderTemplate render;
    Progress* progress = nullptr;
    Journal journal;
    /// The first version that the judge's stored verdicts name; empty: none.
    std::function<std::string()> known_version;

    /// Without the key, wherever a server may have echoed it.
    [[nodiscard]] std::string redact(std::string text) const;
    void note(const std::string& line) const;
};

/// What one run leaves for the next one of the same judge.
struct HttpMemory {
    Dialect dialect;
    http::Pace pace;
    http::Budget budget;
    std::string model_version;  ///< the first that a reply named, or a stored verdict
    llm::PromptCut prompt_cut{};
    bool told_of_cut_prompts = false;  ///< the note was given
};

}  // namespace assay::judge
