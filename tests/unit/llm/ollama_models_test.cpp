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
    const OllamaGuest::Order order{
        "assay-temporary-1", folder.write("m.gguf", bytes), sha256_hex(bytes), "", notes_folder()};
    [[nodiscard]] std::filesystem::path notes_folder() const { return folder / "notes"; }
    [[nodiscard]] std::size_t n_notes() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(notes_folder()), {}));
    }
    std::atomic<bool> cancel{false};
    ServedBench::Notes notes;
};

TEST_F(OllamaModels, AModelOfOursIsThereForAsLongAsItIsNeeded) {
    SimOllama server("users:1", "d1");
    {
        const OllamaGuest guest({place(server.url())}, order, cancel, notes);
        EXPECT_THAT(server.names(), ElementsAre("assay-temporary-1:latest", "users:1"));
        EXPECT_EQ(server.blobs().at("/api/blobs/sha256:" + order.sha256), bytes);
        EXPECT_EQ(n_notes(), 1u);
    }
    EXPECT_THAT(server.names(), ElementsAre("users:1"));
    EXPECT_THAT(notes.lines, IsEmpty());
    EXPECT_EQ(n_notes(), 0u);
}

TEST_F(OllamaModels, AnAdapterIsBroughtBesideTheFile) {
    SimOllama server;
    const std::string adapter = "GGUF of an adapter";
    OllamaGuest::Order with = order;
    with.adapter = folder.write("a.gguf", adapter);
    with.adapter_sha256 = sha256_hex(adapter);
    std::string digest;
    {
        const OllamaGuest guest({place(server.url())}, with, cancel, notes);
        EXPECT_EQ(server.blobs().at("/api/blobs/sha256:" + order.sha256), bytes);
        EXPECT_EQ(server.blobs().at("/api/blobs/sha256:" + with.adapter_sha256), adapter);
        EXPECT_EQ(server.digest("assay-temporary-1:latest"),
                  "digest-of-sha256:" + order.sha256 + "-with-sha256:" + with.adapter_sha256);
    }
    EXPECT_THAT(server.names(), IsEmpty());
}

TEST_F(OllamaModels, AnAdapterThatTheServerLeavesOutOrRefusesStopsTheRun) {
    OllamaGuest::Order with = order;
    with.adapter = folder.write("a.gguf", "A");
    with.adapter_sha256 = sha256_hex("A");
    SimOllama server;
    server.ignores_adapters = true;
    ServedBench bench("ollama", {});
    const auto error_at = [&](const std::string& url) {
        return bench.error_of([&] { const OllamaGuest guest({place(url)}, with, cancel, notes); });
    };
    const std::string left_out = error_at(server.url());
    EXPECT_THAT(left_out, HasSubstr("without the adapter"));
    EXPECT_THAT(left_out, HasSubstr("made of the merged file"));
    EXPECT_THAT(server.names(), IsEmpty()) << "and is removed";
    EXPECT_EQ(n_notes(), 0u);
    test::SimServer newest([](const test::SeenRequest& request, int) {
        return test::ScriptedReply{request.path == "/api/create" ? 400 : 200,
                                   R"({"error": "LoRA adapters are no longer supported"})"};
    });
    const std::string refused = error_at(newest.base());
    EXPECT_THAT(refused, HasSubstr("400: LoRA adapters are no longer supported"));
    EXPECT_THAT(refused, HasSubstr("made of the merged file"));
}

TEST_F(OllamaModels, ABlobThatIsThereIsNotSentAgain) {
    SimOllama server;
    { const OllamaGuest guest({place(server.url())}, order, cancel, notes); }
    { const OllamaGuest guest({place(server.url())}, order, cancel, notes); }
    const auto log = server.log();
    EXPECT_EQ(std::count(log.begin(), log.end(), "POST /api/blobs/sha256:" + order.sha256), 1);
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
        const OllamaGuest guest({place(good.url()), place(bad.base())}, order, cancel, notes);
    });
    EXPECT_THAT(error, HasSubstr("no room"));
    EXPECT_THAT(good.names(), IsEmpty());
}

TEST_F(OllamaModels, AnInterruptedRunTidiesUp) {
    SimOllama server;
    {
        const OllamaGuest guest({place(server.url())}, order, cancel, notes);
        cancel = true;
    }
    EXPECT_THAT(server.names(), IsEmpty());
}

