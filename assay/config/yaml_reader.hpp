#pragma once
// Typed access to one mapping of an experiment file. What is asked for is what is known: finish()
// reports every other key.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/config/problems.hpp"
#include "assay/config/yaml_tree.hpp"
#include "assay/records/rules.hpp"

namespace assay::config {

class MapReader {
 public:
    /// `map` must be a kMap and outlive the reader. `path` is the key path of the mapping itself,
    /// empty for the file's root. Reports keys that stand twice; the first one counts.
    MapReader(const YamlNode& map, std::string path, const std::string& source, Problems& problems);

    /// The value of a key, or nullptr if the key is absent. A key without a value is reported and
    /// counts as absent.
    [[nodiscard]] const YamlNode* value(std::string_view key);
    /// The same for a block, a list or a mapping; there, a key without a value means the defaults.
    [[nodiscard]] const YamlNode* block(std::string_view key, YamlNode::Kind kind);

    /// Each reads the key into the field if it is there and right, reports what is wrong, and says
    /// whether the field was read.
    bool text(std::string_view key, std::string& field);
    bool texts(std::string_view key,
               std::vector<std::string>& field);  ///< a list of texts, or one text; none may be
                                                  ///< empty
    bool read(std::string_view key, double& field, const Range& range);
    bool read(std::string_view key, int& field, const Range& range);
    bool read(std::string_view key, std::int64_t& field, const Range& range);
    bool read(std::string_view key, std::uint64_t& field, const Range& range);
    bool read(std::string_view key, int& field, const RangeOrWord& rule);
    bool read(std::string_view key, bool& field, const YesNo&);
    bool read(std::string_view key, std::string& field, const Words& words);
    bool read(std::string_view key, std::string& field, const Day& day);

    /// Place and key path of a key's value, of the mapping itself if the key is absent.
    [[nodiscard]] Where where(std::string_view key) const;
    /// Place of any node under a key path that is written out.
    [[nodiscard]] Where where(const YamlNode& node, std::string path) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

    /// Makes a key known without reading it, so that finish() is silent about it.
    void know(std::string_view key);
    /// Reports the keys that nothing asked for. Returns those known keys that were probably meant.
    std::set<std::string> finish();

 private:
    [[nodiscard]] const YamlEntry* find(std::string_view key) const;
    [[nodiscard]] const YamlNode* scalar(std::string_view key, std::string_view wanted);
    /// Reports a message for a key unless it is empty; true if it is.
    bool refuse(std::string_view key, std::string message);
    template <class Rule>
    bool word(std::string_view key, std::string& field, const Rule& rule);
    template <class T>
    bool whole(std::string_view key, T& field, const Range& range);

    const YamlNode& map_;
    std::string path_;
    const std::string& source_;
    Problems& problems_;
    std::vector<std::string> known_;
};

/// "a list", "a mapping", "the text "50"", "nothing", for messages.
[[nodiscard]] std::string describe(const YamlNode& node);

}  // namespace assay::config
