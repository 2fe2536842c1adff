#include "tests/fuzz/readers.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/config/dataset.hpp"
#include "assay/config/plan.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/exchange/answers.hpp"
#include "assay/exchange/batches.hpp"
#include "assay/exchange/outcomes.hpp"
#include "assay/http/server_error.hpp"
#include "assay/judge/batch_format.hpp"
#include "assay/judge/batch_reply.hpp"
#include "assay/judge/parse.hpp"
#include "assay/llm/llama_server_adapters.hpp"
#include "assay/llm/ollama_api.hpp"
#include "assay/llm/openai_api.hpp"
#include "assay/perplexity/base_file.hpp"
#include "assay/records/thoughts.hpp"
#include "assay/variants/checkpoint_folder.hpp"
#include "assay/variants/questions_in_text.hpp"
#include "assay/wire/codec.hpp"
#include "assay/wire/messages.hpp"
#include "tests/fuzz/retrieval_readers.hpp"

namespace assay::fuzz {
namespace {

/// The bytes as a file, for readers that open one themselves.
class InputFile {
 public:
    InputFile(std::string_view name, std::string_view bytes) : path_(folder() / name) {
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ~InputFile() { std::filesystem::remove(path_); }
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    static const std::filesystem::path& folder() {
        static const std::filesystem::path kFolder = make_folder();
        return kFolder;
    }
    static std::filesystem::path make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "assay-fuzz-XXXXXX").string();
        ASSAY_CHECK(mkdtemp(name.data()) != nullptr);
        return name;
    }
    std::filesystem::path path_;
};

/// What every sentence to the user has to be: text that a terminal can show.
void check_said(const Failure& failure) {
    ASSAY_CHECK(!failure.message.empty());
    ASSAY_CHECK(is_valid_utf8(failure.message));
    ASSAY_CHECK(is_valid_utf8(failure.place));
    ASSAY_CHECK(is_valid_utf8(failure.remedy));
}

void check_said(const std::vector<Failure>& failures) {
    ASSAY_CHECK(!failures.empty());
    for (const Failure& failure : failures) {
        check_said(failure);
    }
}

void read_dataset(std::string_view file_name, std::string_view bytes) {
    const InputFile file(file_name, bytes);
    DatasetSpec spec;
    spec.file = file.path().string();
    const auto questions = config::load_questions(spec);
    if (!questions) {
        return check_said(questions.error());
    }
    std::set<std::string> ids;
    for (const Question& question : *questions) {
        ASSAY_CHECK(ids.insert(question.id).second);
        ASSAY_CHECK(is_valid_utf8(question.id) && is_valid_utf8(question.text));
        ASSAY_CHECK(!trim(question.text).empty());
    }
}

void read_json_dataset(std::string_view bytes) {
    read_dataset("questions.json", bytes);
}
void read_jsonl_dataset(std::string_view bytes) {
    read_dataset("questions.jsonl", bytes);
}
void read_csv_dataset(std::string_view bytes) {
    read_dataset("questions.csv", bytes);
}

void read_answers(std::string_view bytes) {
    const auto answers = exchange::read_answers("answers", bytes);
    if (!answers) {
        return check_said(answers.error());
    }
    for (const exchange::ForeignAnswer& answer : answers->rows) {
        ASSAY_CHECK(is_valid_utf8(answer.text));
        ASSAY_CHECK(!exchange::name_of_question(answer).empty());
    }
}

void check_outcomes(const exchange::OutcomesOrProblems& outcomes) {
    if (!outcomes) {
        return check_said(outcomes.error());
    }
    ASSAY_CHECK(!outcomes->groups.empty());
}

/// In the format that the bytes look like, and in each of them.
void read_outcomes(std::string_view bytes) {
    exchange::OutcomeSource source;
    source.name = "verdicts";
    source.text = bytes;
    check_outcomes(exchange::read_outcomes(source));
    for (const auto format : {exchange::OutcomeFormat::kOutcomes,
                              exchange::OutcomeFormat::kStudy,
                              exchange::OutcomeFormat::kAlpacaEval,
                              exchange::OutcomeFormat::kArenaHard,
                              exchange::OutcomeFormat::kFastChat}) {
        check_outcomes(exchange::read_outcomes(source, format));
    }
}

void read_experiment(std::string_view bytes) {
    const InputFile file("experiment.yaml", bytes);
    const auto plan = config::load_plan(file.path(), {});
    if (!plan) {
        check_said(plan.error());
    }
}

void read_stored_plan(std::string_view bytes) {
    const auto plan = config::plan_from_json(bytes);
    if (!plan) {
        return check_said(plan.error());
    }
    const std::string written = config::plan_to_json(*plan);
    const auto again = config::plan_from_json(written);
    ASSAY_CHECK(again.has_value());
    ASSAY_CHECK(config::plan_to_json(*again) == written);
}

void read_batch_mapping(std::string_view bytes) {
    const auto mapping = exchange::read_batch_mapping(bytes);
    if (!mapping) {
        check_said(mapping.error());
    }
}

void read_thoughts(std::string_view bytes) {
    const Thoughts thoughts = find_thoughts(bytes);
    ASSAY_CHECK(thoughts.end <= bytes.size());
    ASSAY_CHECK(thoughts.any || (thoughts.end == 0 && !thoughts.unfinished));
    ASSAY_CHECK(!thoughts.unfinished || thoughts.end == bytes.size());
    ASSAY_CHECK(bytes.ends_with(said_of(bytes)));
}

void read_judge_reply(std::string_view bytes) {
    const judge::ParsedReply reply = judge::parse_reply(bytes, "A prompt: {\"verdict\": \"A\"}");
    ASSAY_CHECK(is_valid_utf8(reply.reasoning));
    ASSAY_CHECK((reply.state == VerdictState::kInvalid) == !reply.failure.empty());
}

void read_batch_replies(std::string_view bytes) {
    const judge::BatchReplies replies = judge::read_batch_replies(bytes, std::nullopt);
    for (const judge::BatchEvaluation& evaluation : replies.evaluations) {
        ASSAY_CHECK(evaluation.state != VerdictState::kError);
        ASSAY_CHECK(is_valid_utf8(evaluation.reasoning));
    }
}

/// Replies of batch APIs, and with them those of single requests that lie inside.
void read_batch_api(std::string_view bytes) {
    for (const judge::BatchFormat* format :
         {&judge::openai_batches(), &judge::anthropic_batches(), &judge::gemini_batches()}) {
        (void)format->read_batch(bytes);
        (void)format->read_page(bytes);
        (void)format->read_results("label", bytes);
    }
}

void read_served_reply(std::string_view bytes) {
    static const auto kOpenai = llm::make_openai_api("");
    static const auto kOllama = llm::make_ollama_api();
    for (const llm::ServedApi* api : {kOpenai.get(), kOllama.get()}) {
        const auto reply = api->read_reply(bytes);
        ASSAY_CHECK(!reply || is_valid_utf8(reply->text));
        for (const ToldToken& token : reply ? reply->tokens : std::vector<ToldToken>()) {
            ASSAY_CHECK(token.log_prob <= 0 && !token.candidates.empty());
            ASSAY_CHECK(token.candidates.size() <= kToldCandidates);
        }
    }
    (void)http::read_plain_error(bytes);
}

/// A file of log-probabilities whose head is taken has the rows that it speaks of.
void read_base_file(std::string_view bytes) {
    const InputFile file("base.kld", bytes);
    auto reader = perplexity::BaseFileReader::open(file.path());
    if (!reader) {
        return check_said(reader.error());
    }
    const perplexity::BaseFileHead& head = reader->head();
    ASSAY_CHECK(head.file_bytes() == bytes.size());
    for (const std::int32_t token : head.tokens) {
        ASSAY_CHECK(token >= 0 && token < head.n_vocab);
    }
    ASSAY_CHECK(reader->rows(head.n_chunks - 1, 1)->size() == head.chunk_bytes());
}

/// What a llama-server tells of its LoRA adapters, and what its requests name of them then.
void read_lora_adapters(std::string_view bytes) {
    const auto adapters = llm::read_adapters("http://localhost/lora-adapters", bytes);
    if (!adapters) {
        return check_said(adapters.error());
    }
    for (const ServedAdapter& adapter : *adapters) {
        ASSAY_CHECK(!adapter.path.empty() && is_valid_utf8(adapter.path));
    }
    ASSAY_CHECK(is_valid_utf8(llm::complaint_on(*adapters)));
    ASSAY_CHECK(!llm::scales_json(*adapters).empty());
}

/// A file of weights whose header is taken, or a sentence.
void read_safetensors(std::string_view bytes) {
    const InputFile file("model.safetensors", bytes);
    if (const auto checked = variants::check_safetensors(file.path()); !checked) {
        check_said(checked.error());
    }
}

/// The header of a frame of the engine's, up to the first line feed, then its payload.
void read_frame(std::string_view bytes) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    wire::Frame frame;
    frame.header = std::string(bytes.substr(0, end));
    frame.payload = std::string(bytes.substr(std::min(end + 1, bytes.size())));
    const auto message = wire::decode_message(std::move(frame));
    if (!message) {
        return check_said(message.error());
    }
    (void)wire::decode<wire::AnswerDone>(*message);
    (void)wire::decode<wire::Inspected>(*message);
    (void)wire::decode<wire::Started>(*message);
}

