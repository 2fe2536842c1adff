#include "assay/app/text_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "assay/app/or_throw.hpp"
#include "assay/base/text.hpp"

namespace assay::app {

TextReader::TextReader(llm::Engine& engine,
                       Progress& progress,
                       const wire::TextSettings& settings,
                       const perplexity::BaseFileHead& head,
                       perplexity::BaseFileReader* base,
                       TextMeasured& out)
    : engine_(engine),
      progress_(progress),
      settings_(settings),
      head_(head),
      base_(base),
      out_(out),
      kld_sums_(out.variants.size()) {}

void TextReader::read(std::span<const TextPass> passes, BaseFileOutput* output) {
    for (const TextPass& pass : passes) {
        read_pass(pass, output);
        if (output != nullptr) {
            output->finish();  // the first pass has written all of it
            output = nullptr;
        }
    }
}

void TextReader::load(const TextPass& pass) {
    wire::LoadTextModels load;
    load.settings = settings_;
    std::vector<std::string> names;
    if (base_ == nullptr) {
        load.baseline = out_.baseline->file.path;
        names.push_back(out_.baseline->name);
    }
    for (std::size_t v = pass.begin; v < pass.end; ++v) {
        load.variants.push_back(out_.variants[v].file.path);
        names.push_back(out_.variants[v].name);
    }
    progress_.begin(fmt::format("the text, by {} (about {} of memory)",
                                fmt::join(names, ", "),
                                format_bytes(pass.memory_bytes)),
                    names.size() * static_cast<std::uint64_t>(head_.n_chunks),
                    "chunks");
    const wire::LoadedTextModels loaded = or_throw(engine_.load_text_models(load));
    ASSAY_CHECK(loaded.n_vocab == head_.n_vocab);
}

void TextReader::read_pass(const TextPass& pass, BaseFileOutput* output) {
    load(pass);
    if (base_ == nullptr) {
        out_.baseline->nll.clear();
    }
    const std::int64_t step = settings_.n_chunks();
    for (std::int64_t chunk = 0; chunk < head_.n_chunks; chunk += step) {
        const std::int64_t n = std::min<std::int64_t>(step, head_.n_chunks - chunk);
        wire::ScoreText score;
        const auto begin = head_.tokens.begin() + chunk * head_.n_ctx;
        score.tokens.assign(begin, begin + n * head_.n_ctx);
        score.compatible = out_.arithmetic == Arithmetic::kCompatible;
        score.want_rows = output != nullptr;
        if (base_ != nullptr) {
            score.rows = or_throw(base_->rows(chunk, n));
        }
        std::uint64_t before = 0;
        const wire::ScoredText scored = or_throw(
            engine_.score_text(score, [&](std::uint64_t done, std::uint64_t) {
                progress_.advance(done - before);
                before = done;
            }));
        keep(pass, scored);
        if (output != nullptr) {
            output->append(scored.rows);
        }
    }
    progress_.finish("");
}

void TextReader::keep(const TextPass& pass, const wire::ScoredText& scored) {
    out_.peak_memory_bytes = std::max(out_.peak_memory_bytes, scored.peak_memory_bytes);
    if (base_ == nullptr) {
        const std::vector<double> nll = wire::unpack_doubles(scored.nll);
        out_.baseline->nll.insert(out_.baseline->nll.end(), nll.begin(), nll.end());
    }
    const std::vector<TextToken> tokens = wire::unpack_text_tokens(scored.tokens);
    const std::size_t n_variants = pass.end - pass.begin;
    std::vector<std::string> shown;
    for (std::size_t v = pass.begin; v < pass.end; ++v) {
        const auto n = static_cast<std::ptrdiff_t>(tokens.size() / n_variants);
        const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(v - pass.begin) * n;
        TextVariant& variant = out_.variants[v];
        variant.tokens.insert(variant.tokens.end(), begin, begin + n);
        for (auto token = begin; token != begin + n; ++token) {
            kld_sums_[v] += token->kld;
        }
        shown.push_back(fmt::format(
            "{} {:.4f}", variant.name, kld_sums_[v] / static_cast<double>(variant.tokens.size())));
    }
    if (!shown.empty()) {
        progress_.status(fmt::format("mean KLD: {}", fmt::join(shown, ", ")));
    }
}

}  // namespace assay::app
