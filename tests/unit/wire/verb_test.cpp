#include "assay/wire/verb.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace assay::wire {
namespace {

/// Serves three verbs, and keeps what it sends.
class Server {
 public:
    Result<Loaded> load(const Load& request) {
        if (request.path.empty()) {
            return fail("no path", "here", "Name one.");
        }
        return Loaded{.n_ctx_train = request.n_gpu_layers};
    }
    void quantize(std::uint64_t id, Quantize request) {
        send(encode(id, Progress{1, 2}));
        send(encode(id, Progress{2, 2}));
        n_quantized += static_cast<int>(request.type.size());
        send(encode(id, Quantized{}));
    }
    template <class Request>
    void submit(std::uint64_t id, Request request) {
        tasks.emplace_back(id, std::move(request));
    }
    void send(const Frame& frame) {
        auto message = decode_message(frame);
        ASSERT_TRUE(message);
        sent.push_back(std::move(*message));
    }

    int n_quantized = 0;
    std::vector<std::pair<std::uint64_t, TaskRequest>> tasks;
    std::vector<Message> sent;
};

constexpr std::array kVerbs{
    verb<&Server::load>(),
    verb<&Server::quantize>(),
    verb<&Server::submit<AnswerRequest>>(),
    verb<&Server::submit<LabelRequest>>(),
};

/// Serves a request by the row that has its name.
void serve(Server& server, Frame frame) {
    const auto message = decode_message(std::move(frame));
    ASSERT_TRUE(message);
    for (const auto& verb : kVerbs) {
        if (verb.name == message->name) {
            return verb.serve(server, *message);
        }
    }
    FAIL() << "no row is named " << message->name;
}

TEST(Verbs, AreNamedByTheirRequests) {
    EXPECT_EQ(kVerbs[0].name, "load");
    EXPECT_EQ(kVerbs[1].name, "quantize");
    EXPECT_EQ(kVerbs[2].name, "answer");
    EXPECT_EQ(kVerbs[3].name, "label_probs");
}

TEST(Verbs, SendWhatTheHandlerGivesOrWhyItFailed) {
    Server server;
    serve(server, encode(7, Load{"m", false, 5}));
    serve(server, encode(8, Load{}));
    ASSERT_EQ(server.sent.size(), 2U);
    EXPECT_EQ(server.sent[0].id, 7U);
    EXPECT_EQ(decode<Loaded>(server.sent[0])->n_ctx_train, 5);
    EXPECT_EQ(server.sent[1].id, 8U);
    const Failure failure = decode<Failed>(server.sent[1])->failure;
    EXPECT_EQ(to_sentence(failure), "here: no path. Name one.");
}

TEST(Verbs, WhoseHandlerRepliesByItselfMayReplyManyTimesOrLater) {
    Server server;
    serve(server, encode(3, Quantize{"a", "b", "Q8_0", {}, false, 1}));
    ASSERT_EQ(server.sent.size(), 3U);
    EXPECT_EQ(decode<Progress>(server.sent[1])->done, 2U);
    EXPECT_TRUE(server.sent[2].is<Quantized>());
    EXPECT_EQ(server.n_quantized, 4);

    serve(server, encode(4, AnswerRequest{.prompt = {1, 2}}));
    serve(server, encode(5, LabelRequest{.prompt = {3}, .labels = {9}}));
    EXPECT_EQ(server.sent.size(), 3U) << "nothing yet";
    ASSERT_EQ(server.tasks.size(), 2U);
    EXPECT_EQ(server.tasks[0].first, 4U);
    EXPECT_EQ(std::get<AnswerRequest>(server.tasks[0].second).prompt,
              (std::vector<std::int32_t>{1, 2}));
    EXPECT_EQ(std::get<LabelRequest>(server.tasks[1].second).labels, std::vector<std::int32_t>{9});
}

TEST(Verbs, RefuseARequestThatCannotBeReadAndCallNobody) {
    Server server;
    serve(server, {R"({"id": 6, "name": "quantize", "body": {"source": "a"}})", {}});
    ASSERT_EQ(server.sent.size(), 1U);
    EXPECT_EQ(server.sent[0].id, 6U);
    const Failure failure = decode<Failed>(server.sent[0])->failure;
    EXPECT_NE(failure.message.find("target is missing"), std::string::npos) << failure.message;
    EXPECT_EQ(server.n_quantized, 0);
}

}  // namespace
}  // namespace assay::wire
