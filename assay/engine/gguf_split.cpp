#include "assay/engine/gguf_split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "assay/base/part_name.hpp"
#include "gguf.h"

namespace assay::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostParts = 65'535;  ///< split.count has 16 bits

/// Which part a file says that it is.
struct Part {
    std::int64_t number = 1;  ///< from 1
    std::int64_t total = 1;
    std::int64_t n_tensors = 0;  ///< of all parts; 0: not said
};

Part part_of(const gguf_context* gguf) {
    Part part;
    part.total = std::max<std::int64_t>(1, integer_at(gguf, "split.count").value_or(1));
    part.number = integer_at(gguf, "split.no").value_or(0) + 1;
    part.n_tensors = integer_at(gguf, "split.tensors.count").value_or(0);
    return part;
}

std::string number_text(std::int64_t number, std::int64_t total) {
    return fmt::format("part {} of {}", number, total);
}

tl::unexpected<Failure> fail_as_joined(const Part& part, int n_ggufs, const std::string& path) {
    return fail(
        fmt::format("holds {} GGUF files one behind the other, as `cat` joins them, and only the "
                    "first of them would be read",
                    n_ggufs),
        path,
        part.total > 1
            ? "Name the first part of the model (its parts need not be joined), or join them with "
              "`llama-gguf-split --merge FIRST-PART OUTPUT`."
            : "Give a file that holds one model.");
}

/// The prefix that the other parts beside the file have, if it is one only.
std::optional<std::string> prefix_beside(const std::string& path, const Part& part) {
    std::set<std::string> prefixes;
    std::error_code error;
    const fs::path folder = fs::path(path).parent_path();
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) {
        const auto name = part_name(entry.path().filename().string());
        if (name && name->total == part.total) {
            prefixes.insert(name->prefix);
        }
    }
    if (prefixes.size() != 1) {
        return std::nullopt;
    }
    return *prefixes.begin();
}

tl::unexpected<Failure> fail_as_renamed(const Part& part, const std::string& path) {
    const auto prefix = prefix_beside(path, part);
    const std::string own = name_of_part({prefix.value_or("NAME"), part.number, part.total});
    std::string remedy = prefix ? fmt::format("Call it {}, as the parts beside it are called", own)
                                : fmt::format("Call it {} again, beside the other parts", own);
    remedy += part.number == 1 ? "." : ", and name the first part.";
    return fail(fmt::format("is {} of a model and was renamed: parts are found by their names, {} "
                            "and so on",
                            number_text(part.number, part.total),
                            name_of_part({prefix.value_or("NAME"), 1, part.total})),
                path,
                remedy);
}

/// A name that says something else than the file itself.
tl::unexpected<Failure> fail_as_swapped(const PartName& name,
                                        const Part& part,
                                        const std::string& path) {
    return fail(fmt::format("is called {}, but is {} of its model (split.no, split.count)",
                            number_text(name.number, name.total),
                            number_text(part.number, part.total)),
                path,
                "Give each part the name that it was made with.");
}

}  // namespace

Result<std::vector<std::string>> parts_of(const gguf_context* gguf, const std::string& path) {
    const Part part = part_of(gguf);
    if (const int n_ggufs = count_ggufs(gguf, path); n_ggufs > 1) {
        return fail_as_joined(part, n_ggufs, path);
    }
    if (part.total == 1) {
        return std::vector<std::string>{path};
    }
    if (part.total > kMostParts || part.number < 1 || part.number > part.total) {
        return fail(fmt::format("says that it is {} of a model (split.no, split.count)",
                                number_text(part.number, part.total)),
                    path,
                    "The file is damaged.");
    }
    if (part.number == 1 && part.n_tensors > 0 && part.n_tensors == gguf_get_n_tensors(gguf)) {
        return fail(
            fmt::format("says that it is {} of a model, and holds all {} tensors of it: whatever "
                        "joined the parts left split.count in",
                        number_text(part.number, part.total),
                        part.n_tensors),
            path,
            "Take it out with `gguf-new-metadata --remove-metadata split.count INPUT OUTPUT`, or "
            "join the parts with `llama-gguf-split --merge FIRST-PART OUTPUT`.");
    }
    const auto name = part_name(path);
    if (!name || name_of_part(*name) != path) {
        return fail_as_renamed(part, path);
    }
    if (name->number != part.number || name->total != part.total) {
        return fail_as_swapped(*name, part, path);
    }
    if (part.number > 1) {
        const std::string first = name_of_part({name->prefix, 1, part.total});
        std::error_code error;
        return fail(
            fmt::format("is {} of a model, not its first", number_text(part.number, part.total)),
            path,
            fmt::format("Name the first part, {}{}.",
                        first,
                        fs::exists(first, error) ? "" : ", which is not there yet"));
    }
    std::vector<std::string> parts;
    for (std::int64_t number = 1; number <= part.total; ++number) {
        parts.push_back(name_of_part({name->prefix, number, part.total}));
    }
    return parts;
}

Result<Gguf> open_part(const gguf_context* first, const std::string& path, std::size_t number) {
    const Part expected = part_of(first);
    std::error_code error;
    if (!fs::exists(path, error)) {
        return fail(fmt::format("{} of the model is not there",
                                number_text(static_cast<std::int64_t>(number), expected.total)),
                    path,
                    "All parts must be in one folder, under the names that they were made with.");
    }
    Result<Gguf> gguf = open_gguf(path);
    if (!gguf) {
        return gguf;
    }
    const Part part = part_of(gguf->get());
    if (part.number != static_cast<std::int64_t>(number) || part.total != expected.total) {
        return fail_as_swapped({"", static_cast<std::int64_t>(number), expected.total}, part, path);
    }
    return gguf;
}

Result<bool> check_all_tensors(const gguf_context* first,
                               std::int64_t n_tensors,
                               const std::string& path) {
    const Part part = part_of(first);
    if (part.total == 1 || part.n_tensors == 0 || part.n_tensors == n_tensors) {
        return true;
    }
    return fail(fmt::format("its {} parts hold {} tensors, and it says that there are {} "
                            "(split.tensors.count)",
                            part.total,
                            n_tensors,
                            part.n_tensors),
                path,
                "A part is of another model, or damaged: get them again.");
}

}  // namespace assay::engine
