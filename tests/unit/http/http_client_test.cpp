#include "assay/http/http_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "assay/base/result.hpp"
#include "sim_server.hpp"
#include "temp_folder.hpp"

namespace assay::http {
namespace {

using namespace std::chrono_literals;
using test::RawServer;
using test::SimServer;

HttpTarget target(const std::string& url, double timeout_s = 5) {
    HttpTarget target;
    target.url = url + "/chat/completions";
    target.host_and_port = "the-host:1";
    target.timeout_s = timeout_s;
    return target;
}

/// Posts one body and waits for what comes.
HttpReply post(HttpTarget to, std::string body = "{}") {
    HttpClient client(std::move(to));
    client.post(7, std::move(body));
    for (;;) {
        const auto replies = client.poll(100ms);
        if (!replies.empty()) {
            return replies.front();
        }
    }
}

TEST(HttpClient, PostsTheBodyAndGivesTheReply) {
    SimServer server([](const auto&, int) {
        return test::ScriptedReply{418, "short and stout", {{"Retry-After", " 9 "}}};
    });
    HttpTarget to = target(server.url());
    to.headers = {"Content-Type: application/json", "Authorization: Bearer k"};
    const std::string long_body(3 << 20, 'x');  // longer than what curl would ask permission for
    const HttpReply reply = post(to, long_body);
    EXPECT_EQ(reply.id, 7u);
    EXPECT_EQ(reply.status, 418);
    EXPECT_EQ(reply.body, "short and stout");
    EXPECT_EQ(reply.retry_after, "9");
    EXPECT_EQ(reply.trouble, "");
    EXPECT_TRUE(reply.connected);
    ASSERT_EQ(server.seen().size(), 1u);
    EXPECT_EQ(server.seen()[0].body, long_body);
    EXPECT_EQ(server.seen()[0].authorization, "Bearer k");
    EXPECT_EQ(server.seen()[0].path, "/v1/chat/completions");
}

TEST(HttpClient, ATargetsQueryStandsBehindEveryPath) {
    SimServer server([](const auto&, int) { return test::ScriptedReply{200, ""}; });
    HttpTarget to;
    to.url = server.url();
    to.query = "api-version=2024-10-21";
    HttpClient client(std::move(to));
    const std::atomic<bool> never{false};
    static_cast<void>(call(client, {.path = "/a"}, never));
    static_cast<void>(call(client, {.method = "GET", .path = "/b?limit=100"}, never));
    const auto seen = server.seen();
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].path, "/v1/a");
    EXPECT_EQ(seen[0].query, "api-version=2024-10-21");
    EXPECT_EQ(seen[1].path, "/v1/b");
    EXPECT_EQ(seen[1].query, "limit=100&api-version=2024-10-21");
}

TEST(HttpClient, ReadsAsksAndDeletesAtSeveralAddresses) {
    const auto echo = [](const test::SeenRequest& request, int) {
        return test::ScriptedReply{
            200, request.method + " " + request.path + " " + request.body, {{"Server", "sim"}}};
    };
    SimServer one(echo), two(echo);
    const std::atomic<bool> cancel{false};
    HttpTarget at_one = target(one.url()), at_two = target(two.url());
    at_one.url = one.base();
    at_two.url = two.base();
    at_two.headers = {"Authorization: Bearer k"};
    HttpClient client(std::vector{at_one, at_two});
    const HttpReply got = call(client, {.method = "GET", .path = "/a"}, cancel);
    EXPECT_EQ(got.body, "GET /a ");
    EXPECT_EQ(got.server, "sim");
    EXPECT_EQ(
        call(client, {.method = "DELETE", .path = "/b", .body = "{}", .target = 1}, cancel).body,
        "DELETE /b {}");
    const HttpReply head = call(client, {.method = "HEAD", .path = "/c", .target = 1}, cancel);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(two.seen().at(0).authorization, "Bearer k");
    EXPECT_EQ(one.seen().at(0).authorization, "");
}

TEST(HttpClient, AFileIsSentFromDisk) {
    SimServer server([](const auto&, int) { return test::ScriptedReply{201, ""}; });
    const test::TempFolder folder;
    const std::string bytes(3 << 20, 'y');
    const auto file = folder.write("big", bytes);
    const std::atomic<bool> cancel{false};
    HttpTarget to = target(server.url());
    // curl's own default would be that of a form
    to.headers = {"Content-Type: application/octet-stream"};
    HttpClient client(to);
    EXPECT_EQ(call(client, {.file = file}, cancel).status, 201);
    EXPECT_EQ(server.seen().at(0).body, bytes);
    EXPECT_THROW(client.send(1, {.file = folder / "missing"}), Error);
}

