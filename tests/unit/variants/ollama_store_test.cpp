#include "assay/variants/ollama_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "temp_folder.hpp"

namespace assay::variants {
namespace {

using ::testing::HasSubstr;

const std::string kHash(64, 'a');

std::string manifest(const std::string& layers) {
    return "{\"schemaVersion\": 2, \"layers\": [" + layers + "]}";
}
std::string layer(const std::string& type, const std::string& hash = kHash) {
    return "{\"mediaType\": \"application/vnd.ollama.image." + type +
           "\", \"digest\": \"sha256:" + hash + "\", \"size\": 4}";
}

class OllamaStore : public ::testing::Test {
 protected:
    std::string place(const std::string& name, const std::string& text) const {
        return folder.write("manifests/" + name, text);
    }
    std::string error(const std::string& name) const {
        const auto file = ollama_model_file(folder.path(), name);
        return file ? "" : to_sentence(file.error());
    }
    test::TempFolder folder;
    const std::string blob = folder.write("blobs/sha256-" + kHash, "GGUF");
};

TEST_F(OllamaStore, ANameLeadsToItsGguf) {
    place("registry.ollama.ai/library/qwen2.5/0.5b",
          manifest(layer("template", std::string(64, 'b')) + "," + layer("model")));
    place("registry.ollama.ai/library/own/latest", manifest(layer("model")));
    place("registry.ollama.ai/me/own/x", manifest(layer("model")));
    place("hf.co/me/own/Q8_0", manifest(layer("model")));
    for (const char* name : {"qwen2.5:0.5b", "own", "me/own:x", "hf.co/me/own:Q8_0"}) {
        EXPECT_EQ(ollama_model_file(folder.path(), name).value_or("none"), blob) << name;
    }
}

TEST_F(OllamaStore, WhatIsNotThereIsNamedWithTheWayOut) {
    EXPECT_THAT(error("qwen2.5:0.5b"), HasSubstr("Ollama has no model qwen2.5:0.5b here"));
    place("registry.ollama.ai/library/gone/latest", manifest(layer("model", std::string(64, 'c'))));
    EXPECT_THAT(error("gone"), HasSubstr("ollama pull gone"));
    place("registry.ollama.ai/library/none/latest", manifest(layer("template")));
    EXPECT_THAT(error("none"), HasSubstr("0 GGUF files"));
    place("registry.ollama.ai/library/lora/latest",
          manifest(layer("model") + "," + layer("adapter")));
    EXPECT_THAT(error("lora"), HasSubstr("adapter"));
}

TEST_F(OllamaStore, NoNameAndNoManifestLeadsOutOfTheStore) {
    for (const char* name : {"",
                             ":",
                             "a:",
                             "../../x",
                             "a/../b",
                             "/etc/passwd",
                             "a/b/c/d",
                             "a:b/c",
                             "a b",
                             ".hidden"}) {
        EXPECT_THAT(error(name), HasSubstr("no model's name")) << name;
    }
    for (const char* text : {"",
                             "[]",
                             "{}",
                             "{\"layers\": 1}",
                             "\xFF",
                             "{\"layers\": [1, {\"mediaType\": 2}, {\"mediaType\": \"x\"}]}"}) {
        place("registry.ollama.ai/library/bad/latest", text);
        EXPECT_NE(error("bad"), "") << text;
    }
    place("registry.ollama.ai/library/evil/latest",
          manifest(layer("model", "../../../../etc/passwd")));
    EXPECT_NE(error("evil"), "");
}

TEST_F(OllamaStore, OnlyItsOwnPrefixIsLookedUp) {
    setenv("OLLAMA_MODELS", folder.path().c_str(), 1);
    place("registry.ollama.ai/library/own/latest", manifest(layer("model")));
    EXPECT_EQ(path_of_model("ollama:own"), blob);
    EXPECT_EQ(path_of_model("/models/own.gguf"), "/models/own.gguf");
    EXPECT_THROW(static_cast<void>(path_of_model("ollama:other")), Error);
    EXPECT_EQ(find_model_file("ollama:own").value_or("none"), blob);
    EXPECT_EQ(find_model_file("/models/own.gguf").value_or("none"), "/models/own.gguf");
    const auto other = find_model_file("ollama:other");
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().message, HasSubstr("Ollama has no model other here"));
    unsetenv("OLLAMA_MODELS");
}

}  // namespace
}  // namespace assay::variants
