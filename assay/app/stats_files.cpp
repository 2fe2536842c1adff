// Several files of verdicts are several judges of the same questions. What is compared is a variant
// as two judges saw it, so the judges need different names and the variants the same one; files
// name neither or both, each in its own way.

#include "assay/app/stats_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"

namespace assay::app {
namespace {

/// assay's own results lie in <variant>/<judge>/evaluation_results.json: names that the file does
/// not say, or does not say which is the variant's.
void add_names_of_folders(exchange::OutcomeSource& source, const std::filesystem::path& path) {
    const auto absolute = std::filesystem::absolute(path).lexically_normal();
    const std::string judge = absolute.parent_path().filename().string();
    const std::string variant = absolute.parent_path().parent_path().filename().string();
    if (variant.empty() ||
        source.text.find("\"" + variant + "_first\"") == std::string_view::npos) {
        return;
    }
    if (source.variant.empty() && source.baseline.empty()) {
        source.variant = variant;
    }
    if (source.judge.empty()) {
        source.judge = judge;
    }
}

exchange::OutcomeSet read_file_of(const std::string& file,
                                  const GivenNames& names,
                                  std::optional<exchange::OutcomeFormat> format) {
    const auto text = intake::read_text_file(file);
    if (!text) {
        throw Error(ErrorKind::kUsage, text.error());
    }
    exchange::OutcomeSource source{file, *text, names.baseline, names.variant, names.judge};
    add_names_of_folders(source, file);
    auto read = exchange::read_outcomes(source, format);
    if (!read) {
        std::vector<std::string> sentences;
        for (const Failure& failure : read.error()) {
            sentences.push_back(to_sentence(failure));
        }
        throw_usage(fmt::format("{}", fmt::join(sentences, "\n")));
    }
    return std::move(*read);
}

/// Of several files the judges must differ by name: one without a name, or with that of another
/// file's, is called by its file.
void tell_judges_apart(std::vector<exchange::OutcomeSet>& sets,
                       const std::vector<std::string>& files) {
    std::vector<std::vector<std::string>> names(sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
        for (const exchange::OutcomeGroup& group : sets[i].groups) {
            names[i].push_back(group.judge);
        }
    }
    for (std::size_t i = 0; i < sets.size(); ++i) {
        for (exchange::OutcomeGroup& group : sets[i].groups) {
            bool elsewhere = false;
            for (std::size_t k = 0; k < sets.size(); ++k) {
                elsewhere = elsewhere ||
                            (k != i && std::find(names[k].begin(), names[k].end(), group.judge) !=
                                           names[k].end());
            }
            if (!elsewhere && !group.judge.empty()) {
                continue;
            }
            group.judge = group.judge.empty() ? files[i]
                                              : fmt::format("{} ({})", group.judge, files[i]);
        }
    }
}

/// Files whose variants share no name are of different things, unless each is of one: then it is
/// the same variant under two names, or without one.
void match_variants(std::vector<exchange::OutcomeSet>& sets,
                    const std::vector<std::string>& files,
                    std::vector<std::string>& notes) {
    const std::vector<exchange::OutcomeGroup>& first = sets[0].groups;
    for (std::size_t i = 1; i < sets.size(); ++i) {
        const bool shared = std::any_of(
            sets[i].groups.begin(), sets[i].groups.end(), [&](const auto& group) {
                return std::any_of(first.begin(), first.end(), [&](const auto& other) {
                    return other.variant == group.variant;
                });
            });
        if (shared) {
            continue;
        }
        const bool one_is_unnamed = first.size() == 1 && sets[i].groups.size() == 1 &&
                                    (first[0].variant.empty() || sets[i].groups[0].variant.empty());
        if (!one_is_unnamed) {
            notes.push_back(fmt::format(
                "{} and {} have no variant in common, so nothing is said of their agreement.",
                files[0],
                files[i]));
            continue;
        }
        std::string& name = first[0].variant.empty() ? sets[0].groups[0].variant
                                                     : sets[i].groups[0].variant;
        name = first[0].variant.empty() ? sets[i].groups[0].variant : first[0].variant;
    }
}

}  // namespace

std::vector<exchange::OutcomeSet> read_outcome_files(const std::vector<std::string>& files,
                                                     const GivenNames& names,
                                                     std::optional<exchange::OutcomeFormat> format,
                                                     std::vector<std::string>& notes) {
    std::vector<exchange::OutcomeSet> sets;
    for (const std::string& file : files) {
        sets.push_back(read_file_of(file, names, format));
        notes.insert(notes.end(), sets.back().notes.begin(), sets.back().notes.end());
    }
    if (sets.size() > 1) {
        tell_judges_apart(sets, files);
        match_variants(sets, files, notes);
    }
    return sets;
}

}  // namespace assay::app