TEST(HttpClient, WaitingForAReplyCanBeBrokenOff) {
    SimServer server([](const auto&, int) { return test::ScriptedReply{200, "", {}, 2000ms}; });
    const std::atomic<bool> cancel{true};
    HttpClient client(target(server.url()));
    EXPECT_THROW(static_cast<void>(call(client, {.method = "GET"}, cancel)), Error);
}

TEST(HttpClient, ARefusedConnectionIsTroubleWithHostAndPort) {
    const HttpReply reply = post(target("http://127.0.0.1:" + std::to_string(test::free_port())));
    EXPECT_EQ(reply.status, 0);
    EXPECT_FALSE(reply.connected);
    EXPECT_EQ(reply.trouble.rfind("the-host:1: ", 0), 0u);
}

TEST(HttpClient, BrokenRepliesAreTrouble) {
    for (const char* bytes :
         {"",
          "garbage\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nxxxxx"}) {
        RawServer server(bytes);
        const HttpReply reply = post(target(server.url()));
        EXPECT_EQ(reply.status, 0) << bytes;
        EXPECT_NE(reply.trouble, "") << bytes;
        EXPECT_TRUE(reply.connected) << bytes;
    }
}

TEST(HttpClient, AReplyThatTricklesEndsAtTheTimeLimit) {
    RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'),
                     10ms);
    const auto begin = std::chrono::steady_clock::now();
    const HttpReply reply = post(target(server.url(), 0.6));
    EXPECT_EQ(reply.trouble, "the-host:1: no whole reply within 0.6 s");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(HttpClient, AReplyThatIsTooLongIsCutOff) {
    const std::string body(HttpTarget().most_reply_bytes + 1, 'x');
    SimServer server([&](const auto&, int) { return test::ScriptedReply{200, body}; });
    const HttpReply reply = post(target(server.url()));
    EXPECT_EQ(reply.status, 0);
    EXPECT_NE(reply.trouble.find("longer than"), std::string::npos);
    EXPECT_LE(reply.body.size(), HttpTarget().most_reply_bytes);
    RawServer headers("HTTP/1.1 200 OK\r\n" + [] {
        std::string lines;
        for (int i = 0; i < 40; ++i) {
            lines += "X-" + std::to_string(i) + ": " + std::string(10000, 'x') + "\r\n";
        }
        return lines;
    }());
    EXPECT_EQ(post(target(headers.url())).status, 0);
}

TEST(HttpClient, RedirectsAreNotFollowed) {
    SimServer elsewhere([](const auto&, int) { return test::ScriptedReply{200, "stolen"}; });
    for (const int status : {301, 302, 303, 307, 308}) {
        SimServer server([&](const auto&, int) {
            return test::ScriptedReply{status, "", {{"Location", elsewhere.url()}}};
        });
        EXPECT_EQ(post(target(server.url())).status, status);
    }
    EXPECT_TRUE(elsewhere.seen().empty());
}

TEST(HttpClient, ProxiesAreHeededUnlessSwitchedOff) {
    SimServer server([](const auto&, int) { return test::ScriptedReply{200, "direct"}; });
    SimServer proxy([](const auto&, int) { return test::ScriptedReply{200, "proxy"}; });
    setenv("http_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
    HttpTarget to = target(server.url());
    EXPECT_EQ(post(to).body, "proxy");
    to.use_proxy = false;
    EXPECT_EQ(post(to).body, "direct");
    unsetenv("http_proxy");
}

TEST(HttpClient, SeveralRequestsRunTogether) {
    test::Gate gate(5);
    SimServer server([&](const auto& request, int) {
        gate.pass();
        return test::ScriptedReply{200, request.body};
    });
    HttpClient client(target(server.url(), 20));
    for (std::size_t i = 0; i < 5; ++i) {
        client.post(i, std::to_string(i));
    }
    std::size_t n = 0;
    while (n < 5) {
        for (const HttpReply& reply : client.poll(100ms)) {
            EXPECT_EQ(reply.body, std::to_string(reply.id));
            ++n;
        }
    }
    EXPECT_EQ(server.n_at_once(), 5);
}

TEST(HttpClient, PollWithoutRequestsSleepsAndEndingBreaksOff) {
    const auto begin = std::chrono::steady_clock::now();
    SimServer server([](const auto&, int) { return test::ScriptedReply{200, "late", {}, 1500ms}; });
    {
        HttpClient client(target(server.url()));
        EXPECT_TRUE(client.poll(50ms).empty());
        EXPECT_GE(std::chrono::steady_clock::now() - begin, 45ms);
        client.post(1, "{}");
        EXPECT_TRUE(client.poll(50ms).empty());
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1400ms);
}

}  // namespace
}  // namespace assay::http
