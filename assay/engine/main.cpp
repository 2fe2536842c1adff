// assay-engine: llama.cpp behind a pipe. A program of its own because llama.cpp aborts the process
// on some inputs and failures; assay starts it, feeds it, and starts it again when it dies. It ends
// when assay closes the pipe or dies.

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "assay/engine/answerer.hpp"
#include "assay/engine/chat.hpp"
#include "assay/engine/control_tokens.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/quantize.hpp"
#include "assay/engine/session.hpp"

namespace assay::engine {
namespace {

/// Requests as a thread of its own reads them, so that the end of the pipe is noticed in the middle
/// of a computation.
class Inbox {
 public:
    explicit Inbox(int fd) : reader_([this, fd] { read_all(fd); }) { reader_.detach(); }

    /// Waits for a request if `wait`; empty if there is none.
    std::optional<wire::Request> take(bool wait) {
        std::unique_lock lock(mutex_);
        if (wait) {
            arrived_.wait(lock, [&] { return !requests_.empty(); });
        }
        if (requests_.empty()) {
            return std::nullopt;
        }
        wire::Request request = std::move(requests_.front());
        requests_.pop_front();
        return request;
    }

 private:
    void read_all(int fd) {
        while (true) {
            auto frame = wire::read_frame(fd);
            if (!frame || !*frame) {
                std::_Exit(0);  // assay has closed the pipe or is gone: nobody waits for anything
            }
            auto request = wire::decode_request(std::move(**frame));
            if (!request) {
                std::fprintf(stderr, "assay-engine: %s\n", request.error().message.c_str());
                std::_Exit(2);
            }
            const std::lock_guard lock(mutex_);
            requests_.push_back(std::move(*request));
            arrived_.notify_one();
        }
    }

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<wire::Request> requests_;
    std::thread reader_;
};

class Server {
 public:
    Server(int in, int out) : inbox_(in), out_(out) {}

    [[noreturn]] void run() {
        while (true) {
            const bool busy = answerer_ && answerer_->has_work();
            if (const auto request = inbox_.take(!busy)) {
                handle(*request);
            } else if (busy) {
                answerer_->step();
            }
        }
    }

 private:
    void send(const wire::Frame& frame) {
        if (!wire::write_frame(out_, frame)) {
            std::_Exit(0);
        }
    }

    template <class T>
    void reply(std::uint64_t id, const Result<T>& result) {
        send(result ? wire::encode_done(id, *result) : wire::encode_failed(id, result.error()));
    }

    void handle(const wire::Request& request) {
        const std::uint64_t id = request.id;
        const std::string& verb = request.verb;
        if (verb == "hello") {
            send(wire::encode_done(id, describe_engine()));
        } else if (verb == "inspect") {
            reply(id, inspect_model(wire::decode_inspect(request).path));
        } else if (verb == "load") {
            load(id, wire::decode_load(request));
        } else if (verb == "render") {
            reply(id, render_chat(model_.get(), wire::decode_render(request)));
        } else if (verb == "render_template") {
            const auto text = render_template(control_ ? &*control_ : nullptr,
                                              wire::decode_render_template(request));
            send(text ? wire::encode_done_text(id, *text) : wire::encode_failed(id, text.error()));
        } else if (verb == "tokenize") {
            tokenize_text(id, wire::decode_tokenize(request));
        } else if (verb == "predict_memory") {
            reply(id, predict_memory(wire::decode_predict_memory(request)));
        } else if (verb == "describe_start") {
            if (model_) {
                send(wire::encode_done(
                    id, describe_start(model_.get(), wire::decode_start(request), n_gpu_layers_)));
            } else {
                send(wire::encode_failed(id, Failure{"describe_start before load", {}, {}}));
            }
        } else if (verb == "start") {
            start(id, wire::decode_start(request));
        } else if (verb == "answer") {
            if (answerer_) {
                answerer_->submit(id, wire::decode_answer(request));
            } else {
                send(wire::encode_failed(id, Failure{"answer before start", {}, {}}));
            }
        } else if (verb == "label_probs") {
            if (answerer_) {
                answerer_->submit(id, wire::decode_label_probs(request));
            } else {
                send(wire::encode_failed(id, Failure{"label_probs before start", {}, {}}));
            }
        } else if (verb == "quantize") {
            const auto made = quantize_model(wire::decode_quantize(request),
                                             [&](std::uint64_t done, std::uint64_t total) {
                                                 send(wire::encode_progress(id, {done, total}));
                                             });
            send(made ? wire::encode_done(id) : wire::encode_failed(id, made.error()));
        } else {
            send(wire::encode_failed(id,
                                     Failure{fmt::format("unknown verb \"{}\"", verb),
                                             {},
                                             "assay and assay-engine are of different versions."}));
        }
    }

