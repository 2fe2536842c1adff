#include "assay/judge/batch_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/exchange/batch_text.hpp"
#include "assay/records/thoughts.hpp"

namespace assay::judge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSpace = " \t\r\n";

/// Overwrites with spaces what is not the judge's own word, so that every place stays where it was:
/// thoughts, and the blocks of a batch text that was pasted together with the reply.
void blank_out_the_rest(std::string& text) {
    const auto blank = [&](std::size_t begin, std::size_t end) {
        std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
                  text.begin() + static_cast<std::ptrdiff_t>(end),
                  ' ');
    };
    blank(0, find_thoughts(text).end);
    constexpr std::string_view kBegin = "\nBEGIN ";
    for (std::size_t begin = text.find(kBegin); begin != std::string::npos;
         begin = text.find(kBegin, begin + 1)) {
        const std::size_t digits = begin + kBegin.size();
        const std::size_t after = std::min(text.find_first_not_of("0123456789", digits),
                                           text.size());
        if (after - digits < 8) {
            continue;
        }
        const std::string mark = "\nEND " + text.substr(digits, after - digits);
        const std::size_t end = text.find(mark, after);
        if (end != std::string::npos) {
            blank(begin, end + mark.size());
        }
    }
}

/// The document, and whether a name stands twice in one of its objects: the JSON library would keep
/// one of the two.
std::optional<Json> parse(const std::string& text, bool& twice) {
    std::vector<std::set<std::string>> open;
    const auto look = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) {
            open.emplace_back();
        }
        if (event == Json::parse_event_t::object_end) {
            open.pop_back();
        }
        if (event == Json::parse_event_t::key) {
            twice = !open.back()
                         .insert(to_lower_ascii(parsed.get_ref<const std::string&>()))
                         .second ||
                    twice;
        }
        return true;
    };
    Json json = Json::parse(text, look, false);
    if (json.is_discarded()) {
        return {};
    }
    return json;
}

/// A member of an object by its name in lower case; null if there is none.
const Json& member(const Json& object, std::string_view name) {
    static const Json kNothing;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (to_lower_ascii(it.key()) == name) {
            return it.value();
        }
    }
    return kNothing;
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// A batch's name or an example's number, as text or as a number.
std::string word_of(const Json& value) {
    return value.is_number_unsigned() ? std::to_string(value.get<std::uint64_t>()) : text_of(value);
}

class Reader {
 public:
    BatchReplies take() && { return std::move(out_); }

    /// The replies of a text, one after another; each begins with the line that names its batch, or
    /// with the text.
    void read_text(std::string_view bytes, const std::optional<BatchName>& hint) {
        const std::string text = to_valid_utf8(bytes);
        std::string own = text;
        blank_out_the_rest(own);
        Reply reply{hint, 0, {}, {}};
        int prose_depth = 0;
        for (std::size_t i = 0; i < own.size();) {
            const std::size_t line_end = std::min(own.find('\n', i), own.size());
            const bool line_start = i == 0 || own[i - 1] == '\n';
            if (line_start) {
                if (const auto name = batch_heading(
                        std::string_view(own).substr(i, line_end - i))) {
                    finish(reply, std::string_view(text).substr(reply.begin, i - reply.begin));
                    reply = {name, i, {}, {}};
                    prose_depth = 0;
                    i = line_end;
                    continue;
                }
            }
            const std::size_t bracket = own.find_first_of("{}[]\n", i);
            if (bracket == std::string::npos) {
                break;
            }
            i = bracket + 1;
            const char c = own[bracket];
            const std::size_t next = own.find_first_not_of(kSpace, bracket + 1);
            const char first = next == std::string::npos ? '\0' : own[next];
            const bool begins = prose_depth == 0 &&
                                ((c == '{' && first == '"') || (c == '[' && first == '{'));
            if (begins) {
                i = add_document(reply, own, bracket);
            } else if (c == '{') {
                ++prose_depth;
            } else if (c == '}' && prose_depth > 0) {
                --prose_depth;
            }
        }
        finish(reply, std::string_view(text).substr(reply.begin));
    }

 private:
    struct Reply {
        std::optional<BatchName> batch;
        std::size_t begin = 0;
        std::vector<Json> documents;
        std::string why_unread;
    };

    /// Where the text goes on.
    static std::size_t add_document(Reply& reply, const std::string& text, std::size_t begin) {
        bool twice = false;
        const auto cut = cut_json(text, begin);
        auto json = cut ? parse(cut->json, twice) : std::nullopt;
        // What stands inside of what is no JSON could be cited text: nothing of such a reply can be
        // trusted.
        if (!json) {
            reply.why_unread = "its JSON is cut off or malformed";
        }
        if (!json) {
            return text.size();
        }
        if (twice) {
            reply.why_unread = "a name stands twice in one object of its JSON";
        }
        reply.documents.push_back(std::move(*json));
        return cut->end;
    }

    void finish(const Reply& reply, std::string_view raw) {
        if (trim(raw).empty()) {
            return;
        }
        const std::string who = reply.batch ? "the reply to " + words_of(*reply.batch)
                                            : std::string("a reply");
        if (!reply.why_unread.empty()) {
            out_.unread.push_back(
                fmt::format("nothing of {} was taken: {}", who, reply.why_unread));
            return;
        }
        const bool any_list = std::any_of(
            reply.documents.begin(), reply.documents.end(), [](const Json& json) {
                return json.is_array() || is_container(json);
            });
        const std::size_t before = n_seen_;
        for (const Json& json : reply.documents) {
            if (any_list && json.is_object() && !is_container(json)) {
                continue;
            }
            read_document(json, reply.batch, raw);
        }
        if (n_seen_ == before) {
            out_.unread.push_back(fmt::format(
                "{} holds no JSON with a verdict (\"{}\")", who, shorten(trim(raw), 60)));
        }
    }

