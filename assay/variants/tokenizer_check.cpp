// Compares a converted file's tokenizer with the one that it was made of.
//
// Problem: a tokenizer that the conversion script does not know well converts without an error, and
// then every prompt is other tokens than the model was trained on: it is worse, and so is all that
// is quantized of it, and a comparison would look fair.
//
// Model: the same texts through both. The texts hold what tokenizers differ in (digits, spaces,
// accents, emoji, the chat template's own tokens); beside them stand each control token and a
// conversation, which the folder's tokenizer adds. The tokens that end an answer are looked at
// apart, as no text shows them.
//
// The engine may die of a broken tokenizer; that is a difference, too.

#include "assay/variants/tokenizer_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/wire/messages.hpp"

namespace assay::variants {
namespace {

using nlohmann::json;

constexpr std::size_t kShownIds = 12;
constexpr const char* kWhyRefused =
    "A model that is given other tokens than it was trained on is not the original. Convert it "
    "with a version of llama.cpp that knows its tokenizer, check it, and name the GGUF file.";

std::string shown_ids(const std::vector<std::int32_t>& ids, std::size_t from) {
    const std::size_t to = std::min(ids.size(), from + kShownIds);
    const std::vector<std::int32_t> part(ids.begin() + static_cast<std::ptrdiff_t>(from),
                                         ids.begin() + static_cast<std::ptrdiff_t>(to));
    return fmt::format(
        "[{}{}{}]", from > 0 ? "..., " : "", fmt::join(part, ", "), to < ids.size() ? ", ..." : "");
}

Result<bool> check_text(llm::Engine& engine,
                        const std::string& file,
                        const TokenizerSays::Text& text) {
    const auto made = engine.tokenize(wire::Tokenize{text.text, text.special, true});
    const std::string shown = shorten(text.text, 80);
    if (!made) {
        return fail(
            fmt::format(
                "the converted file's tokenizer fails on \"{}\": {}", shown, made.error().message),
            file,
            kWhyRefused);
    }
    if (*made == text.ids) {
        return true;
    }
    const auto [ours, theirs] = std::mismatch(
        made->begin(), made->end(), text.ids.begin(), text.ids.end());
    const auto first = static_cast<std::size_t>(ours - made->begin());
    const std::size_t from = first > 2 ? first - 2 : 0;
    return fail(fmt::format("the converted file's tokenizer differs from the folder's own at token "
                            "{} of \"{}\": {} instead of {}",
                            first + 1,
                            shown,
                            shown_ids(*made, from),
                            shown_ids(text.ids, from)),
                file,
                kWhyRefused);
}

Result<bool> check_vocabulary(const std::string& file,
                              const wire::Loaded& loaded,
                              const TokenizerSays& says) {
    const bool fits = says.n_vocab == 0 || loaded.n_vocab == says.n_vocab;
    if (fits && says.n_tokens <= loaded.n_vocab) {
        return true;
    }
    return fail(fmt::format("the converted file has {} tokens, config.json says {} and the "
                            "tokenizer knows {}",
                            loaded.n_vocab,
                            says.n_vocab == 0 ? "nothing" : std::to_string(says.n_vocab),
                            says.n_tokens),
                file,
                kWhyRefused);
}

Result<bool> check_end(const std::string& file,
                       const wire::Loaded& loaded,
                       const TokenizerSays& says) {
    const std::vector<std::int32_t>& ends = loaded.end_tokens;
    if (!says.end || std::find(ends.begin(), ends.end(), says.end->id) != ends.end()) {
        return true;
    }
    return fail(
        fmt::format("an answer ends with \"{}\" (token {}) in the folder's chat template, "
                    "and in the converted file with {}: answers would not end",
                    shorten(says.end->text, 80),
                    says.end->id,
                    ends.empty() ? "no token" : fmt::format("token {}", fmt::join(ends, ", "))),
        file,
        "Name the end token as eos_token in the folder's tokenizer_config.json, and the "
        "same id as eos_token_id in its config.json.");
}

}  // namespace

const std::vector<std::string>& tokenizer_texts() {
    static const std::vector<std::string> texts{
        "Hello world",
        "The year 2024 had 366 days; 3.14159 is not 22/7, and 1,000,000 is 10^6.",
        "0123456789 007 12 345 6789",
        " a leading space, two  spaces, three   spaces and a trailing one ",
        "tab\tnewline\nempty line\n\nreturn\r\nend",
        "    indented by four\n        by eight",
        "caf\xC3\xA9 na\xC3\xAFve \xC3\x85ngstr\xC3\xB6m \xC5\x81\xC3\xB3\x64\xC5\xBA gro\xC3\x9F",
        "cafe\xCC\x81 with a combining accent",
        "\xF0\x9F\x98\x80 \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC "
        "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA and \xE2\x9D\xA4\xEF\xB8\x8F",
        "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C\xE3\x80\x82"
        "\xE3\x81\x93\xE3\x82\x93\xE3\x81\xAB\xE3\x81\xA1\xE3\x81\xAF",
        "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82, "
        "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7, \xE0\xA4\xA8\xE0\xA4\xAE\xE0\xA4\xB8",
        "def f(x):\n    return {k: v**2 for k, v in x.items() if v != 0}\n",
        "#include <vector>\nint main() { return a[i]->b::c(0x1F) && !d; }",
        "{\"id\": 7, \"text\": \"a \\\"quoted\\\" word\", \"list\": [1, 2.5, null]}",
        "I'm sure they'll say it's what we've DON'T HE'S",
        "UPPER lower CamelCase snake_case kebab-case x2y3",
        "https://example.org/a?b=c&d=%20#e user@example.org",
        "\xE2\x80\x9Cquotes\xE2\x80\x9D \xE2\x80\x93 dashes \xE2\x80\x94 \xE2\x80\xA6 "
        "\xC2\xB0\x43 \xCE\xBCg \xC2\xB1 \xE2\x89\xA4",
        "a\xC2\xA0non-breaking space, a zero\xE2\x80\x8Bwidth one",
        "!!! ??? ... --- ### *** ___ ((())) $$$ \\\\",
    };
    return texts;
}

Result<TokenizerSays> tokenizer_says(const std::string& reply_text) {
    TokenizerSays out;
    try {
        const json reply = json::parse(reply_text);
        out.n_vocab = reply.at("n_vocab").get<std::int64_t>();
        out.n_tokens = reply.at("n_tokens").get<std::int64_t>();
        for (const json& text : reply.at("texts")) {
            out.texts.push_back({text.at("text").get<std::string>(),
                                 text.at("special").get<bool>(),
                                 text.at("ids").get<std::vector<std::int32_t>>()});
        }
        if (const json& end = reply.at("end"); !end.is_null()) {
            out.end = TokenizerSays::End{end.at("id").get<std::int32_t>(),
                                         end.at("text").get<std::string>()};
        }
    } catch (const json::exception&) {
        return fail("what Python says of its tokenizer cannot be read");
    }
    if (out.texts.size() < tokenizer_texts().size()) {
        return fail("Python has not tokenized all texts that it was asked for");
    }
    return out;
}

Result<bool> check_tokenizer(llm::Engine& engine,
                             const std::string& file,
                             const TokenizerSays& says) {
    const auto loaded = engine.load({file, true, 0});
    if (!loaded) {
        return fail("the converted file cannot be loaded: " + loaded.error().message,
                    file,
                    loaded.error().remedy);
    }
    if (auto checked = check_vocabulary(file, *loaded, says); !checked) {
        return checked;
    }
    for (const TokenizerSays::Text& text : says.texts) {
        if (auto checked = check_text(engine, file, text); !checked) {
            return checked;
        }
    }
    return check_end(file, *loaded, says);
}

}  // namespace assay::variants
