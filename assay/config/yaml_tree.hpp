#pragma once
// A YAML document as a plain tree with places.

#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::config {

struct YamlEntry;

struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };
    Kind kind = Kind::kNull;
    std::string text;     ///< of a scalar
    bool quoted = false;  ///< a scalar in quotes, as a block or with a tag: text, never a number
    int line = 0;         ///< from 1
    int column = 0;       ///< from 1
    std::vector<YamlNode> items;     ///< of a list
    std::vector<YamlEntry> entries;  ///< of a map, in the file's order; a key that stands twice is
                                     ///< here twice
};

struct YamlEntry {
    YamlNode key;
    YamlNode value;
};

/// The one document of `text`. Fails with place "name:line:column" where the YAML is broken, is not
/// UTF-8, holds several documents, nests deeper than 50 levels or (aliases expanded) has more than
/// 100,000 nodes. An empty text is kNull.
[[nodiscard]] Result<YamlNode> parse_yaml(std::string_view text, const std::string& name);

}  // namespace assay::config
