#include "assay/config/prompt_texts.hpp"

#include <fmt/format.h>

#include "assay/config/defaults.hpp"
#include "assay/config/draft_step.hpp"
#include "assay/config/named_files.hpp"

namespace assay::config {
namespace {

/// Without the line end that editors put at a file's end (as Jinja itself does with a
/// template).
std::string without_last_line_end(std::string text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    if (text.ends_with('\r')) {
        text.pop_back();
    }
    return text;
}

class PromptTexts : DraftStep {
 public:
    PromptTexts(Draft& draft, Problems& problems)
        : DraftStep(draft, problems), files_(draft, problems) {}

    void read() {
        GenerationSettings& settings = plan_.generation;
        if (!draft_.system_file.empty()) {
            settings.system = without_last_line_end(
                files_.read_text("generation.system-file", draft_.system_file).value_or(""));
        } else if (!draft_.has_system) {
            settings.system = kDefaultSystem;
        }
        settings.prompt_template = kDefaultPromptTemplate;
        if (const auto text = files_.read_text("generation.prompt-template",
                                               draft_.prompt_template_file)) {
            settings.prompt_template = without_last_line_end(*text);
            if (text->find("question") == std::string::npos) {
                add("generation.prompt-template",
                    fmt::format("{} never shows the question", draft_.prompt_template_file),
                    "Write {{ question }} where it belongs.");
            }
        }
        const bool from_file = !draft_.chat_template_file.empty();
        const std::string key = from_file ? "generation.chat-template-file"
                                          : "generation.chat-template";
        if (auto text = files_.read_text(key, draft_.chat_template_file)) {
            settings.chat_template = std::move(*text);
        }
        if (!settings.chat_template.empty() &&
            settings.chat_template.find("messages") == std::string::npos) {
            add(key,
                "is not a chat template in Jinja: it never uses `messages`",
                "Give the template's text, not its name.");
        }
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            const auto text = files_.read_text(fmt::format("judges[{}].prompt-template", i),
                                               draft_.judge_template_files[i]);
            if (text) {
                plan_.judges[i].replies()->prompt_template = without_last_line_end(*text);
            }
        }
    }

 private:
    NamedFiles files_;
};

}  // namespace

void read_prompt_texts(Draft& draft, Problems& problems) {
    PromptTexts(draft, problems).read();
}

}  // namespace assay::config
