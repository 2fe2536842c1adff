#include "assay/config/checkpoint_entry.hpp"

#include "assay/records/checkpoint_name.hpp"

namespace assay::config {
namespace {

/// Without a '/' at its end: its last part is the variant's name.
std::string named_folder(const std::filesystem::path& base,
                         std::string_view text,
                         const Where& where,
                         Problems& problems) {
    std::string folder = absolute_path(base, text, where, problems);
    while (folder.size() > 1 && folder.ends_with('/')) {
        folder.pop_back();
    }
    return folder.empty() ? folder : std::string(kCheckpoint) + folder;
}

}  // namespace

void read_checkpoint(MapReader& map,
                     const std::filesystem::path& folder,
                     VariantEntry& entry,
                     Draft& draft,
                     Problems& problems) {
    std::string text;
    if (map.has("checkpoint")) {
        draft.origins[map.path_of("file")] = map.where("checkpoint");
    }
    if (!map.text("checkpoint", text)) {
        return;
    }
    if (map.has("file")) {
        problems.add(map.where("checkpoint"), "is given beside file; give one of them");
        return;
    }
    entry.file = named_folder(folder, text, map.where("checkpoint"), problems);
}

std::string model_or_checkpoint_of(const std::filesystem::path& base,
                                   std::string_view text,
                                   const Where& where,
                                   Problems& problems) {
    const auto folder = checkpoint_of(text);
    return folder ? named_folder(base, *folder, where, problems)
                  : model_path_of(base, text, where, problems);
}

std::string adapter_or_checkpoint_of(const std::filesystem::path& base,
                                     std::string_view text,
                                     const Where& where,
                                     Problems& problems) {
    const auto folder = checkpoint_of(text);
    return folder ? named_folder(base, *folder, where, problems)
                  : absolute_path(base, text, where, problems);
}

}  // namespace assay::config
