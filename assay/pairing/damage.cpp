// What a damaged answer has to be: about the question, as long and as well written as the answer it
// is made of, and wrong in one thing. A judge that cannot tell it from the answer itself cannot
// tell a variant that errs in that way either. Each damage is found by rule in the text, and a text
// that has no place for it gets none: the draw (controls.cpp) takes another damage or another text.
// A reformatted answer is the counterpart: other bytes, and the same content. A padded one adds
// words and nothing else.

#include "assay/pairing/damage.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/pairing/negation.hpp"
#include "assay/pairing/text_parts.hpp"

namespace assay::pairing {
namespace {

using Texts = std::pair<std::string_view, std::string_view>;

constexpr std::array<Texts, 17> kUnits{{{"km", "m"},
                                        {"cm", "km"},
                                        {"mm", "m"},
                                        {"kg", "mg"},
                                        {"mg", "kg"},
                                        {"kilometers", "meters"},
                                        {"kilometres", "metres"},
                                        {"kilograms", "grams"},
                                        {"miles", "feet"},
                                        {"seconds", "hours"},
                                        {"minutes", "days"},
                                        {"hours", "minutes"},
                                        {"days", "years"},
                                        {"years", "days"},
                                        {"percent", "per mille"},
                                        {"million", "billion"},
                                        {"billion", "million"}}};
constexpr std::array<Texts, 11> kNumberWords{{{"two", "seven"},
                                              {"three", "eight"},
                                              {"four", "nine"},
                                              {"five", "two"},
                                              {"six", "three"},
                                              {"seven", "four"},
                                              {"eight", "five"},
                                              {"nine", "six"},
                                              {"ten", "forty"},
                                              {"hundred", "thousand"},
                                              {"thousand", "hundred"}}};

std::string_view found(std::span<const Texts> table, std::string_view word) {
    for (const auto& [from, to] : table) {
        if (from == word) {
            return to;
        }
    }
    return {};
}

/// "1990" -> "6990", "0.5" -> "0.1": another number of the same length.
std::string other_number(std::string_view number) {
    std::string out(number);
    for (char& c : out) {
        if (c >= '1' && c <= '9') {
            c = static_cast<char>('1' + (c - '1' + 5) % 9);
            return out;
        }
    }
    return out.find('0') == std::string::npos ? std::string() : std::string("4") + out;
}

/// The "1." of a list, or the "[1]" of a citation: no fact.
bool is_a_mark(std::string_view text, const Stretch& place) {
    const char before = place.begin == 0 ? '\n' : text[place.begin - 1];
    const char after = place.end == text.size() ? ' ' : text[place.end];
    return (before == '[' && after == ']') || (before == '\n' && (after == '.' || after == ')'));
}

std::string with_another_number(std::string_view text,
                                std::string_view question,
                                std::size_t turn) {
    const std::vector<Word> words = words_of(text);
    std::set<std::string_view> asked_about;
    for (const Word& word : words_of(question)) {
        asked_about.insert(part(question, word.place));
    }
    std::vector<std::vector<Edit>> choices, of_question;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = part(text, words[i].place);
        if (words[i].is_number && !is_a_mark(text, words[i].place) && seen.insert(word).second) {
            const std::string other = other_number(word);
            std::vector<Edit> everywhere;
            for (const Word& each : words) {
                if (part(text, each.place) == word && !other.empty()) {
                    everywhere.push_back({each.place, other});
                }
            }
            if (!everywhere.empty()) {
                (asked_about.contains(word) ? of_question : choices)
                    .push_back(std::move(everywhere));
            }
            continue;
        }
        const std::string lower = to_lower_ascii(word);
        const bool after_number = i > 0 && words[i - 1].is_number;
        const std::string_view unit = after_number ? found(kUnits, word) : std::string_view();
        const std::string_view by = unit.empty() ? found(kNumberWords, lower) : unit;
        if (!by.empty()) {
            choices.push_back({{words[i].place, std::string(by)}});
        }
    }
    if (choices.empty()) {
        choices = std::move(of_question);
    }
    return choices.empty() ? std::string() : edited(text, choices[turn % choices.size()]);
}

/// Names, each where it first stands: words in a row with a capital, not only at the beginning of a
/// sentence.
std::vector<Stretch> names_of(std::string_view text) {
    std::vector<Stretch> out;
    std::set<std::string_view> seen;
    const std::vector<Word> words = words_of(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].is_capital || words[i].begins_sentence ||
            part(text, words[i].place).size() < 2) {
            continue;
        }
        Stretch name = words[i].place;
        while (i + 1 < words.size() && words[i + 1].is_capital &&
               words[i + 1].place.begin == name.end + 1 && text[name.end] == ' ') {
            name.end = words[++i].place.end;
        }
        if (seen.insert(part(text, name)).second) {
            out.push_back(name);
        }
    }
    return out;
}

