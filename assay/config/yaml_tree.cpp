#include "assay/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "assay/base/text.hpp"

namespace assay::config {
namespace {

constexpr int kMostLevels = 50;
constexpr int kMostNodes = 100'000;

struct TooLarge {
    YAML::Mark mark;
    std::string message;
};

// Aliases are copied, so a few lines could stand for billions of nodes, and an anchor may contain itself: hence both
// limits.
YamlNode copy_node(const YAML::Node& node, int level, int& n_nodes) {
    if (level > kMostLevels) throw TooLarge{node.Mark(), fmt::format("nests deeper than {} levels", kMostLevels)};
    if (++n_nodes > kMostNodes) throw TooLarge{node.Mark(), fmt::format("has more than {} values", kMostNodes)};
    YamlNode out;
    out.line = node.Mark().line + 1;
    out.column = node.Mark().column + 1;
    if (node.IsScalar()) {
        out.kind = YamlNode::Kind::kScalar;
        out.text = node.Scalar();
        out.quoted = node.Tag() != "?";
    } else if (node.IsSequence()) {
        out.kind = YamlNode::Kind::kList;
        for (const YAML::Node& item : node) out.items.push_back(copy_node(item, level + 1, n_nodes));
    } else if (node.IsMap()) {
        out.kind = YamlNode::Kind::kMap;
        for (const auto& entry : node) {
            out.entries.push_back(
                {copy_node(entry.first, level + 1, n_nodes), copy_node(entry.second, level + 1, n_nodes)});
        }
    }
    return out;
}

tl::unexpected<Failure> broken(const std::string& name, const YAML::Mark& mark, std::string message) {
    std::string place = mark.is_null() ? name : fmt::format("{}:{}:{}", name, mark.line + 1, mark.column + 1);
    return fail(std::move(message), std::move(place));
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
    if (!is_valid_utf8(text)) {
        std::size_t start = 0, line = 1;
        while (is_valid_utf8(text.substr(start, text.find('\n', start) - start)))
            start = text.find('\n', start) + 1, ++line;
        return fail("is not valid UTF-8", fmt::format("{}:{}", name, line), "Save the file as UTF-8.");
    }
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        if (documents.empty()) return YamlNode{};
        if (documents.size() > 1) {
            return broken(name, documents[1].Mark(), "a second YAML document begins here; an experiment file has one");
        }
        int n_nodes = 0;
        return copy_node(documents[0], 0, n_nodes);
    } catch (const TooLarge& error) {
        return broken(name, error.mark, error.message);
    } catch (const YAML::Exception& error) {
        return broken(name, error.mark, fmt::format("broken YAML: {}", shorten(error.msg, 200)));
    }
}

}  // namespace assay::config
