#include "sim_judges.hpp"

#include <nlohmann/json.hpp>

#include "fair.hpp"

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
    const char better = better_of(prompt_field(request.body, "answer_a"),
                                  prompt_field(request.body, "answer_b"),
                                  prompt_field(request.body, "expected"));
    return {200, verdict_completion(better == 'C' ? "TIE" : std::string(1, better))};
}

}  // namespace assay::test