/// "A and B", "A, B": exchanged they say the same.
bool stand_side_by_side(std::string_view between) {
    constexpr std::array<std::string_view, 14> kJoining{
        "and", "or", ",", ", and", ", or", "und", "oder", "et", "ou", "y", "o", "&", "/", "-"};
    const std::string_view joint = trim(between);
    return joint.empty() || std::find(kJoining.begin(), kJoining.end(), joint) != kJoining.end();
}

/// Every place of one of the names, whole words only.
std::vector<Edit> exchange(std::string_view text, std::string_view one, std::string_view other) {
    std::vector<Edit> out;
    const std::vector<Word> words = words_of(text);
    std::set<std::size_t> begins, ends;
    for (const Word& word : words) {
        begins.insert(word.place.begin);
        ends.insert(word.place.end);
    }
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        const bool longer_first = one.size() >= other.size();
        const std::string_view first = longer_first ? one : other;
        const std::string_view second = longer_first ? other : one;
        const auto stands = [&](std::string_view name) {
            return !name.empty() && rest.starts_with(name) && begins.contains(at) &&
                   ends.contains(at + name.size());
        };
        if (stands(first)) {
            out.push_back({{at, at + first.size()}, std::string(second)});
            at += first.size();
        } else if (stands(second)) {
            out.push_back({{at, at + second.size()}, std::string(first)});
            at += second.size();
        } else {
            ++at;
        }
    }
    return out;
}

std::string with_names_exchanged(std::string_view text, std::string_view donor, std::size_t turn) {
    const std::vector<Stretch> names = names_of(text);
    std::vector<std::pair<Stretch, Stretch>> pairs;
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        const std::string_view between = text.substr(names[i].end,
                                                     names[i + 1].begin - names[i].end);
        if (!stand_side_by_side(between)) {
            pairs.emplace_back(names[i], names[i + 1]);
        }
    }
    if (!pairs.empty()) {
        const auto& [one, other] = pairs[turn % pairs.size()];
        return edited(text, exchange(text, part(text, one), part(text, other)));
    }
    if (names.empty()) {
        return {};
    }
    const std::string_view name = part(text, names[turn % names.size()]);
    for (const Stretch& place : names_of(donor)) {
        const std::string_view other = part(donor, place);
        if (text.find(other) != std::string_view::npos) {
            continue;
        }
        std::vector<Edit> edits = exchange(text, name, {});
        for (Edit& edit : edits) {
            edit.by = other;
        }
        return edited(text, edits);
    }
    return {};
}

std::string with_another_sentence(const Damageable& source, std::size_t turn) {
    const std::string_view text = source.text, donor = source.donor;
    const std::vector<Stretch> sentences = sentences_of(text);
    if (sentences.size() < 2) {
        const bool is_short = words_of(text).size() < kFewestWords;
        return is_short && source.may_be_replaced ? std::string(donor) : std::string();
    }
    const std::vector<Stretch> others = sentences_of(donor);
    for (std::size_t i = 0; i < others.size(); ++i) {
        const std::string_view other = trim(part(donor, others[(turn + i) % others.size()]));
        if (other.empty() || text.find(other) != std::string_view::npos) {
            continue;
        }
        Stretch place = sentences[turn % sentences.size()];
        const std::string_view old = part(text, place), kept = trim(old);
        place.end = place.begin + old.find(kept) + kept.size();
        return edited(text, {{place, std::string(other)}});
    }
    return {};
}

std::string done(Damage damage, const Damageable& source, std::size_t turn) {
    switch (damage) {
        case Damage::kNumber: return with_another_number(source.text, source.question, turn);
        case Damage::kNegation: return negated(source.text, turn);
        case Damage::kExchange: return with_names_exchanged(source.text, source.donor, turn);
        case Damage::kSentence: return with_another_sentence(source, turn);
        case Damage::kHalf: return cut_short(source.text);
    }
    return {};
}

constexpr std::array<Texts, 13> kSameMeaning{{{" is not ", " isn't "},
                                              {" are not ", " aren't "},
                                              {" was not ", " wasn't "},
                                              {" does not ", " doesn't "},
                                              {" do not ", " don't "},
                                              {" did not ", " didn't "},
                                              {" cannot ", " can't "},
                                              {" for example", " for instance"},
                                              {"For example", "For instance"},
                                              {" approximately ", " about "},
                                              {" however, ", " but "},
                                              {" zum Beispiel ", " beispielsweise "},
                                              {" due to ", " because of "}}};

