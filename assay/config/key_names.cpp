#include "assay/config/key_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace assay::config {
namespace {

constexpr std::array<std::string_view, 4> kKeyWords{"api-key", "api_key", "key", "token"};

/// An environment variable by its customary spelling. Narrower than POSIX on purpose: a key that
/// was pasted here by mistake would be stored with the plan, and keys hold lower-case letters.
bool is_variable_name(std::string_view text) {
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

}  // namespace

void read_key_variable(MapReader& map, std::string& variable, Problems& problems) {
    if (map.text("api-key-env", variable) && !is_variable_name(variable)) {
        problems.add(map.where("api-key-env"),
                     "must be the name of an environment variable, in capitals",
                     "Put the key itself into that variable.");
        variable.clear();
    }
    for (const std::string_view word : kKeyWords) {
        if (!map.has(word)) {
            continue;
        }
        map.know(word);
        problems.add(map.where(word),
                     "keys come from the environment only, never from a file",
                     "Put the key into a variable and write api-key-env: NAME_OF_THE_VARIABLE.");
    }
}

}  // namespace assay::config
