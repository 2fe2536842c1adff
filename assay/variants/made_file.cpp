#include "assay/variants/made_file.hpp"

#include <fmt/format.h>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/variants/temporary_file.hpp"

namespace assay::variants {
namespace {

namespace fs = std::filesystem;

std::string hash_of_parts(const std::vector<std::string>& parts, const HashFile& hash) {
    if (parts.size() == 1) {
        return hash(parts.front());
    }
    std::vector<std::string> hashes;
    for (const std::string& part : parts) {
        hashes.push_back(hash(part));
    }
    return sha256_of_fields(hashes);
}

void make_folder(const fs::path& folder, bool in_cache) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw_operational(fmt::format("the folder cannot be made: {}", error.message()),
                          folder.string(),
                          in_cache ? "Set ASSAY_CACHE to a folder that you can write to." : "");
    }
}

/// The library itself only says "iostream error".
void check_disk(const fs::path& folder, std::uint64_t needed) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    if (!error && space.available < needed) {
        throw_operational(fmt::format("{} free, up to {} needed for the file that is made",
                                      format_bytes(space.available),
                                      format_bytes(needed)),
                          folder.string(),
                          "Free some space, or set ASSAY_CACHE to a folder on another disk.");
    }
}

}  // namespace

ModelFile resolve_file(llm::Engine& engine, const std::string& path, const HashFile& hash) {
    auto inspected = engine.inspect(path);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    ModelFile file = std::move(inspected->file);
    file.sha256 = hash_of_parts(inspected->parts, hash);
    return file;
}

std::optional<ModelFile> find_made(const Workshop& workshop, const fs::path& target) {
    std::error_code error;
    if (!fs::exists(target, error)) {
        return std::nullopt;
    }
    if (const auto inspected = workshop.engine.inspect(target.string()); !inspected) {
        workshop.progress.note(
            fmt::format("{} was made earlier and is damaged ({}): it is made anew",
                        target.string(),
                        inspected.error().message));
        return std::nullopt;
    }
    return resolve_file(workshop.engine, target.string(), workshop.hash);
}

void write_file(const Workshop& workshop, const MadeFile& made, const MakeFile& make) {
    const fs::path folder = fs::absolute(made.target).parent_path();
    make_folder(folder, made.in_cache);
    remove_left_temporaries(folder, made.in_cache ? "" : made.target.filename().string());
    check_disk(folder, made.most_bytes);

    Progress& progress = workshop.progress;
    const TemporaryFile temporary(made.target);
    std::uint64_t done = 0;
    progress.begin(made.title, 0, made.unit);
    const auto written = make(temporary.path().string(),
                              [&](std::uint64_t now, std::uint64_t total) {
                                  if (done == 0) {
                                      progress.begin(made.title, total, made.unit);
                                  }
                                  if (now > done) {
                                      progress.advance(now - done);
                                  }
                                  done = now;
                              });
    if (!written) {
        throw Error(ErrorKind::kOperational, written.error());
    }
    std::error_code error;
    fs::rename(temporary.path(), made.target, error);
    if (error) {
        throw_operational(
            fmt::format("the finished file cannot be put in place: {}", error.message()),
            made.target.string());
    }
}

ModelFile make_file(const Workshop& workshop, const MadeFile& made, const MakeFile& make) {
    write_file(workshop, made, make);
    ModelFile file = resolve_file(workshop.engine, made.target.string(), workshop.hash);
    workshop.progress.finish(fmt::format(
        "{}, {:.2f} bits a weight", format_bytes(file.size_bytes), file.bits_per_weight()));
    return file;
}

}  // namespace assay::variants