std::optional<std::string> rephrased(std::string_view text) {
    for (const auto& [one, other] : kSameMeaning) {
        for (const auto& [from, to] : {Texts(one, other), Texts(other, one)}) {
            const std::size_t at = text.find(from);
            if (at != std::string_view::npos) {
                return edited(text, {{{at, at + from.size()}, std::string(to)}});
            }
        }
    }
    return std::nullopt;
}

/// Without its last full stop, or with one.
std::string other_ending(std::string_view text) {
    if (text.ends_with('.')) {
        return std::string(text.substr(0, text.size() - 1));
    }
    return std::string(text) + ".";
}

/// Each run of white space as one space; two spaces after a sentence if there is none to shrink.
std::string other_spaces(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!is_space) {
            out += c;
        } else if (!out.ends_with(' ')) {
            out += ' ';
        }
    }
    if (out != text) {
        return out;
    }
    const std::vector<Stretch> sentences = sentences_of(text);
    if (sentences.size() < 2) {
        return other_ending(text);
    }
    return edited(text, {{{sentences[0].end, sentences[0].end}, " "}});
}

/// The first letter as a capital, or not.
std::string other_case(std::string_view text) {
    std::string out(text);
    char& first = out.front();
    if (first >= 'a' && first <= 'z') {
        first = static_cast<char>(first - 'a' + 'A');
        return out;
    }
    if (first >= 'A' && first <= 'Z') {
        first = static_cast<char>(first - 'A' + 'a');
        return out;
    }
    return other_ending(text);
}

std::string_view filler_of(Tongue tongue) {
    switch (tongue) {
        case Tongue::kEnglish:
            return "This is the answer to the question that was asked. It has been stated above, "
                   "and "
                   "everything that belongs to it is in it. There is nothing further to add here.";
        case Tongue::kGerman:
            return "Das ist die Antwort auf die gestellte Frage. Sie steht oben, und alles, was "
                   "dazugehört, ist darin enthalten. Hier ist nichts weiter hinzuzufügen.";
        case Tongue::kFrench:
            return "Voilà la réponse à la question posée. Elle se trouve ci-dessus, et tout ce qui "
                   "en "
                   "fait partie y est. Il n'y a rien à ajouter ici.";
        case Tongue::kSpanish:
            return "Esta es la respuesta a la pregunta planteada. Se encuentra arriba, y todo lo "
                   "que "
                   "le pertenece está en ella. No hay nada más que añadir aquí.";
        case Tongue::kChinese:
            return "以上就是对所提问题的回答。所有相关内容都已经写在上面，这里没有其他需要补充的。";
        case Tongue::kOther: break;
    }
    return {};
}

}  // namespace

std::string cut_short(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::string shown = to_valid_utf8(trim(text));
    std::size_t n_words = 1;
    for (std::size_t i = 1; i < shown.size(); ++i) {
        n_words += kSpaces.find(shown[i]) == std::string_view::npos &&
                   kSpaces.find(shown[i - 1]) != std::string_view::npos;
    }
    const std::size_t space = shown.find_last_of(kSpaces, shown.size() / 2);
    if (n_words < kFewestWords || space == std::string::npos) {
        return {};
    }
    return std::string(trim(std::string_view(shown).substr(0, space)));
}

std::string damaged(Damage damage, const Damageable& source, std::size_t turn) {
    const std::string text = to_valid_utf8(trim(source.text)),
                      question = to_valid_utf8(source.question),
                      donor = to_valid_utf8(trim(source.donor));
    std::string out = done(damage, {text, question, donor, source.may_be_replaced}, turn);
    return out == text ? std::string() : out;
}

std::string reformatted(std::string_view text, std::size_t turn) {
    const std::string shown = to_valid_utf8(trim(text));
    if (shown.empty()) {
        return {};
    }
    constexpr std::size_t kWays = 4;
    switch (turn % kWays) {
        case 0: return rephrased(shown).value_or(other_ending(shown));
        case 1: return other_spaces(shown);
        case 2: return other_case(shown);
        default: return other_ending(shown);
    }
}

std::string padded(std::string_view text) {
    const std::string shown = to_valid_utf8(trim(text));
    if (shown.empty()) {
        return {};
    }
    const std::string_view filler = filler_of(tongue_of(shown));
    return shown + " " + (filler.empty() ? shown : std::string(filler));
}

}  // namespace assay::pairing