    void load(std::uint64_t id, const wire::Load& request) {
        answerer_.reset();
        context_.reset();
        control_.reset();
        model_.reset();
        auto model = load_model(request);
        if (!model) {
            return send(wire::encode_failed(id, model.error()));
        }
        model_ = std::move(*model);
        control_.emplace(model_.get());
        n_gpu_layers_ = request.n_gpu_layers;
        send(wire::encode_done(id, describe_model(model_.get())));
    }

    void tokenize_text(std::uint64_t id, const wire::Tokenize& request) {
        if (!model_) {
            return send(wire::encode_failed(id, Failure{"tokenize before load", {}, {}}));
        }
        const bool marked = request.parse_special &&
                            request.text.find(wire::kLiteralMark) != std::string::npos;
        const auto tokens = marked ? control_->tokenize_marked(request.text)
                                   : tokenize(model_.get(), request);
        send(tokens ? wire::encode_done_tokens(id, *tokens)
                    : wire::encode_failed(id, tokens.error()));
    }

    void start(std::uint64_t id, const wire::Start& request) {
        if (!model_) {
            return send(wire::encode_failed(id, Failure{"start before load", {}, {}}));
        }
        answerer_.reset();
        context_.reset();
        auto context = open_context(model_.get(), request);
        if (!context) {
            return send(wire::encode_failed(id, context.error()));
        }
        context_ = std::move(*context);
        answerer_ = std::make_unique<Answerer>(
            context_.get(),
            request,
            [this](std::uint64_t done_id, const wire::AnswerDone& done) {
                send(wire::encode_done(done_id, done));
            },
            [this](std::uint64_t done_id, const wire::LabelDone& done) {
                send(wire::encode_done(done_id, done));
            },
            [this](std::uint64_t failed_id, const Failure& failure) {
                send(wire::encode_failed(failed_id, failure));
            });
        send(wire::encode_done(id, describe_start(model_.get(), request, n_gpu_layers_)));
    }

    Inbox inbox_;
    int out_;
    int n_gpu_layers_ = -1;
    llama_model_ptr model_;
    std::optional<ControlTokens> control_;  ///< of model_
    llama_context_ptr context_;
    std::unique_ptr<Answerer> answerer_;
};

int main_of_engine(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        capture_log();
        llama_backend_init();
        std::printf("assay-engine %s\n%s\n",
                    describe_engine().version.c_str(),
                    describe_engine().system_info.c_str());
        return 0;
    }
    if (argc != 4 || std::strcmp(argv[1], "--pipe") != 0) {
        std::fprintf(stderr,
                     "assay-engine is started by assay, not by hand: see `assay run --help`. It "
                     "takes --version.\n");
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT,
                SIG_IGN);  // Ctrl-C goes to the whole group; assay decides, and closes the pipe
    capture_log();
    llama_backend_init();
    Server(std::atoi(argv[2]), std::atoi(argv[3])).run();
}

}  // namespace
}  // namespace assay::engine

int main(int argc, char** argv) {
    try {
        return assay::engine::main_of_engine(argc, argv);
    } catch (const std::exception& e) {
        // The library's state is not known any more: assay starts a fresh process and blames only
        // what fails alone.
        std::fprintf(stderr, "assay-engine: %s\n", e.what());
        std::_Exit(3);
    }
}