/// A text of an importance matrix, and its lines as the questions: each that is long enough is
/// found in it.
void read_imatrix_text(std::string_view bytes) {
    constexpr std::size_t kMostLines = 200, kLong = 24;
    std::vector<Question> questions;
    std::set<std::string> expected;
    for (const std::string& line : split(bytes, '\n')) {
        if (questions.size() == kMostLines) {
            break;
        }
        Question& question = questions.emplace_back();
        question.id = std::to_string(questions.size());
        question.text = line;
        if (line.find('\\') == std::string::npos && letters_and_digits(line).size() >= kLong) {
            expected.insert(question.id);
        }
    }
    const std::vector<std::string> found = variants::questions_in(bytes, questions);
    const std::set<std::string> ids(found.begin(), found.end());
    ASSAY_CHECK(ids.size() == found.size());
    for (const std::string& id : expected) {
        ASSAY_CHECK(ids.contains(id));
    }
}

constexpr std::array kReaders{
    Reader{"dataset_json", read_json_dataset},
    Reader{"dataset_jsonl", read_jsonl_dataset},
    Reader{"dataset_csv", read_csv_dataset},
    Reader{"answers", read_answers},
    Reader{"outcomes", read_outcomes},
    Reader{"experiment", read_experiment},
    Reader{"stored_plan", read_stored_plan},
    Reader{"batch_mapping", read_batch_mapping},
    Reader{"thoughts", read_thoughts},
    Reader{"judge_reply", read_judge_reply},
    Reader{"batch_replies", read_batch_replies},
    Reader{"batch_api", read_batch_api},
    Reader{"served_reply", read_served_reply},
    Reader{"lora_adapters", read_lora_adapters},
    Reader{"safetensors", read_safetensors},
    Reader{"base_file", read_base_file},
    Reader{"frame", read_frame},
    Reader{"imatrix_text", read_imatrix_text},
    Reader{"corpus_html", read_html},
    Reader{"corpus_markdown", read_markdown},
    Reader{"passages", read_passages},
    Reader{"query", read_query},
};

}  // namespace

std::span<const Reader> readers() {
    return kReaders;
}

}  // namespace assay::fuzz
