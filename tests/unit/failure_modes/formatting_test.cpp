#include "assay/failure_modes/formatting.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::failure_modes {
namespace {

TEST(HasTemplateToken, KnowsTheTokensOfCommonTemplates) {
    for (const char* text : {"Yes.<|im_end|>",
                             "<|IM_START|>user",
                             "[/INST] Yes",
                             "is [SYS] x",
                             "<<SYS>>",
                             "Yes</s>",
                             "<end_of_turn>",
                             "<|eot_id|>"}) {
        EXPECT_TRUE(has_template_token(text)) << text;
    }
    for (const char* text : {"a <| b |> c", "|a|<|b|", "<|>", "<||>", "the system [S]", ""}) {
        EXPECT_FALSE(has_template_token(text)) << text;
    }
}

TEST(HasRoleHeader, IsARoleAtTheStartOfALine) {
    for (const char* text : {"Yes.\nuser: and then?",
                             "### User:\nx",
                             "assistant\nYes",
                             "**Human:** x",
                             "Assistant: yes"}) {
        EXPECT_TRUE(has_role_header(text)) << text;
    }
    for (const char* text :
         {"The user: a person", "Users: 3", "Human beings differ.", "System requirements: none"}) {
        EXPECT_FALSE(has_role_header(text)) << text;
    }
}

TEST(HasOpenFence, CountsFencesAtLineStarts) {
    EXPECT_TRUE(has_open_fence("So:\n```python\nx = 1"));
    EXPECT_FALSE(has_open_fence("So:\n```python\nx = 1\n```"));
    EXPECT_FALSE(has_open_fence("``` x ```"));
    EXPECT_FALSE(has_open_fence("a fence is written ```"));
}

TEST(HasHeading, IsAnArtifactInAShortAnswerOnly) {
    EXPECT_TRUE(has_heading("# Answer\nYes."));
    EXPECT_TRUE(has_heading("Yes.\n### Why\nSo."));
    EXPECT_FALSE(has_heading("#1 is first"));
    EXPECT_FALSE(has_heading("```\n# a comment\n```"));
    std::string text = "# Answer\n";
    for (int i = 0; i < 100; ++i) {
        text += "word ";
    }
    EXPECT_FALSE(has_heading(text));
}

TEST(HasHtml, KnowsTagsFromFormulasAndComparisons) {
    for (const char* text :
         {"<p>Yes</p>", "a<br/>b", "<a href=\"x\">y</a>", "<!DOCTYPE html>", "</div>", "<BR>"}) {
        EXPECT_TRUE(has_html(text)) << text;
    }
    for (const char* text : {"CO<sub>2</sub>",
                             "a < b and c > d",
                             "p <i and j> k",
                             "<b",
                             "i<a and",
                             "`<p>`",
                             "<x@y.org>"}) {
        EXPECT_FALSE(has_html(text)) << text;
    }
}

TEST(HasFormattingArtifact, LeavesPlainSentencesAlone) {
    EXPECT_FALSE(
        has_formatting_artifact("A white dwarf [1] is small: its radius falls with mass^(-1/3)."));
    EXPECT_FALSE(has_formatting_artifact(""));
    EXPECT_TRUE(has_formatting_artifact("Yes.<|im_end|>"));
}

}  // namespace
}  // namespace assay::failure_modes
