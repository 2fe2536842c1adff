#include "assay/http/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace assay::http {
namespace {

Endpoint endpoint(const std::string& url) {
    return parse_endpoint(url).value();
}

TEST(Endpoint, LosesItsLastSlashesAndGetsItsPort) {
    EXPECT_EQ(endpoint("http://127.0.0.1:9000/v1").base_url, "http://127.0.0.1:9000/v1");
    EXPECT_EQ(endpoint("http://127.0.0.1:9000/v1//").base_url, "http://127.0.0.1:9000/v1");
    EXPECT_EQ(endpoint("https://API.openai.com").base_url, "https://API.openai.com");
    EXPECT_EQ(endpoint("https://API.openai.com").host_and_port, "api.openai.com:443");
    EXPECT_TRUE(endpoint("https://API.openai.com").encrypted);
    EXPECT_EQ(endpoint("http://[::1]:80/v1").host, "::1");
    EXPECT_EQ(endpoint("http://[::1]/v1").host_and_port, "[::1]:80");
}

TEST(Endpoint, LoopbackIsOnlyWhatIsLoopback) {
    for (const char* url : {"http://127.0.0.1/v1",
                            "http://127.1.2.3/v1",
                            "http://localhost:1/v1",
                            "http://LOCALHOST/v1",
                            "http://[::1]/v1",
                            "http://127.1/v1"}) {
        EXPECT_TRUE(endpoint(url).loopback) << url;
    }
    for (const char* url : {"http://127.0.0.1.evil.com/v1",
                            "http://localhost.evil.com/v1",
                            "http://128.0.0.1/v1",
                            "http://10.0.0.1/v1",
                            "http://[::2]/v1",
                            "https://api.openai.com/v1",
                            "http://0.0.0.0/v1"}) {
        EXPECT_FALSE(endpoint(url).loopback) << url;
    }
}

TEST(Endpoint, WhatIsNoPlainAddressIsRefusedWithoutRepeatingIt) {
    for (const char* url : {"",
                            "127.0.0.1:9000/v1",
                            "ftp://x/v1",
                            "file:///etc/passwd",
                            "http://user:sk-secret@x/v1",
                            "http://sk-secret@x/v1",
                            "http://x/v1?key=sk-secret",
                            "http://x/v1#sk-secret",
                            "http://x:99999/",
                            "http://a b/"}) {
        const auto result = parse_endpoint(url);
        ASSERT_FALSE(result) << url;
        EXPECT_EQ(to_sentence(result.error()).find("sk-secret"), std::string::npos) << url;
        EXPECT_NE(to_sentence(result.error()).find("http://127.0.0.1:9000/v1"), std::string::npos)
            << url;
    }
}

TEST(Endpoint, AnApiVersionIsKeptBesideTheBaseAddress) {
    const Endpoint azure = endpoint(
        "https://me.openai.azure.com/openai/deployments/d/?api-version=2024-10-21");
    EXPECT_EQ(azure.base_url, "https://me.openai.azure.com/openai/deployments/d");
    EXPECT_EQ(azure.query, "api-version=2024-10-21");
    EXPECT_EQ(endpoint("http://127.0.0.1:9000/v1").query, "");
    for (const char* url : {"http://x/v1?api-version=",
                            "http://x/v1?api-version=1&key=sk-secret",
                            "http://x/v1?api-version=sk-secret%20",
                            "http://x/v1?api-key=sk-secret"}) {
        const auto result = parse_endpoint(url);
        ASSERT_FALSE(result) << url;
        EXPECT_EQ(to_sentence(result.error()).find("sk-secret"), std::string::npos) << url;
    }
}

TEST(Endpoint, AzureIsKnownByItsHostsAndByThePathOfADeployment) {
    for (const char* url :
         {"https://me.openai.azure.com/openai/v1",
          "https://me.cognitiveservices.azure.com/openai/v1",
          "https://ME.services.ai.azure.com/models?api-version=2024-05-01-preview",
          "https://gateway.example.com/openai/deployments/d",
          "http://127.0.0.1:9/x/openai/deployments/d?api-version=2024-10-21"}) {
        EXPECT_TRUE(endpoint(url).azure) << url;
    }
    for (const char* url : {"https://api.openai.com/v1",
                            "https://openai.azure.com.evil.com/v1",
                            "https://evilopenai.azure.com/v1",
                            "http://x/openai/v1"}) {
        EXPECT_FALSE(endpoint(url).azure) << url;
    }
}

TEST(Endpoint, ADeploymentAtAzureNeedsItsApiVersion) {
    const auto result = parse_endpoint("https://me.openai.azure.com/openai/deployments/d");
    ASSERT_FALSE(result);
    EXPECT_NE(to_sentence(result.error()).find("?api-version=2024-10-21"), std::string::npos);
}

TEST(Endpoint, AzureGetsTheKeyInAHeaderOfItsOwnAndATokenAsABearer) {
    using Headers = std::vector<std::string>;
    const Endpoint azure = endpoint("https://me.openai.azure.com/openai/v1");
    EXPECT_EQ(key_headers(azure, "k1"), Headers{"api-key: k1"});
    EXPECT_EQ(key_headers(azure, "eyJhbGc.eyJzdWI.c2ln"),
              Headers{"Authorization: Bearer eyJhbGc.eyJzdWI.c2ln"});
    EXPECT_EQ(key_headers(azure, ""), Headers{});
    EXPECT_EQ(key_headers(endpoint("http://x/v1"), "k1"), Headers{"Authorization: Bearer k1"});
}

class EndpointKey : public ::testing::Test {
 protected:
    void SetUp() override {
        setenv("OPENAI_API_KEY", "sk-openai", 1);
        setenv("ASSAY_TEST_KEY", " sk-mine\n", 1);
        unsetenv("ASSAY_TEST_NONE");
    }
    void TearDown() override {
        unsetenv("OPENAI_API_KEY");
        unsetenv("ASSAY_TEST_KEY");
    }
    static Result<std::string> key(const std::string& url,
                                   const std::string& variable = "",
                                   const std::string& provider = "openai") {
        return find_key({"judge panel", provider, variable}, endpoint(url));
    }
};

TEST_F(EndpointKey, TheDefaultKeyGoesToItsOwnHostAndLoopbackOnly) {
    EXPECT_EQ(key("https://api.openai.com/v1").value(), "sk-openai");
    EXPECT_EQ(key("http://127.0.0.1:9000/v1").value(), "sk-openai");
    EXPECT_EQ(key("http://api.openai.com/v1").value(), "");  // unencrypted
    EXPECT_EQ(key("https://api.openai.com.evil.com/v1").value(), "");
    EXPECT_EQ(key("https://openrouter.ai/api/v1").value(), "");
}

TEST_F(EndpointKey, NoProvidersKeyGoesToAnotherProvidersHost) {
    setenv("GEMINI_API_KEY", "key-gemini", 1);
    setenv("ANTHROPIC_API_KEY", "key-anthropic", 1);
    const char* google = "https://generativelanguage.googleapis.com";
    const char* anthropic = "https://api.anthropic.com";
    EXPECT_EQ(key(google, "", "gemini").value(), "key-gemini");
    EXPECT_EQ(key(anthropic, "", "anthropic").value(), "key-anthropic");
    EXPECT_EQ(key("http://127.0.0.1:1", "", "gemini").value(), "key-gemini");
    EXPECT_EQ(key("http://[::1]:1", "", "anthropic").value(), "key-anthropic");
    EXPECT_EQ(key("http://127.0.0.1:11434", "", "ollama").value(), "");
    for (const char* url : {google,
                            anthropic,
                            "https://api.openai.com",
                            "http://generativelanguage.googleapis.com",
                            "http://api.anthropic.com",
                            "https://api.anthropic.com.evil.com",
                            "http://10.0.0.1"}) {
        for (const char* provider : {"openai", "gemini", "anthropic", "ollama"}) {
            const bool own = (url == google && provider == std::string("gemini")) ||
                             (url == anthropic && provider == std::string("anthropic")) ||
                             (url == std::string("https://api.openai.com") &&
                              provider == std::string("openai"));
            if (own) {
                continue;
            }
            EXPECT_EQ(key(url, "", provider).value(), "") << url << " " << provider;
        }
    }
    unsetenv("GEMINI_API_KEY");
    unsetenv("ANTHROPIC_API_KEY");
    EXPECT_FALSE(key(google, "", "gemini"));  // must be set there
    EXPECT_FALSE(key(anthropic, "", "anthropic"));
}

TEST_F(EndpointKey, HostsOfAzureGetAzuresKeyOverHttpsAndNoOthers) {
    setenv("AZURE_OPENAI_API_KEY", "key-azure", 1);
    EXPECT_EQ(key("https://me.openai.azure.com/openai/v1").value(), "key-azure");
    EXPECT_EQ(key("https://me.openai.azure.com/openai/v1", "ASSAY_TEST_KEY").value(), "sk-mine");
    EXPECT_EQ(key("http://me.openai.azure.com/openai/v1").value(), "");
    EXPECT_EQ(key("https://gateway.example.com/openai/deployments/d").value(), "");
    EXPECT_EQ(key("https://me.openai.azure.com/openai/v1", "", "gemini").value(), "");
    EXPECT_EQ(key("https://api.openai.com/v1").value(), "sk-openai");
    unsetenv("AZURE_OPENAI_API_KEY");
    const auto missing = key("https://me.openai.azure.com/openai/v1");
    ASSERT_FALSE(missing);
    EXPECT_NE(to_sentence(missing.error()).find("AZURE_OPENAI_API_KEY"), std::string::npos);
}

TEST_F(EndpointKey, ANamedVariableGoesAnywhereAndMustBeSet) {
    EXPECT_EQ(key("https://openrouter.ai/api/v1", "ASSAY_TEST_KEY").value(), "sk-mine");
    EXPECT_EQ(key("http://127.0.0.1:9000/v1", "ASSAY_TEST_KEY").value(), "sk-mine");
    const auto missing = key("http://127.0.0.1:9000/v1", "ASSAY_TEST_NONE");
    ASSERT_FALSE(missing);
    EXPECT_NE(to_sentence(missing.error()).find("ASSAY_TEST_NONE"), std::string::npos);
}

TEST_F(EndpointKey, OpenAiNeedsOneAndLoopbackDoesNot) {
    unsetenv("OPENAI_API_KEY");
    EXPECT_FALSE(key("https://api.openai.com/v1"));
    EXPECT_EQ(key("http://127.0.0.1:9000/v1").value(), "");
}

TEST_F(EndpointKey, AKeyThatWouldBreakTheHeaderIsRefusedUnseen) {
    setenv("ASSAY_TEST_KEY", "sk-mine\r\nX-Evil: 1", 1);
    const auto result = key("http://127.0.0.1:9000/v1", "ASSAY_TEST_KEY");
    ASSERT_FALSE(result);
    EXPECT_EQ(to_sentence(result.error()).find("sk-mine"), std::string::npos);
}

}  // namespace
}  // namespace assay::http
