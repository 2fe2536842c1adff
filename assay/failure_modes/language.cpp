#include "assay/failure_modes/language.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <unordered_map>
#include <vector>

#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::size_t kLanguages = 7;
/// Words that are common in the language; those that two languages share stand in both, so that
/// they tell nothing apart.
constexpr std::array<std::string_view, kLanguages> kStopWords = {
    " the of and to in is that it for was on are as with by this be at from or an which a not have "
    "has its their ",
    " le la les de des du un une et est que qui dans pour par sur il elle ne pas plus ce cette au "
    "aux sont avec en se "
    "d'une d'un l'air a ou ",
    " der die das und ist von zu den dem des ein eine einer nicht mit auf für im sich auch als bei "
    "wird sind aus in "
    "durch es er ",
    " el la los las de del un una y es que en por para con se no su al lo como más son está o a ",
    " il lo la i gli le di del della un una e è che in per con non si al sono come più da a ",
    " o a os as de do da dos das um uma e é que em por para com se não no na ao são como mais ",
    " de het een en van is dat in op te zijn met voor niet die aan er om ook als bij worden door "
    "of "};

std::array<std::size_t, kScripts> letters_of(std::string_view text) {
    std::array<std::size_t, kScripts> out{};
    for (const char32_t c : code_points(text)) {
        ++out[static_cast<std::size_t>(script_of(c))];
    }
    out[static_cast<std::size_t>(Script::kNone)] = 0;
    return out;
}

using Languages = std::bitset<kLanguages>;

/// Word -> the languages in which it is common. It is only looked up, so its order reaches nothing.
std::unordered_map<std::string_view, Languages> index_of_stop_words() {
    std::unordered_map<std::string_view, Languages> out;
    for (std::size_t i = 0; i < kLanguages; ++i) {
        std::string_view rest = kStopWords[i].substr(1);
        while (!rest.empty()) {
            const std::size_t end = rest.find(' ');
            out[rest.substr(0, end)].set(i);
            rest.remove_prefix(end + 1);
        }
    }
    return out;
}

std::array<std::size_t, kLanguages> stop_words_of(std::span<const std::string> all) {
    static const auto index = index_of_stop_words();
    std::array<std::size_t, kLanguages> out{};
    for (const std::string& word : all) {
        const auto found = index.find(word);
        if (found == index.end()) {
            continue;
        }
        for (std::size_t i = 0; i < kLanguages; ++i) {
            out[i] += found->second[i];
        }
    }
    return out;
}

std::size_t sum(const std::array<std::size_t, kScripts>& letters) {
    std::size_t out = 0;
    for (const std::size_t n : letters) {
        out += n;
    }
    return out;
}

std::string together(std::string_view question, std::span<const std::string> contexts) {
    std::string out(question);
    for (const std::string& context : contexts) {
        out += "\n" + context;
    }
    return out;
}

}  // namespace

bool switches_script(std::string_view text,
                     std::string_view question,
                     std::span<const std::string> contexts) {
    const auto answer = letters_of(text), known = letters_of(together(question, contexts));
    const auto n_known = static_cast<double>(sum(known));
    if (n_known == 0) {
        return false;
    }
    std::size_t foreign = 0;
    for (std::size_t i = 0; i < kScripts; ++i) {
        if (static_cast<double>(known[i]) < kKnownScriptShare * n_known) {
            foreign += answer[i];
        }
    }
    return foreign >= kForeignLetters &&
           static_cast<double>(foreign) >= kForeignShare * static_cast<double>(sum(answer));
}

bool switches_stop_words(std::string_view text,
                         std::string_view question,
                         std::span<const std::string> contexts) {
    const std::vector<std::string> all = words(text);
    const auto answer = stop_words_of(all),
               known = stop_words_of(words(together(question, contexts)));
    const auto home = static_cast<std::size_t>(std::max_element(known.begin(), known.end()) -
                                               known.begin());
    if (known[home] == 0) {
        return false;
    }
    const std::size_t most = *std::max_element(answer.begin(), answer.end());
    return most >= kForeignStopWords &&
           static_cast<double>(most) >= kForeignStopShare * static_cast<double>(all.size()) &&
           most >= kForeignTimes * answer[home];
}

bool switches_language(std::string_view text,
                       std::string_view question,
                       std::span<const std::string> contexts) {
    return switches_script(text, question, contexts) ||
           switches_stop_words(text, question, contexts);
}

}  // namespace assay::failure_modes
