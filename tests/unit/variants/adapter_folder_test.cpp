#include "assay/variants/adapter_folder.hpp"

#include <gmock/gmock.h>

#include "temp_folder.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AdapterFolderTest : public testing::Test {
 protected:
    AdapterFolderTest() {
        const std::string header = R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})";
        std::string length(8, '\0');
        length[0] = static_cast<char>(header.size());
        files.write("peft/adapter_model.safetensors", length + header + "ab");
        write("");
    }
    /// Its settings beside those that every adapter has.
    void write(const std::string& settings) const {
        files.write("peft/adapter_config.json",
                    R"({"peft_type": "LORA", "lora_alpha": 16, "r": 8)" + settings + "}");
    }
    /// Why it is refused; empty: it is not.
    [[nodiscard]] std::string refusal() const {
        const auto looked = look_at_adapter(files / "peft");
        return looked ? "" : to_sentence(looked.error());
    }

    const test::TempFolder files;
};

TEST_F(AdapterFolderTest, OfPlainLoraIsTaken) {
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(look_at_adapter(files / "peft")->files.size(), 2U);
    // what peft writes of an ordinary adapter
    write(R"(, "bias": "none", "use_rslora": false, "use_dora": false, "alpha_pattern": {},
             "rank_pattern": {"q_proj": 4}, "modules_to_save": null, "fan_in_fan_out": false,
             "lora_bias": false, "trainable_token_indices": null, "init_lora_weights": true)");
    EXPECT_EQ(refusal(), "");
    for (const char* start : {"\"gaussian\"", "\"eva\"", "false"}) {
        write(std::string(R"(, "init_lora_weights": )") + start);
        EXPECT_EQ(refusal(), "") << start;
    }
}

TEST_F(AdapterFolderTest, ThatDoesMoreThanTheScriptConvertsIsRefused) {
    for (const char* setting : {R"("use_rslora": true)",
                                R"("use_dora": true)",
                                R"("alpha_pattern": {"q_proj": 32})",
                                R"("fan_in_fan_out": true)",
                                R"("modules_to_save": ["lm_head"])",
                                R"("trainable_token_indices": [1, 2])",
                                R"("lora_bias": true)",
                                R"("alora_invocation_tokens": [7])",
                                R"("use_qalora": true)",
                                R"("bias": "all")",
                                R"("init_lora_weights": "pissa")",
                                R"("init_lora_weights": "loftq")"}) {
        write(std::string(", ") + setting);
        EXPECT_THAT(refusal(), HasSubstr("Merge it with peft")) << setting;
    }
}

TEST_F(AdapterFolderTest, OfAnotherMethodOrWithoutItsFilesIsRefused) {
    files.write("peft/adapter_config.json", R"({"peft_type": "LOHA", "alpha": 8})");
    EXPECT_THAT(refusal(), HasSubstr("peft_type is \"LOHA\""));
    files.write("peft/adapter_config.json", R"({"peft_type": "LORA", "lora_alpha": "many"})");
    EXPECT_THAT(refusal(), HasSubstr("does not say its lora_alpha"));
    files.write("peft/adapter_config.json", "[]");
    EXPECT_THAT(refusal(), HasSubstr("is not a JSON object"));
    write("");
    files.write("peft/adapter_model.safetensors", "short");
    EXPECT_THAT(refusal(), HasSubstr("is not a whole safetensors file"));
    fs::remove(files / "peft" / "adapter_model.safetensors");
    EXPECT_THAT(refusal(), HasSubstr("holds no adapter_model.safetensors"));
    files.write("peft/adapter_model.bin", "PK");
    EXPECT_THAT(refusal(), HasSubstr("as a pickle only"));
    fs::remove(files / "peft" / "adapter_config.json");
    EXPECT_THAT(refusal(), HasSubstr("holds no adapter_config.json"));
    EXPECT_THAT(to_sentence(look_at_adapter(files / "none").error()),
                HasSubstr("there is no such folder"));
}

}  // namespace
}  // namespace assay::variants
