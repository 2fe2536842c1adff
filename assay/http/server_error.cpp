#include "assay/http/server_error.hpp"

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::http {
namespace {

constexpr std::size_t kShortestSecret = 6;

}  // namespace

ServerError read_plain_error(std::string_view body) {
    const JsonView error = JsonView(body)["error"];
    ServerError out;
    std::string message = error["message"].text();
    if (message.empty()) {
        message = error.text();
    }
    if (message.empty()) {
        message = to_valid_utf8(body.substr(0, 4096));
    }
    out.message = shorten(trim(message), 300);
    out.code = error["code"].text();
    if (out.code.empty()) {
        out.code = error["type"].text();
    }
    return out;
}

std::string without_ending(std::string url, std::initializer_list<std::string_view> endings) {
    for (const std::string_view ending : endings) {
        if (!url.ends_with(ending)) {
            continue;
        }
        url.resize(url.size() - ending.size());
        while (url.ends_with('/')) {
            url.pop_back();
        }
        break;
    }
    return url;
}

std::string redact(std::string text, std::string_view key) {
    if (key.size() < kShortestSecret) {
        return text;
    }
    // As it is, and as JSON can write it: these three characters may stand behind a backslash
    // there.
    std::string escaped, with_slashes;
    for (const char c : key) {
        if (c == '"' || c == '\\') {
            escaped += '\\';
            with_slashes += '\\';
        }
        if (c == '/') {
            with_slashes += '\\';
        }
        escaped += c;
        with_slashes += c;
    }
    constexpr std::string_view kMark = "[key]";
    for (const std::string& form : {with_slashes, escaped, std::string(key)}) {
        for (std::size_t at = text.find(form); at != std::string::npos;
             at = text.find(form, at + kMark.size())) {
            text.replace(at, form.size(), kMark);
        }
    }
    return text;
}

}  // namespace assay::http
