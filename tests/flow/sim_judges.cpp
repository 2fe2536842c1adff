#include "sim_judges.hpp"

#include <nlohmann/json.hpp>

namespace assay::test {

using nlohmann::json;

std::string prompt_field(const std::string& body, const std::string& name) {
    const json request = json::parse(body);
    const std::string prompt = request["messages"].back()["content"];
    const std::string mark = name + ": ";
    const std::size_t at = prompt.find(mark);
    if (at == std::string::npos) {
        return {};
    }
    return prompt.substr(at + mark.size(), prompt.find('\n', at) - at - mark.size());
}

ScriptedReply fair_judge(const SeenRequest& request, int) {
    const std::string expected = prompt_field(request.body, "expected");
    const std::string fact = expected.substr(0, expected.find(" is "));  // "thing 7"
    const auto knows = [&](const char* answer) {
        return prompt_field(request.body, answer).starts_with(fact + " ");
    };
    const bool a = knows("answer_a"), b = knows("answer_b");
    if (a == b) {
        return {200, verdict_completion("TIE")};
    }
    return {200, verdict_completion(a ? "A" : "B")};
}

}  // namespace assay::test
