#include "temp_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "assay/base/text.hpp"

namespace assay::test {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
    std::string name = (fs::temp_directory_path() / "assay-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder");
    }
    path_ = fs::canonical(name);
}

TempFolder::~TempFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
}

std::string TempFolder::write(std::string_view name, std::string_view text) const {
    const fs::path path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) {
        throw std::runtime_error("cannot write " + path.string());
    }
    return path.string();
}

std::string bytes_of(const fs::path& path) {
    auto bytes = read_file(path);
    if (!bytes) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return std::move(*bytes);
}

std::map<std::string, std::string> files_below(const fs::path& root) {
    std::map<std::string, std::string> out;
    if (!fs::is_directory(root)) {
        return out;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) {
            out.emplace(entry.path().lexically_relative(root).string(), bytes_of(entry.path()));
        }
    }
    return out;
}

}  // namespace assay::test