TEST_F(OllamaModels, AModelThatCannotBeRemovedIsNamed) {
    auto server = std::make_unique<SimOllama>();
    {
        const OllamaGuest guest({place(server->url())}, order, cancel, notes);
        server.reset();
    }
    EXPECT_THAT(notes.lines, ElementsAre(HasSubstr("`ollama rm assay-temporary-1` does")));
}

TEST_F(OllamaModels, AModelInUseIsNotRemovedByAnotherRunAndOneThatWasLeftIs) {
    auto server = std::make_unique<SimOllama>("users:1", "d1");
    const int port = server->port();
    {
        const OllamaGuest guest({place(server->url())}, order, cancel, notes);
        remove_left_models(notes_folder(), cancel, notes);
        EXPECT_THAT(server->names(), Contains("assay-temporary-1:latest"));
        EXPECT_THAT(notes.lines, IsEmpty());
        server.reset();  // so that it cannot be removed in the end
    }
    EXPECT_EQ(n_notes(), 1u);
    notes.lines.clear();
    remove_left_models(notes_folder(), cancel, notes);
    EXPECT_THAT(notes.lines, ElementsAre(HasSubstr("could not be removed")));
    EXPECT_EQ(n_notes(), 1u) << "the next run tries again";
    SimOllama again("assay-temporary-1:latest", "d1", nlohmann::json::object(), port);
    notes.lines.clear();
    remove_left_models(notes_folder(), cancel, notes);
    EXPECT_THAT(again.names(), IsEmpty());
    EXPECT_THAT(notes.lines, ElementsAre(HasSubstr("removed the model assay-temporary-1")));
    EXPECT_EQ(n_notes(), 0u);
}

TEST_F(OllamaModels, OnlyWhatANoteOfOursNamesIsRemoved) {
    SimOllama server("users:1", "d1");
    std::filesystem::create_directories(notes_folder());
    const auto note = [&](const std::string& name, const std::string& text) {
        return folder.write("notes/" + name, text);
    };
    const std::string users = R"({"model": "users:1", "address": ")" + server.url() +
                              R"(", "api-key-env": ""})";
    const std::string kept = note("assay-temporary-2-x.json", users);
    const std::string other = note("other.json", users);
    const std::string broken = note("assay-temporary-3-x.json", "{");
    const std::string empty = note("assay-temporary-4-x.json", "");
    remove_left_models(notes_folder(), cancel, notes);
    EXPECT_THAT(server.names(), ElementsAre("users:1"));
    for (const std::string& path : {kept, other, broken}) {
        EXPECT_TRUE(std::filesystem::exists(path)) << path;
    }
    EXPECT_FALSE(std::filesystem::exists(empty)) << "killed before anything was created";
    remove_left_models(folder / "none", cancel, notes);
}

TEST_F(OllamaModels, WhereNoNoteCanBeWrittenNothingIsCreated) {
    SimOllama server;
    OllamaGuest::Order nowhere = order;
    nowhere.notes = folder.write("a-file", "x");
    ServedBench bench("ollama", {});
    EXPECT_THAT(bench.error_of([&] {
        const OllamaGuest guest({place(server.url())}, nowhere, cancel, notes);
    }),
                HasSubstr("cannot note here"));
    EXPECT_THAT(server.log(), IsEmpty());
}

TEST_F(OllamaModels, AModelIsFetchedWhenAsked) {
    SimOllama server;
    pull_ollama_model(place(server.url()), "m:1");
    EXPECT_THAT(server.names(), Contains("m:1"));
}

TEST(GuestName, BelongsToRunVariantAndFile) {
    EXPECT_EQ(guest_name("/a", "q4", "1"), guest_name("/a", "q4", "1"));
    EXPECT_NE(guest_name("/a", "q4", "1"), guest_name("/b", "q4", "1"));
    EXPECT_NE(guest_name("/a", "q4", "1"), guest_name("/a", "q5", "1"));
    EXPECT_NE(guest_name("/a", "q4", "1"), guest_name("/a", "q4", "2"));
    EXPECT_THAT(guest_name("/a", "q4", "1"), testing::StartsWith("assay-temporary-"));
}

}  // namespace
}  // namespace assay::llm
