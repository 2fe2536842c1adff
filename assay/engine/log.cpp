#include "assay/engine/log.hpp"

#include <cstdio>
#include <mutex>

#include "assay/base/text.hpp"
#include "ggml.h"
#include "llama.h"

namespace assay::engine {
namespace {

struct Log {
    std::mutex mutex;
    std::string line;
    ggml_log_level level = GGML_LOG_LEVEL_NONE;
    std::string errors;
    std::function<void(const std::string&)> listener;
};

Log& log_state() {
    static Log log;
    return log;
}

void on_log(ggml_log_level level, const char* text, void*) {
    Log& log = log_state();
    const std::lock_guard lock(log.mutex);
    if (level != GGML_LOG_LEVEL_CONT) {
        log.level = level;
    }
    log.line += text;
    if (log.line.empty() || log.line.back() != '\n') {
        return;
    }
    log.line.pop_back();
    if (log.level == GGML_LOG_LEVEL_ERROR) {
        if (!log.errors.empty()) {
            log.errors += "; ";
        }
        log.errors += trim(log.line);
    }
    if (log.level == GGML_LOG_LEVEL_ERROR || log.level == GGML_LOG_LEVEL_WARN) {
        std::fprintf(stderr, "%s\n", log.line.c_str());
    }
    if (log.listener) {
        log.listener(log.line);
    }
    log.line.clear();
}

}  // namespace

void capture_log() {
    llama_log_set(on_log, nullptr);
    ggml_set_abort_callback(
        [](const char* message) { std::fprintf(stderr, "abort: %s\n", message); });
}

std::string take_errors() {
    Log& log = log_state();
    const std::lock_guard lock(log.mutex);
    return std::exchange(log.errors, {});
}

void on_log_line(std::function<void(const std::string&)> listener) {
    Log& log = log_state();
    const std::lock_guard lock(log.mutex);
    log.listener = std::move(listener);
}

}  // namespace assay::engine
