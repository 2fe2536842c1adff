// A negation is found and made word by word: a table of each language has the words that negate
// (taken out), the verbs that take a negation (put in, before or after), and pairs of opposites
// (exchanged). The result need not be good style. It has to say something that the answer before
// did not mean, in words that are hardly other ones: that is what a judge must see. A language is
// told by its frequent words; a text of another one gets no negation, and the draw takes another
// damage.

#include "assay/pairing/negation.hpp"

#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/pairing/text_parts.hpp"

namespace assay::pairing {
namespace {

using Opposites = std::pair<std::string_view, std::string_view>;

struct Grammar {
    Tongue tongue = Tongue::kOther;
    std::span<const std::string_view> frequent;   ///< words by which the language is told
    std::span<const std::string_view> verbs;      ///< that take a negation
    std::string_view before;                      ///< what is put before such a verb
    std::string_view after;                       ///< and after it
    std::span<const std::string_view> negations;  ///< words that are taken out
    std::span<const Opposites> opposites;
};

constexpr std::array<std::string_view, 22> kEnglishWords{
    "the", "of", "and",  "is", "are", "to",   "in",   "that", "it",  "was", "for",
    "on",  "as", "with", "by", "be",  "this", "from", "an",   "yes", "no",  "not"};
constexpr std::array<std::string_view, 20> kEnglishVerbs{
    "is",  "are", "was",  "were",   "can",  "could", "will",  "would", "does", "do",
    "did", "has", "have", "should", "must", "may",   "might", "shall", "had",  "am"};
constexpr std::array<std::string_view, 1> kEnglishNegations{"not"};
constexpr std::array<Opposites, 21> kEnglishOpposites{{{"yes", "no"},
                                                       {"true", "false"},
                                                       {"correct", "incorrect"},
                                                       {"cannot", "can"},
                                                       {"always", "never"},
                                                       {"all", "none"},
                                                       {"increase", "decrease"},
                                                       {"increases", "decreases"},
                                                       {"increased", "decreased"},
                                                       {"higher", "lower"},
                                                       {"larger", "smaller"},
                                                       {"more", "less"},
                                                       {"before", "after"},
                                                       {"above", "below"},
                                                       {"with", "without"},
                                                       {"hot", "cold"},
                                                       {"positive", "negative"},
                                                       {"north", "south"},
                                                       {"east", "west"},
                                                       {"left", "right"},
                                                       {"inside", "outside"}}};

constexpr std::array<std::string_view, 20> kGermanWords{
    "der", "die", "das", "und", "ist", "sind", "nicht", "ein", "eine", "in",
    "von", "zu",  "den", "mit", "im",  "dem",  "für",   "auf", "ja",   "nein"};
constexpr std::array<std::string_view, 14> kGermanVerbs{"ist",
                                                        "sind",
                                                        "war",
                                                        "waren",
                                                        "kann",
                                                        "können",
                                                        "wird",
                                                        "werden",
                                                        "hat",
                                                        "haben",
                                                        "muss",
                                                        "darf",
                                                        "soll",
                                                        "wurde"};
constexpr std::array<std::string_view, 2> kGermanNegations{"nicht", "nie"};
constexpr std::array<Opposites, 10> kGermanOpposites{{{"ja", "nein"},
                                                      {"wahr", "falsch"},
                                                      {"richtig", "falsch"},
                                                      {"ein", "kein"},
                                                      {"eine", "keine"},
                                                      {"einen", "keinen"},
                                                      {"mehr", "weniger"},
                                                      {"mit", "ohne"},
                                                      {"vor", "nach"},
                                                      {"immer", "nie"}}};

constexpr std::array<std::string_view, 18> kFrenchWords{"le",
                                                        "la",
                                                        "les",
                                                        "de",
                                                        "des",
                                                        "et",
                                                        "est",
                                                        "sont",
                                                        "une",
                                                        "un",
                                                        "du",
                                                        "dans",
                                                        "que",
                                                        "pour",
                                                        "qui",
                                                        "au",
                                                        "oui",
                                                        "non"};
constexpr std::array<std::string_view, 8> kFrenchVerbs{
    "sont", "peut", "peuvent", "doit", "doivent", "fait", "sera", "va"};
constexpr std::array<std::string_view, 1> kFrenchNegations{"pas"};
constexpr std::array<Opposites, 7> kFrenchOpposites{{{"oui", "non"},
                                                     {"vrai", "faux"},
                                                     {"est", "n'est pas"},
                                                     {"plus", "moins"},
                                                     {"avant", "après"},
                                                     {"avec", "sans"},
                                                     {"toujours", "jamais"}}};

constexpr std::array<std::string_view, 17> kSpanishWords{"el",
                                                         "la",
                                                         "los",
                                                         "las",
                                                         "de",
                                                         "y",
                                                         "es",
                                                         "son",
                                                         "una",
                                                         "un",
                                                         "del",
                                                         "en",
                                                         "que",
                                                         "para",
                                                         "por",
                                                         "con",
                                                         "sí"};
constexpr std::array<std::string_view, 11> kSpanishVerbs{
    "es", "son", "está", "están", "puede", "pueden", "tiene", "tienen", "fue", "era", "debe"};
constexpr std::array<std::string_view, 1> kSpanishNegations{"no"};
constexpr std::array<Opposites, 6> kSpanishOpposites{{{"sí", "no"},
                                                      {"verdadero", "falso"},
                                                      {"más", "menos"},
                                                      {"antes", "después"},
                                                      {"con", "sin"},
                                                      {"siempre", "nunca"}}};

constexpr std::array<Grammar, 4> kGrammars{{
    {Tongue::kEnglish,
     kEnglishWords,
     kEnglishVerbs,
     "",
     " not",
     kEnglishNegations,
     kEnglishOpposites},
    {Tongue::kGerman, kGermanWords, kGermanVerbs, "", " nicht", kGermanNegations, kGermanOpposites},
    {Tongue::kFrench,
     kFrenchWords,
     kFrenchVerbs,
     "ne ",
     " pas",
     kFrenchNegations,
     kFrenchOpposites},
    {Tongue::kSpanish,
     kSpanishWords,
     kSpanishVerbs,
     "no ",
     "",
     kSpanishNegations,
     kSpanishOpposites},
}};

// Longer ones first: a place belongs to the first that fits.
constexpr std::array<Opposites, 9> kChinese{{{"不是", "是"},
                                             {"没有", "有"},
                                             {"不能", "能"},
                                             {"不会", "会"},
                                             {"错误", "正确"},
                                             {"增加", "减少"},
                                             {"是", "不是"},
                                             {"能", "不能"},
                                             {"会", "不会"}}};

bool has(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// As the word it replaces is written: with a capital or without.
std::string in_the_case_of(std::string_view word, std::string_view by) {
    std::string out(by);
    if (!out.empty() && word.front() >= 'A' && word.front() <= 'Z' && out.front() >= 'a' &&
        out.front() <= 'z') {
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    }
    return out;
}

/// "doesn't" -> "does"; empty: no such word.
std::string without_nt(std::string_view lower) {
    constexpr std::string_view kNt = "n't", kTypographic = "n’t";
    for (const std::string_view ending : {kNt, kTypographic}) {
        if (!lower.ends_with(ending)) {
            continue;
        }
        const std::string_view stem = lower.substr(0, lower.size() - ending.size());
        if (stem == "ca" || stem == "wo") {
            return stem == "ca" ? "can" : "will";
        }
        return std::string(stem);
    }
    return {};
}

/// The word and one space beside it.
Stretch with_space(std::string_view text, Stretch place) {
    if (place.begin > 0 && text[place.begin - 1] == ' ') {
        --place.begin;
    } else if (place.end < text.size() && text[place.end] == ' ') {
        ++place.end;
    }
    return place;
}

std::vector<Edit> opposites_at(const Grammar& grammar,
                               std::string_view word,
                               const Stretch& place) {
    const std::string lower = to_lower_ascii(word);
    for (const auto& [one, other] : grammar.opposites) {
        if (lower == one || lower == other) {
            return {{place, in_the_case_of(word, lower == one ? other : one)}};
        }
    }
    return {};
}

std::vector<Edit> edits_of(const Grammar& grammar, std::string_view text) {
    const std::vector<Word> words = words_of(text);
    std::vector<Edit> out;
    const auto lower_at = [&](std::size_t i) { return to_lower_ascii(part(text, words[i].place)); };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = part(text, words[i].place);
        const std::string lower = lower_at(i);
        const std::vector<Edit> opposite = opposites_at(grammar, word, words[i].place);
        const std::string positive = grammar.tongue == Tongue::kEnglish ? without_nt(lower)
                                                                        : std::string();
        const bool is_negated = i + 1 < words.size() && has(grammar.negations, lower_at(i + 1));
        if (!opposite.empty()) {
            out.insert(out.end(), opposite.begin(), opposite.end());
        } else if (has(grammar.negations, lower)) {
            out.push_back({with_space(text, words[i].place), ""});
        } else if (!positive.empty()) {
            out.push_back({words[i].place, in_the_case_of(word, positive)});
        } else if (has(grammar.verbs, lower) && !is_negated) {
            out.push_back(
                {words[i].place,
                 std::string(grammar.before) + std::string(word) + std::string(grammar.after)});
        }
    }
    return out;
}

std::vector<Edit> chinese_edits_of(std::string_view text) {
    std::vector<Edit> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto fits = std::find_if(
            kChinese.begin(), kChinese.end(), [&](const Opposites& each) {
                return text.substr(at).starts_with(each.first);
            });
        if (fits == kChinese.end()) {
            ++at;
            continue;
        }
        out.push_back({{at, at + fits->first.size()}, std::string(fits->second)});
        at += fits->first.size();
    }
    return out;
}

/// Han without kana, which say that it is Japanese.
bool is_chinese(std::string_view text) {
    std::size_t n_han = 0, n_kana = 0;
    const icu::UnicodeString characters = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    for (int32_t i = 0; i < characters.length(); i = characters.moveIndex32(i, 1)) {
        UErrorCode error = U_ZERO_ERROR;
        const UScriptCode script = uscript_getScript(characters.char32At(i), &error);
        n_han += script == USCRIPT_HAN;
        n_kana += script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
    }
    return n_han > 0 && n_kana == 0;
}

}  // namespace

Tongue tongue_of(std::string_view text) {
    if (is_chinese(text)) {
        return Tongue::kChinese;
    }
    std::vector<std::string> words;
    for (const Word& word : words_of(text)) {
        words.push_back(to_lower_ascii(part(text, word.place)));
    }
    Tongue best = Tongue::kOther;
    std::ptrdiff_t n_best = 0;
    for (const Grammar& grammar : kGrammars) {
        const auto n = std::count_if(words.begin(), words.end(), [&](const std::string& word) {
            return has(grammar.frequent, word);
        });
        if (n > n_best) {
            best = grammar.tongue;
            n_best = n;
        }
    }
    return best;
}

std::string negated(std::string_view text, std::size_t turn) {
    const Tongue tongue = tongue_of(text);
    std::vector<Edit> edits;
    if (tongue == Tongue::kChinese) {
        edits = chinese_edits_of(text);
    }
    for (const Grammar& grammar : kGrammars) {
        if (grammar.tongue == tongue) {
            edits = edits_of(grammar, text);
        }
    }
    if (edits.empty()) {
        return {};
    }
    return edited(text, {edits[turn % edits.size()]});
}

}  // namespace assay::pairing
