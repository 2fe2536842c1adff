#include "assay/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>

#include "assay/base/text.hpp"

namespace assay::config {
namespace {

constexpr std::size_t kMostLevels = 50;
constexpr std::size_t kMostNodes = 100'000;

/// What we refuse although it is YAML.
struct Refused {
    YAML::Mark mark;
    std::string message;
};

std::size_t count_nodes(const YamlNode& node) {
    std::size_t n = 1;
    for (const YamlNode& item : node.items) {
        n += count_nodes(item);
    }
    for (const YamlEntry& entry : node.entries) {
        n += count_nodes(entry.key) + count_nodes(entry.value);
    }
    return n;
}

/// Builds the tree from the parser's events. Aliases become copies, so a few lines could stand for
/// billions of nodes: hence the limit on their number.
class TreeBuilder final : public YAML::EventHandler {
 public:
    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++n_documents_ > 1) {
            throw Refused{mark,
                          "a second document, or something that belongs to no key, begins here"};
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        count(1, mark);
        add(node_at(mark, YamlNode::Kind::kNull), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            throw Refused{mark, "an alias stands inside what it stands for"};
        }
        count(count_nodes(found->second), mark);
        add(found->second, 0);
    }
    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node = node_at(mark, YamlNode::Kind::kScalar);
        node.text = value;
        node.quoted = tag != "?";
        count(1, mark);
        add(std::move(node), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string&,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(node_at(mark, YamlNode::Kind::kList), anchor, mark);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark,
                    const std::string&,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(node_at(mark, YamlNode::Kind::kMap), anchor, mark);
    }
    void OnMapEnd() override { close(); }

 private:
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor;
        bool has_key = false;  // of a map: `key` waits for its value
        YamlNode key = {};
    };

    static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (open_.size() >= kMostLevels) {
            throw Refused{mark, fmt::format("nests deeper than {} levels", kMostLevels)};
        }
        count(1, mark);
        open_.push_back({std::move(node), anchor});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        add(std::move(done.node), done.anchor);
    }

    void count(std::size_t n, const YAML::Mark& mark) {
        n_nodes_ += n;
        if (n_nodes_ > kMostNodes) {
            throw Refused{mark, fmt::format("has more than {} values", kMostNodes)};
        }
    }

    void add(YamlNode node, YAML::anchor_t anchor) {
        if (anchor != 0) {
            anchors_[anchor] = node;
        }
        if (open_.empty()) {
            root_ = std::move(node);
        } else if (Open& parent = open_.back(); parent.node.kind == YamlNode::Kind::kList) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.has_key) {
            parent.key = std::move(node);
            parent.has_key = true;
        } else {
            parent.node.entries.push_back({std::move(parent.key), std::move(node)});
            parent.has_key = false;
        }
    }

    int n_documents_ = 0;
    std::size_t n_nodes_ = 0;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
    YamlNode root_;
};

tl::unexpected<Failure> broken(const std::string& name,
                               const YAML::Mark& mark,
                               std::string message) {
    std::string place = mark.is_null()
                            ? name
                            : fmt::format("{}:{}:{}", name, mark.line + 1, mark.column + 1);
    return fail(std::move(message), std::move(place));
}

std::size_t first_invalid_line(std::string_view text) {
    std::size_t line = 1;
    for (const std::string& row : split(text, '\n')) {
        if (!is_valid_utf8(row)) {
            break;
        }
        ++line;
    }
    return line;
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
    if (!is_valid_utf8(text)) {
        return fail("is not valid UTF-8",
                    fmt::format("{}:{}", name, first_invalid_line(text)),
                    "Save the file as UTF-8.");
    }
    try {
        // Not YAML::LoadAll: yaml-cpp 0.7 takes a stray ',' or ']' for an empty document without
        // going past it, for ever.
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        TreeBuilder builder;
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.take();
    } catch (const Refused& error) {
        return broken(name, error.mark, error.message);
    } catch (const YAML::Exception& error) {
        return broken(name, error.mark, fmt::format("broken YAML: {}", shorten(error.msg, 200)));
    }
}

}  // namespace assay::config
