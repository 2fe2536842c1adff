#include "assay/run/extensions.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"

namespace assay::run {
namespace {

constexpr const char* kNote = "extensions";

/// The last one that has the id wins: an id is of one extension only.
std::size_t number_of(const Extensions& extensions,
                      const std::set<std::string> Extension::*ids,
                      const std::string& id) {
    for (std::size_t k = extensions.size(); k > 0; --k) {
        if ((extensions[k - 1].*ids).contains(id)) {
            return k;
        }
    }
    return 0;
}

}  // namespace

Extensions load_extensions(const store::Store& store) {
    Extensions out;
    const auto note = store.note(kNote);
    if (!note) {
        return out;
    }
    try {
        for (const auto& json : nlohmann::json::parse(*note)) {
            Extension& extension = out.emplace_back();
            json.at("comparisons").get_to(extension.comparisons);
            json.at("controls").get_to(extension.controls);
        }
    } catch (const nlohmann::json::exception&) {
        throw_operational("what the run was extended by is damaged in the store", "assay.sqlite");
    }
    return out;
}

void save_extensions(store::Store& store, const Extensions& extensions) {
    nlohmann::json out = nlohmann::json::array();
    for (const Extension& extension : extensions) {
        out.push_back({{"comparisons", extension.comparisons}, {"controls", extension.controls}});
    }
    store.put_note(kNote, out.dump());
}

void note_extension(store::Store& store, const std::vector<Comparison>& added) {
    if (added.empty()) {
        return;
    }
    Extensions extensions = load_extensions(store);
    if (extensions.empty() || !extensions.back().controls.empty()) {
        extensions.emplace_back();
    }
    for (const Comparison& comparison : added) {
        extensions.back().comparisons.insert(comparison.id);
    }
    save_extensions(store, extensions);
}

std::size_t number_of(const Extensions& extensions, const Control& control) {
    return number_of(extensions, &Extension::controls, control.id);
}

std::size_t number_of(const Extensions& extensions, const Comparison& comparison) {
    return number_of(extensions, &Extension::comparisons, comparison.id);
}

}  // namespace assay::run
