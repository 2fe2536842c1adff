#include "assay/llm/ollama_models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/base/hash.hpp"
#include "served_bench.hpp"
#include "sim_ollama.hpp"
#include "temp_folder.hpp"

namespace assay::llm {
namespace {

using test::SimOllama;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class OllamaModels : public ::testing::Test {
 protected:
    ServedPlace place(const std::string& url) {
        http::HttpTarget target;
        target.url = url;
        target.host_and_port = "the-host:1";
        target.timeout_s = 5;
        return {target, cancel};
    }
    const std::string bytes{"GGUF and more"};
    test::TempFolder folder;
    const OllamaGuest::File file{folder.write("m.gguf", bytes), sha256_hex(bytes)};
    std::atomic<bool> cancel{false};
    ServedBench::Notes notes;
};

TEST_F(OllamaModels, AModelOfOursIsThereForAsLongAsItIsNeeded) {
    SimOllama server("users:1", "d1");
    {
        const OllamaGuest guest({place(server.url())}, "assay-temporary-1", file, notes);
        EXPECT_THAT(server.names(), ElementsAre("assay-temporary-1:latest", "users:1"));
        EXPECT_EQ(server.blobs().at("/api/blobs/sha256:" + file.sha256), bytes);
    }
    EXPECT_THAT(server.names(), ElementsAre("users:1"));
    EXPECT_THAT(notes.lines, IsEmpty());
}

TEST_F(OllamaModels, ABlobThatIsThereIsNotSentAgain) {
    SimOllama server;
    { const OllamaGuest guest({place(server.url())}, "assay-temporary-1", file, notes); }
    { const OllamaGuest guest({place(server.url())}, "assay-temporary-1", file, notes); }
    const auto log = server.log();
    EXPECT_EQ(std::count(log.begin(), log.end(), "POST /api/blobs/sha256:" + file.sha256), 1);
    EXPECT_EQ(std::count(log.begin(), log.end(), "DELETE /api/delete"), 2);
}

TEST_F(OllamaModels, WhatCannotBeCreatedEverywhereIsLeftNowhere) {
    SimOllama good;
    test::SimServer bad([](const test::SeenRequest& request, int) {
        return test::ScriptedReply{request.path == "/api/create" ? 500 : 200,
                                   R"({"error": "no room"})"};
    });
    ServedBench bench("ollama", {});
    const std::string error = bench.error_of([&] {
        const OllamaGuest guest(
            {place(good.url()), place(bad.base())}, "assay-temporary-1", file, notes);
    });
    EXPECT_THAT(error, HasSubstr("no room"));
    EXPECT_THAT(good.names(), IsEmpty());
}

TEST_F(OllamaModels, AnInterruptedRunTidiesUp) {
    SimOllama server;
    {
        const OllamaGuest guest({place(server.url())}, "assay-temporary-1", file, notes);
        cancel = true;
    }
    EXPECT_THAT(server.names(), IsEmpty());
}

TEST_F(OllamaModels, AModelThatCannotBeRemovedIsNamed) {
    auto server = std::make_unique<SimOllama>();
    {
        const OllamaGuest guest({place(server->url())}, "assay-temporary-1", file, notes);
        server.reset();
    }
    EXPECT_THAT(notes.lines, ElementsAre(HasSubstr("`ollama rm assay-temporary-1` does")));
}

TEST_F(OllamaModels, AModelIsFetchedWhenAsked) {
    SimOllama server;
    pull_ollama_model(place(server.url()), "m:1");
    EXPECT_THAT(server.names(), Contains("m:1"));
}

TEST(GuestName, BelongsToRunAndFile) {
    EXPECT_EQ(guest_name("/a", "1"), guest_name("/a", "1"));
    EXPECT_NE(guest_name("/a", "1"), guest_name("/b", "1"));
    EXPECT_NE(guest_name("/a", "1"), guest_name("/a", "2"));
    EXPECT_THAT(guest_name("/a", "1"), testing::StartsWith("assay-temporary-"));
}

}  // namespace
}  // namespace assay::llm
