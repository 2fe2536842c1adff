#include "assay/engine/chat.hpp"

#include <fmt/format.h>

#include <ctime>

#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "chat.h"
#include "jinja/lexer.h"
#include "jinja/parser.h"
#include "jinja/runtime.h"
#include "json.h"

namespace assay::engine {
namespace {

/// llama.cpp throws some of its errors sliced to std::exception; what it logged says more.
std::string reason_of(const std::exception& e) {
    const std::string logged = take_errors();
    const std::string what = e.what();
    if (what != "std::exception" && !what.empty()) {
        return shorten(what, 300);
    }
    return logged.empty() ? "no reason given" : shorten(logged, 300);
}

std::chrono::system_clock::time_point noon_of(const std::string& date) {
    std::tm tm{};
    if (::strptime(date.c_str(), "%Y-%m-%d", &tm) == nullptr) {
        return {};
    }
    tm.tm_hour = 12;  // templates print local dates: noon is the same day in every zone but the
                      // farthest
    return std::chrono::system_clock::from_time_t(::timegm(&tm));
}

}  // namespace

Result<wire::Rendered> render_chat(const llama_model* model, const wire::Render& request) {
    if (model == nullptr && request.chat_template.empty()) {
        return fail("no model is loaded to take a chat template from");
    }
    static_cast<void>(take_errors());
    try {
        const common_chat_templates_ptr templates = common_chat_templates_init(
            model, request.chat_template);
        common_chat_templates_inputs inputs;
        if (!request.system.empty()) {
            common_chat_msg message;
            message.role = "system";
            message.content = request.system;
            inputs.messages.push_back(message);
        }
        common_chat_msg message;
        message.role = "user";
        message.content = request.user;
        inputs.messages.push_back(message);
        inputs.enable_thinking = request.thinking;
        inputs.now = noon_of(request.date);
        const common_chat_params params = common_chat_templates_apply(templates.get(), inputs);
        return wire::Rendered{params.prompt, params.additional_stops};
    } catch (const std::exception& e) {
        return fail(fmt::format("the chat template cannot be rendered: {}", reason_of(e)),
                    {},
                    "Give a template that can with chat-template-file, or leave the system prompt "
                    "out if the template refuses one.");
    }
}

Result<std::string> render_template(const ControlTokens* control,
                                    const wire::RenderTemplate& request) {
    if (request.mark_literals && control == nullptr) {
        return fail("no model is loaded whose control tokens could be told from text");
    }
    static_cast<void>(take_errors());
    try {
        jinja::lexer lexer;
        jinja::lexer_result tokens = lexer.tokenize(request.text);
        const jinja::program program = jinja::parse_from_tokens(tokens);
        jinja::context context(tokens.source);
        jinja::global_from_json(
            context, common_json::parse(request.variables_json), request.mark_literals);
        jinja::runtime runtime(context);
        const jinja::value results = runtime.execute(program);
        const jinja::string text = jinja::runtime::gather_string_parts(results)->as_string();
        std::string out;
        for (const jinja::string_part& part : text.parts) {
            out += part.is_input ? control->marked(part.val) : part.val;
        }
        return out;
    } catch (const std::exception& e) {
        return fail(fmt::format("the template cannot be rendered: {}", reason_of(e)));
    }
}

}  // namespace assay::engine
