// A text, a baseline and its variants: what does each make of every token?
//
// Problem: a divergence needs the whole distribution of both models at every token. That is some
// 100 to 300 KB a token, too much to keep for a text.
//
// Model: all models are loaded beside each other and go through the text in step. A batch is
// computed by each of them, and their rows of logits, which then lie side by side in the contexts'
// own buffers, are compared before the next batch. Batches are those of llama-perplexity -b n_batch
// (llama.cpp v0.5.0, tools/perplexity/perplexity.cpp): a chunk of n_ctx tokens with the first
// replaced by a BOS where the tokenizer wants one, an empty memory before each, whole chunks as
// sequences of their own where a batch holds several, and output rows from the middle of a chunk
// on. So the logits have its bits.
//
// Invariant: the rows of a batch have the same tokens before them in every model. A row's figures
// depend on no other row, so threads change nothing. Nothing that is not finite leaves.

#include "assay/engine/text_scorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "assay/engine/session.hpp"
#include "assay/perplexity/chunks.hpp"
#include "assay/perplexity/row_scores.hpp"

namespace assay::engine {
namespace {

using perplexity::first_scored;
using perplexity::n_scored;

/// Calls a worker, one made by `make_worker` for each thread, for 0 .. n-1. The first Failure that
/// one gives.
template <class MakeWorker>
Result<bool> for_each_on_threads(std::size_t n, int n_threads, const MakeWorker& make_worker) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::optional<Failure> failure;
    const auto run = [&] {
        auto worker = make_worker();
        for (std::size_t i = next++; i < n; i = next++) {
            if (Result<bool> done = worker(i); !done) {
                const std::lock_guard lock(mutex);
                failure = done.error();
                next = n;
            }
        }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < n_threads; ++i) {
        threads.emplace_back(run);
    }
    run();
    for (std::thread& thread : threads) {
        thread.join();
    }
    if (failure) {
        return tl::unexpected<Failure>(*failure);
    }
    return true;
}

tl::unexpected<Failure> not_finite(const TextModel& model) {
    return fail(
        "gives numbers that are not finite: its weights are damaged, or its quantization failed",
        model.path(),
        "Get it again, or make it anew.");
}

}  // namespace

/// What a thread keeps from row to row.
struct TextScorer::RowWorker {
    perplexity::ExactRow exact{};
    std::vector<std::uint16_t> row{};
};

/// What becomes a reply, and the baseline's rows.
struct TextScorer::Scores {
    bool compatible = false;
    bool writes_rows = false;  ///< the baseline's rows are made here
    bool keeps_rows = false;   ///< all of them are in `rows`: they came, or were asked for
    std::size_t n_tokens = 0;
    std::size_t n_row = 0;  ///< values of a row
    std::vector<double> nll{};
    std::vector<TextToken> tokens{};  ///< n_tokens of each variant
    std::vector<std::uint16_t> rows{};

    /// The baseline's row of a token: one of `rows`, or the worker's own.
    [[nodiscard]] std::span<std::uint16_t> row(std::size_t place, RowWorker& worker) {
        if (keeps_rows) {
            return std::span(rows).subspan(place * n_row, n_row);
        }
        worker.row.resize(n_row);
        return worker.row;
    }

    /// -log of the token's probability; nothing where the row is not usable.
    std::optional<double> score_baseline(std::span<const float> logits,
                                         std::int32_t token,
                                         std::size_t place,
                                         RowWorker& worker) {
        std::optional<double> nll_of_row;
        if (writes_rows) {
            nll_of_row = perplexity::write_compatible_row(logits, token, row(place, worker));
        }
        if (!compatible) {
            return worker.exact.read(logits) ? worker.exact.nll(token) : std::nullopt;
        }
        return writes_rows ? nll_of_row : perplexity::compatible_nll(logits, token);
    }
};

Result<TextScorer> TextScorer::open(const wire::LoadTextModels& request) {
    const wire::TextSettings& settings = request.settings;
    const bool fits = settings.n_ctx >= perplexity::kSmallestCtx && settings.n_batch >= 1 &&
                      (settings.n_batch < settings.n_ctx || settings.n_batch % settings.n_ctx == 0);
    if (!fits) {
        return fail(fmt::format("chunks of {} tokens cannot be computed in batches of {}",
                                settings.n_ctx,
                                settings.n_batch));
    }
    TextScorer out(settings, !request.baseline.empty());
    std::vector<std::string> paths = request.variants;
    if (out.has_baseline_) {
        paths.insert(paths.begin(), request.baseline);
    }
    for (const std::string& path : paths) {
        auto model = TextModel::open(path, settings);
        if (!model) {
            return tl::unexpected(model.error());
        }
        if (!out.models_.empty()) {
            if (auto same = model->check_same_vocabulary(out.models_.front()); !same) {
                return tl::unexpected(same.error());
            }
        }
        out.models_.push_back(std::move(*model));
    }
    if (out.models_.empty()) {
        return fail("neither a baseline nor a variant is named");
    }
    return out;
}

std::size_t TextScorer::n_row() const {
    return perplexity::n_row_values(static_cast<std::size_t>(models_.front().n_vocab()));
}

