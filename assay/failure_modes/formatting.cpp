#include "assay/failure_modes/formatting.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::array<std::string_view, 15> kTokens = {"[inst]",
                                                      "[/inst]",
                                                      "[sys]",
                                                      "<<sys>>",
                                                      "<</sys>>",
                                                      "<s>",
                                                      "</s>",
                                                      "<bos>",
                                                      "<eos>",
                                                      "<unk>",
                                                      "<pad>",
                                                      "<think>",
                                                      "<start_of_turn>",
                                                      "<end_of_turn>",
                                                      "</think>"};
constexpr std::array<std::string_view, 4> kRoles = {"user", "assistant", "system", "human"};
constexpr std::array<std::string_view, 36> kTags = {
    "html", "head", "body", "title", "meta", "link",   "div",    "span",  "p",
    "br",   "hr",   "h1",   "h2",    "h3",   "h4",     "h5",     "h6",    "ul",
    "ol",   "li",   "a",    "b",     "i",    "u",      "table",  "tr",    "td",
    "th",   "em",   "img",  "pre",   "code", "strong", "script", "style", "font"};
constexpr std::size_t kMaxName = 30;  ///< bytes of a template token's name or of a tag's

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t name_length(std::string_view text) {
    std::size_t length = 0;
    while (length < std::min(text.size(), kMaxName) && is_name(text[length])) {
        ++length;
    }
    return length;
}

bool is_tag(std::string_view after_bracket) {
    if (after_bracket.starts_with("!doctype")) {
        return true;
    }
    if (after_bracket.starts_with('/')) {
        after_bracket.remove_prefix(1);
    }
    const std::size_t length = name_length(after_bracket);
    if (std::find(kTags.begin(), kTags.end(), after_bracket.substr(0, length)) == kTags.end()) {
        return false;
    }
    const std::string_view rest = after_bracket.substr(length);
    return rest.starts_with('>') || rest.starts_with("/>") || rest.starts_with(" /") ||
           (rest.starts_with(' ') && rest.substr(1, kMaxName).find('=') != std::string_view::npos);
}

}  // namespace

bool has_template_token(std::string_view text) {
    const std::string lower = to_lower_ascii(text);
    if (std::any_of(kTokens.begin(), kTokens.end(), [&](std::string_view token) {
            return lower.find(token) != std::string::npos;
        })) {
        return true;
    }
    for (std::size_t at = 0; (at = lower.find("<|", at)) != std::string::npos; at += 2) {
        const std::string_view rest = std::string_view(lower).substr(at + 2);
        const std::size_t length = name_length(rest);
        if (length > 0 && rest.substr(length).starts_with("|>")) {
            return true;
        }
    }
    return false;
}

bool has_role_header(std::string_view text) {
    for (const std::string& line : split(to_lower_ascii(text), '\n')) {
        const std::string_view all = line;
        const std::string_view bare = trim(
            all.substr(std::min(all.find_first_not_of("#* \t"), all.size())));
        for (const std::string_view role : kRoles) {
            if (!bare.starts_with(role)) {
                continue;
            }
            const std::string_view rest = bare.substr(role.size());
            if (rest.empty() || rest.starts_with(':') || rest.starts_with("**:") ||
                rest.starts_with(":**")) {
                return true;
            }
        }
    }
    return false;
}

bool has_open_fence(std::string_view text) {
    bool open = false;
    for (const std::string& line : split(text, '\n')) {
        const std::string_view bare = trim(line);
        if (!bare.starts_with("```")) {
            continue;
        }
        const bool closed_on_the_line = bare.size() > 3 &&
                                        bare.find("```", 3) != std::string_view::npos;
        if (!closed_on_the_line) {
            open = !open;
        }
    }
    return open;
}

bool has_heading(std::string_view text) {
    if (words(text).size() >= kHeadingWords) {
        return false;
    }
    const std::vector<std::string> lines = split(without_code(text), '\n');
    return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        const std::size_t hashes = std::min(line.find_first_not_of('#'), line.size());
        return hashes >= 1 && hashes <= 6 && hashes < line.size() && line[hashes] == ' ';
    });
}

bool has_html(std::string_view text) {
    const std::string lower = to_lower_ascii(without_code(text));
    for (std::size_t at = 0; (at = lower.find('<', at)) != std::string::npos; ++at) {
        if (is_tag(std::string_view(lower).substr(at + 1))) {
            return true;
        }
    }
    return false;
}

bool has_formatting_artifact(std::string_view text) {
    return has_template_token(text) || has_role_header(text) || has_open_fence(text) ||
           has_heading(text) || has_html(text);
}

}  // namespace assay::failure_modes
