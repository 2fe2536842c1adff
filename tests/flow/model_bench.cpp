#include "model_bench.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <stdexcept>

#include "engine_places.hpp"

namespace assay::test {
namespace {

constexpr const char* kSystem =
    "You are a careful assistant. Answer correctly and briefly, and say so when you do not know.";
const wire::Sampling kStudySampling{.temp = 0,
                                    .top_k = 0,
                                    .top_p = 0.9,
                                    .min_p = 0,
                                    .repeat_penalty = 1.05,
                                    .repeat_last_n = 64,
                                    .seed = 0};

template <class T>
T need(Result<T> result) {
    if (!result) {
        throw std::runtime_error(to_sentence(result.error()));
    }
    return std::move(*result);
}

}  // namespace

ModelBench::ModelBench(const std::string& model) : engine_(real_engine(), cancel_) {
    std::signal(SIGPIPE, SIG_IGN);  // a dead engine is a failed write, not our end
    need(engine_.load({model, false, 0}));
    const auto one = tokens_of("Why?"), other = tokens_of("7 times 8");
    prefix_.assign(one.begin(),
                   std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first);
}

std::vector<std::int32_t> ModelBench::tokens_of(const std::string& question) {
    return need(engine_.tokenize(
        need(engine_.render({kSystem, question, {}, "2025-01-01", false})).prompt));
}

void ModelBench::start(int n_slots, int stream_size, int n_threads) {
    wire::Start start;
    start.n_slots = n_slots;
    start.stream_size = stream_size;
    start.n_threads = n_threads;
    this->start(start);
}

void ModelBench::start(const wire::Start& start) {
    need(engine_.start(start));
}

wire::AnswerRequest ModelBench::chat(const std::string& question, int predict) {
    return {tokens_of(question), kStudySampling, predict, {}, {n_prefix()}, false};
}

wire::AnswerRequest ModelBench::of_length(std::size_t n_tokens, int predict) {
    std::string text;
    for (int k = 1; k < 400; ++k) {
        text += fmt::format("In trial {} the value measured was {} units. ", k, 100 + k * 7 % 89);
    }
    std::vector<std::int32_t> more = need(engine_.tokenize(text));
    if (more.size() < n_tokens) {
        throw std::runtime_error("the text is too short");
    }
    more.resize(n_tokens);
    std::vector<std::int32_t> prompt = prefix_;
    prompt.insert(prompt.end(), more.begin(), more.end());
    return {prompt, kStudySampling, predict, {}, {n_prefix()}, false};
}

std::vector<wire::AnswerDone> ModelBench::answer(const std::vector<wire::AnswerRequest>& requests,
                                                 std::size_t in_flight) {
    std::vector<wire::AnswerDone> out(requests.size());
    std::map<std::uint64_t, std::size_t> waiting;
    std::size_t next = 0;
    while (next < requests.size() || !waiting.empty()) {
        while (next < requests.size() && waiting.size() < in_flight) {
            waiting.emplace(engine_.submit(requests[next]), next);
            ++next;
        }
        const llm::Engine::Event event = engine_.next(100);
        if (event.kind == llm::Engine::Event::Kind::kNothing) {
            continue;
        }
        if (event.kind != llm::Engine::Event::Kind::kDone) {
            throw std::runtime_error(to_sentence(event.failure));
        }
        out[waiting.at(event.id)] = std::get<wire::AnswerDone>(event.done);
        waiting.erase(event.id);
    }
    return out;
}

std::vector<std::vector<double>> ModelBench::read_labels(
    const std::vector<wire::LabelRequest>& requests,
    std::size_t in_flight,
    const std::vector<wire::AnswerRequest>& beside,
    std::vector<wire::AnswerDone>* answers) {
    std::vector<std::vector<double>> out;
    for (const wire::LabelDone& reply : label_replies(requests, in_flight, beside, answers)) {
        out.push_back(reply.log_probs);
    }
    return out;
}

std::vector<wire::LabelDone> ModelBench::label_replies(
    const std::vector<wire::LabelRequest>& requests,
    std::size_t in_flight,
    const std::vector<wire::AnswerRequest>& beside,
    std::vector<wire::AnswerDone>* answers) {
    std::vector<wire::LabelDone> out(requests.size());
    std::vector<wire::AnswerDone> answered(beside.size());
    std::map<std::uint64_t, std::size_t> of_answers, waiting;
    for (std::size_t i = 0; i < beside.size(); ++i) {
        of_answers.emplace(engine_.submit(beside[i]), i);
    }
    for (std::size_t next = 0; next < requests.size() || !waiting.empty() || !of_answers.empty();) {
        for (; next < requests.size() && waiting.size() < in_flight; ++next) {
            waiting.emplace(engine_.submit(requests[next]), next);
        }
        const llm::Engine::Event event = engine_.next(100);
        if (event.kind == llm::Engine::Event::Kind::kNothing) {
            continue;
        }
        if (event.kind != llm::Engine::Event::Kind::kDone) {
            throw std::runtime_error(to_sentence(event.failure));
        }
        if (const auto* answer = std::get_if<wire::AnswerDone>(&event.done)) {
            answered[of_answers.at(event.id)] = *answer;
            of_answers.erase(event.id);
        } else {
            out[waiting.at(event.id)] = std::get<wire::LabelDone>(event.done);
            waiting.erase(event.id);
        }
    }
    if (answers != nullptr) {
        *answers = std::move(answered);
    }
    return out;
}

std::vector<wire::AnswerDone> ModelBench::answer_alone(std::vector<wire::AnswerRequest> requests) {
    for (auto& request : requests) {
        request.alone = true;
    }
    return answer(requests, 1);
}

std::string difference(const std::vector<wire::AnswerDone>& a,
                       const std::vector<wire::AnswerDone>& b) {
    if (a.size() != b.size()) {
        return "not as many";
    }
    std::string out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].tokens != b[i].tokens) {
            out += fmt::format("{}: tokens {} / {}\n",
                               i,
                               fmt::join(a[i].tokens, " "),
                               fmt::join(b[i].tokens, " "));
        }
        if (a[i].trace_sha256 != b[i].trace_sha256) {
            out += fmt::format("{}: bits of the logits differ\n", i);
        }
        if (a[i].stop_reason != b[i].stop_reason || a[i].text != b[i].text) {
            out += fmt::format("{}: text or end differ\n", i);
        }
    }
    return out;
}

}  // namespace assay::test