Result<bool> TextScorer::check_request(const wire::ScoreText& request) const {
    const std::size_t n = request.tokens.size();
    const auto n_ctx = static_cast<std::size_t>(settings_.n_ctx);
    if (n == 0 || n % n_ctx != 0 || n / n_ctx > static_cast<std::size_t>(settings_.n_chunks())) {
        return fail(fmt::format(
            "{} tokens are not 1 to {} chunks of {}", n, settings_.n_chunks(), settings_.n_ctx));
    }
    const std::int64_t n_vocab = models_.front().n_vocab();
    for (const std::int32_t token : request.tokens) {
        if (token < 0 || token >= n_vocab) {
            return fail(fmt::format("token {} is not in the vocabulary of {}", token, n_vocab));
        }
    }
    const std::size_t n_rows = has_baseline_
                                   ? 0
                                   : n / n_ctx *
                                         static_cast<std::size_t>(n_scored(settings_.n_ctx));
    const std::size_t expected = n_rows * n_row() * sizeof(std::uint16_t);
    if (request.rows.size() != expected) {
        return fail(fmt::format("{} bytes of the baseline's rows came, and {} were expected",
                                request.rows.size(),
                                expected));
    }
    return true;
}

Result<bool> TextScorer::score_batch(const wire::ScoreText& request,
                                     const TextBatch& batch,
                                     Scores& scores) const {
    std::vector<Row> rows;
    std::vector<std::int32_t> places;
    const std::int64_t n_ctx = settings_.n_ctx, first = first_scored(n_ctx);
    for (std::int64_t chunk = 0; chunk < batch.n_chunks; ++chunk) {
        const std::int64_t end = std::min(batch.end, n_ctx - 1);
        for (std::int64_t at = std::max(batch.begin, first); at < end; ++at) {
            rows.push_back({request.tokens[static_cast<std::size_t>(chunk * n_ctx + at + 1)],
                            static_cast<std::size_t>(chunk * n_scored(n_ctx) + at - first)});
            places.push_back(batch.place(chunk, at));
        }
    }
    std::vector<std::vector<std::span<const float>>> logits;
    for (const TextModel& model : models_) {
        auto own = model.logits(places);
        if (!own) {
            return tl::unexpected(own.error());
        }
        logits.push_back(std::move(*own));
    }
    const std::size_t first_variant = has_baseline_ ? 1 : 0;
    const auto score_row = [&](std::size_t i, RowWorker& worker) -> Result<bool> {
        const auto [token, place] = rows[i];
        if (has_baseline_) {
            const auto nll = scores.score_baseline(logits.front()[i], token, place, worker);
            if (!nll) {
                return not_finite(models_.front());
            }
            scores.nll[place] = *nll;
        }
        for (std::size_t m = first_variant; m < models_.size(); ++m) {
            const std::span<const float> own = logits[m][i];
            const auto scored = scores.compatible ? perplexity::compare_compatible(
                                                        own, token, scores.row(place, worker))
                                                  : worker.exact.compare(own, token);
            if (!scored) {
                return not_finite(models_[m]);
            }
            scores.tokens[(m - first_variant) * scores.n_tokens + place] = *scored;
        }
        return true;
    };
    return for_each_on_threads(rows.size(), settings_.n_threads, [&] {
        return [&, worker = RowWorker()](std::size_t i) mutable { return score_row(i, worker); };
    });
}

Result<wire::ScoredText> TextScorer::score(const wire::ScoreText& request,
                                           const OnProgress& on_progress) {
    if (auto checked = check_request(request); !checked) {
        return tl::unexpected(checked.error());
    }
    const auto n_chunks = static_cast<std::int64_t>(request.tokens.size()) / settings_.n_ctx;
    Scores scores;
    scores.compatible = request.compatible || !has_baseline_;
    scores.writes_rows = has_baseline_ &&
                         (request.want_rows || (scores.compatible && n_variants() > 0));
    scores.n_tokens = static_cast<std::size_t>(n_chunks * n_scored(settings_.n_ctx));
    scores.n_row = n_row();
    scores.nll.resize(has_baseline_ ? scores.n_tokens : 0);
    scores.tokens.resize(n_variants() * scores.n_tokens);
    scores.keeps_rows = request.want_rows || !has_baseline_;
    if (scores.keeps_rows) {
        scores.rows.resize(scores.n_tokens * scores.n_row);
    }
    if (!request.rows.empty()) {
        std::memcpy(scores.rows.data(), request.rows.data(), request.rows.size());
    }
    const std::int64_t step = std::min(settings_.n_batch, settings_.n_ctx);
    const std::uint64_t total = models_.size() * static_cast<std::uint64_t>(n_chunks);
    for (std::int64_t begin = 0; begin < settings_.n_ctx; begin += step) {
        const TextBatch batch{
            n_chunks, begin, std::min<std::int64_t>(begin + step, settings_.n_ctx)};
        for (std::size_t m = 0; m < models_.size(); ++m) {
            if (auto decoded = models_[m].decode(request.tokens, batch); !decoded) {
                return tl::unexpected(decoded.error());
            }
            if (batch.end == settings_.n_ctx) {
                on_progress((m + 1) * static_cast<std::uint64_t>(n_chunks), total);
            }
        }
        if (auto scored = score_batch(request, batch, scores); !scored) {
            return tl::unexpected(scored.error());
        }
    }
    wire::ScoredText out;
    out.nll = wire::pack_doubles(scores.nll);
    out.tokens = wire::pack_text_tokens(scores.tokens);
    if (request.want_rows) {
        out.rows.resize(scores.rows.size() * sizeof(std::uint16_t));
        std::memcpy(out.rows.data(), scores.rows.data(), out.rows.size());
    }
    out.peak_memory_bytes = peak_memory_bytes();
    return out;
}

}  // namespace assay::engine
