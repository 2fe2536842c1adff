#include "assay/variants/checkpoint_folder.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "temp_folder.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::HasSubstr;

std::string weights(const std::string& header, const std::string& values) {
    std::string out(8, '\0');
    out[0] = static_cast<char>(header.size());
    return out + header + values;
}

constexpr const char* kHeader = R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})";

class CheckpointFolderTest : public testing::Test {
 protected:
    CheckpointFolderTest() {
        write("config.json", R"({"architectures": ["LlamaForCausalLM"]})");
        write("tokenizer.json", "{}");
        write("model.safetensors", weights(kHeader, "abcd"));
    }
    void write(const std::string& name, const std::string& text) const {
        files.write("model/" + name, text);
    }
    void remove(const std::string& name) const { fs::remove(folder() / name); }
    [[nodiscard]] fs::path folder() const { return files / "model"; }
    /// Why it is refused; empty: it is not.
    [[nodiscard]] std::string refusal() const {
        const auto looked = look_at_checkpoint(folder());
        return looked ? "" : to_sentence(looked.error());
    }
    [[nodiscard]] std::string hash() const {
        return sha256_of_checkpoint(*look_at_checkpoint(folder())).value();
    }

    const TempFolder files;
};

TEST_F(CheckpointFolderTest, ThatIsCompleteIsTaken) {
    EXPECT_EQ(refusal(), "");
    const auto looked = look_at_checkpoint(folder());
    EXPECT_EQ(looked->files.size(), 3U);
    EXPECT_EQ(looked->weight_bytes, 8 + std::string(kHeader).size() + 4);
    remove("tokenizer.json");
    write("vocab.json", "{}");
    EXPECT_THAT(refusal(), HasSubstr("holds no tokenizer"));
    write("merges.txt", "");
    EXPECT_EQ(refusal(), "");
}

TEST_F(CheckpointFolderTest, WithoutConfigTokenizerOrWeightsIsRefused) {
    remove("config.json");
    EXPECT_THAT(refusal(), HasSubstr("holds no config.json"));
    write("adapter_config.json", "{}");
    EXPECT_THAT(refusal(), HasSubstr("is the folder of a LoRA adapter"));
    for (const char* text : {"", "[]", "{", "\xff"}) {
        write("config.json", text);
        EXPECT_THAT(refusal(), HasSubstr("is not a JSON object"));
    }
    for (const char* text : {"{}", R"({"architectures": []})", R"({"architectures": "Llama"})"}) {
        write("config.json", text);
        EXPECT_THAT(refusal(), HasSubstr("does not name an architecture"));
    }
    write("config.json",
          R"({"architectures": ["L"], "quantization_config": {"quant_method": "awq"}})");
    EXPECT_THAT(refusal(), HasSubstr("its weights are quantized"));
    write("config.json", R"({"architectures": ["L"], "quantization_config": null})");
    EXPECT_EQ(refusal(), "");
    remove("model.safetensors");
    EXPECT_THAT(refusal(), HasSubstr("holds no weights"));
    write("pytorch_model.bin", "PK");
    EXPECT_THAT(refusal(), HasSubstr("pickles only, which run code when they are read"));
}

TEST_F(CheckpointFolderTest, WithAPartMissingIsRefused) {
    remove("model.safetensors");
    write("model-00001-of-00002.safetensors", weights(kHeader, "abcd"));
    EXPECT_THAT(refusal(), HasSubstr("missing: model-00002-of-00002.safetensors"));
    write("model-00002-of-00002.safetensors", weights(kHeader, "abcd"));
    EXPECT_EQ(refusal(), "");
    write(
        "model.safetensors.index.json",
        R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-x.safetensors"}})");
    EXPECT_THAT(refusal(), HasSubstr("missing: model-x.safetensors"));
    write("model.safetensors.index.json", "[]");
    EXPECT_THAT(refusal(), HasSubstr("is not a JSON object"));
    write("model.safetensors.index.json", R"({"weight_map": {"a": 7}})");
    EXPECT_THAT(refusal(), HasSubstr("a part of its weights is missing"));
    write("model.safetensors.index.json", R"({"weight_map": "none"})");
    EXPECT_THAT(refusal(), HasSubstr("a part of its weights is missing"));
}

TEST_F(CheckpointFolderTest, WithAPartThatIsNotWholeIsRefused) {
    write("model.safetensors", weights(kHeader, "abc"));
    EXPECT_THAT(refusal(),
                HasSubstr("is cut off: it has 3 bytes of values, and its header says 4"));
    write("model.safetensors", std::string(kHeader));
    EXPECT_THAT(refusal(), HasSubstr("is not a whole safetensors file"));
    write("model.safetensors", "");
    EXPECT_THAT(refusal(), HasSubstr("is not a whole safetensors file"));
    write("model.safetensors", weights("nothing", "abcd"));
    EXPECT_THAT(refusal(), HasSubstr("has a header that is no JSON object"));
    write("model.safetensors", weights(R"({"a":{"data_offsets":[0,-4]}})", "abcd"));
    EXPECT_THAT(refusal(), HasSubstr("does not say where a lies"));
    write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
    EXPECT_THAT(refusal(), HasSubstr("is a pointer of Git LFS"));
    remove("model.safetensors");
    fs::create_symlink("nowhere", folder() / "model.safetensors");
    EXPECT_THAT(refusal(), HasSubstr("cannot be opened"));
}

TEST_F(CheckpointFolderTest, ThatIsNoFolderIsRefused) {
    EXPECT_THAT(to_sentence(look_at_checkpoint(files / "none").error()),
                HasSubstr("there is no such folder"));
    EXPECT_THAT(to_sentence(look_at_checkpoint(folder() / "config.json").error()),
                HasSubstr("is a file, not a checkpoint folder"));
    if (::geteuid() != 0) {
        fs::permissions(folder(), fs::perms::none);
        EXPECT_THAT(refusal(), HasSubstr("cannot be read"));
        fs::permissions(folder(), fs::perms::owner_all);
    }
}

TEST_F(CheckpointFolderTest, WithAnOddNameInItIsASentenceOfValidText) {
    write("model-\xff.safetensors", "short");
    EXPECT_THAT(refusal(), HasSubstr("is not a whole safetensors file"));
    EXPECT_THAT(refusal(), HasSubstr("\xEF\xBF\xBD"));
}

TEST_F(CheckpointFolderTest, HasTheHashOfAllThatIsRead) {
    const std::string before = hash();
    write("README.md", "a card");
    write("training/optimizer.json", "not read");
    EXPECT_EQ(hash(), before);
    for (const char* name : {"generation_config.json",
                             "chat_template.jinja",
                             "tokenizer.model",
                             "additional_chat_templates/tool.jinja"}) {
        write(name, "{}");
        EXPECT_NE(hash(), before) << name;
        remove(name);
        EXPECT_EQ(hash(), before);
    }
    write("tokenizer.json", "{ }");
    EXPECT_NE(hash(), before);
}

}  // namespace
}  // namespace assay::variants