    static bool is_container(const Json& object) {
        return member(object, "evaluations").is_array() || names_batches(object);
    }

    static bool names_batches(const Json& object) {
        return !object.empty() &&
               std::all_of(object.items().begin(), object.items().end(), [](const auto& entry) {
                   return names_a_batch(entry.key());
               });
    }

    void read_document(const Json& json,
                       const std::optional<BatchName>& batch,
                       std::string_view raw) {
        if (json.is_array()) {
            for (const Json& entry : json) {
                read_document(entry, batch, raw);
            }
        } else if (json.is_object() && names_batches(json)) {
            for (auto it = json.begin(); it != json.end(); ++it) {
                read_reply(it.value(), named(batch, it.key()));
            }
        } else if (json.is_object() && member(json, "evaluations").is_array()) {
            const auto inner = named(batch, word_of(member(json, "batch")));
            for (const Json& entry : member(json, "evaluations")) {
                if (entry.is_object()) {
                    read_evaluation(entry, inner, raw);
                }
            }
        } else if (json.is_object() && has(json, "verdict")) {
            read_evaluation(json, batch, raw);
        }
    }

    static bool has(const Json& object, std::string_view name) {
        return std::any_of(object.items().begin(), object.items().end(), [&](const auto& entry) {
            return to_lower_ascii(entry.key()) == name;
        });
    }

    /// A value of {"batch_01": reply}: the whole reply, or with "batch_01/3" of one item.
    void read_reply(const Json& value, const std::optional<BatchName>& batch) {
        const std::string raw = value.is_string() ? value.get<std::string>() : value.dump();
        const std::size_t first = out_.evaluations.size();
        read_text(raw, batch);
        if (!batch || !batch->example) {
            return;
        }
        // Of a reply to several items that was kept for one of them, that one.
        std::vector<BatchEvaluation>& all = out_.evaluations;
        const std::size_t n_read = all.size() - first;
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        all.erase(std::remove_if(begin,
                                 all.end(),
                                 [&](const BatchEvaluation& e) {
                                     return e.example && *e.example != *batch->example;
                                 }),
                  all.end());
        for (std::size_t i = first; i < all.size(); ++i) {
            all[i].example = batch->example;
        }
        if (n_read > 0 && all.size() == first) {
            out_.contradictions.push_back(
                fmt::format("a reply that is filed as {}/{} is on other examples",
                            words_of(*batch),
                            *batch->example));
        }
    }

    /// What is known of the batch, with what `word` says of it besides.
    std::optional<BatchName> named(const std::optional<BatchName>& known, const std::string& word) {
        if (trim(word).empty()) {
            return known;
        }
        auto said = batch_name_of(word);
        if (!said) {
            out_.contradictions.push_back(
                fmt::format("\"{}\" is no batch's name", shorten(word, 40)));
            return known;
        }
        if (!known) {
            return said;
        }
        if (known->number != said->number ||
            (!known->code.empty() && !said->code.empty() && known->code != said->code)) {
            out_.contradictions.push_back(
                fmt::format("a reply that is filed as {} says that it is of {}",
                            words_of(*known),
                            words_of(*said)));
        }
        if (said->code.empty()) {
            said->code = known->code;
        }
        if (!said->example) {
            said->example = known->example;
        }
        return said;
    }

    void read_evaluation(const Json& json,
                         const std::optional<BatchName>& batch,
                         std::string_view raw) {
        ++n_seen_;
        BatchEvaluation out;
        out.batch = named(batch, word_of(member(json, "batch")));
        if (const Json& example = member(json, "example"); !example.is_null()) {
            const std::string word = word_of(example);
            std::string_view digits = trim(word);
            out.example = digits.empty() ? std::nullopt : take_number(digits);
            if (!out.example || !digits.empty()) {
                out_.contradictions.push_back(fmt::format(
                    "\"example\": {} is no example's number",
                    shorten(example.dump(-1, ' ', false, Json::error_handler_t::replace), 40)));
                return;
            }
        }
        const Json& verdict = member(json, "verdict");
        const std::string word(trim(text_of(verdict)));
        if (verdict.is_null() ||
            (verdict.is_string() && (word.empty() || word == exchange::kVerdictToFillIn))) {
            return;
        }
        out.raw = raw;
        out.object = json.dump(-1, ' ', false, Json::error_handler_t::replace);
        out.task_id = text_of(member(json, "task_id"));
        out.winner = text_of(member(json, "winner_model"));
        const bool is_result = !out.task_id.empty() && has(json, "order");
        if (is_result && word == "ERROR") {
            return;
        }
        if (is_result && (word == "INVALID" || word == "REFUSED")) {
            out.state = word == "INVALID" ? VerdictState::kInvalid : VerdictState::kRefused;
            out.reasoning = text_of(member(json, "reasoning"));
            out.failure = text_of(member(json, "failure"));
            if (out.failure.empty()) {
                out.failure = fmt::format("The results say {}.", word);
            }
        } else {
            ParsedReply said = parse_reply(out.object);
            out.state = said.state;
            out.confidence = said.confidence;
            out.reasoning = std::move(said.reasoning);
            out.failure = std::move(said.failure);
        }
        out_.evaluations.push_back(std::move(out));
    }

    BatchReplies out_;
    std::size_t n_seen_ = 0;  ///< evaluations, those included that were not given
};

}  // namespace

BatchReplies read_batch_replies(std::string_view text, const std::optional<BatchName>& hint) {
    Reader reader;
    reader.read_text(text, hint);
    return std::move(reader).take();
}

}  // namespace assay::judge
