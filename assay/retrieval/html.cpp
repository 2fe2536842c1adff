#include "assay/retrieval/html.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "assay/base/text.hpp"

namespace assay::retrieval {
namespace {

constexpr std::array kLeftOut{GUMBO_TAG_SCRIPT,
                              GUMBO_TAG_STYLE,
                              GUMBO_TAG_NAV,
                              GUMBO_TAG_NOSCRIPT,
                              GUMBO_TAG_TEMPLATE,
                              GUMBO_TAG_HEAD,
                              GUMBO_TAG_SVG,
                              GUMBO_TAG_MATH,
                              GUMBO_TAG_IFRAME,
                              GUMBO_TAG_SELECT};

/// Whose text is a paragraph.
constexpr std::array kBlocks{
    GUMBO_TAG_P,       GUMBO_TAG_DIV,     GUMBO_TAG_LI,         GUMBO_TAG_UL,
    GUMBO_TAG_OL,      GUMBO_TAG_DL,      GUMBO_TAG_DT,         GUMBO_TAG_DD,
    GUMBO_TAG_TABLE,   GUMBO_TAG_TR,      GUMBO_TAG_CAPTION,    GUMBO_TAG_SECTION,
    GUMBO_TAG_ARTICLE, GUMBO_TAG_ASIDE,   GUMBO_TAG_HEADER,     GUMBO_TAG_FOOTER,
    GUMBO_TAG_MAIN,    GUMBO_TAG_FIGURE,  GUMBO_TAG_FIGCAPTION, GUMBO_TAG_BLOCKQUOTE,
    GUMBO_TAG_PRE,     GUMBO_TAG_ADDRESS, GUMBO_TAG_FORM,       GUMBO_TAG_FIELDSET,
    GUMBO_TAG_HR,      GUMBO_TAG_DETAILS, GUMBO_TAG_SUMMARY};

template <std::size_t N>
bool is_one_of(const std::array<GumboTag, N>& tags, GumboTag tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

bool is_heading(GumboTag tag) {
    return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

/// All memory of one parse, given back at once: gumbo's own way to free a tree calls itself once
/// for each level, and a page may nest deeper than the stack allows.
class Arena {
 public:
    void* take(std::size_t size) {
        const std::size_t needed = (size + kAlignment - 1) / kAlignment * kAlignment;
        if (needed > kBlock / 4) {
            return add(needed);
        }
        if (used_ + needed > kBlock || current_ == nullptr) {
            current_ = add(kBlock);
            used_ = 0;
        }
        void* out = current_ + used_;
        used_ += needed;
        return out;
    }

 private:
    static constexpr std::size_t kAlignment = alignof(std::max_align_t);
    static constexpr std::size_t kBlock = 1 << 20;

    std::byte* add(std::size_t size) {
        return blocks_.emplace_back(std::make_unique<std::byte[]>(size)).get();
    }

    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* current_ = nullptr;
    std::size_t used_ = 0;
};

void* take_from_arena(void* arena, std::size_t size) {
    return static_cast<Arena*>(arena)->take(size);
}

void give_nothing_back(void*, void*) {}

std::string one_line(std::string_view text) {
    std::string out;
    for (const std::string& line : split(text, '\n')) {
        const std::string_view part = trim(line);
        if (!part.empty()) {
            out += (out.empty() ? "" : " ") + std::string(part);
        }
    }
    return out;
}

/// A visit of the tree without recursion: pages nest as deep as they like.
class PageReader {
 public:
    Document read(const GumboNode* root) {
        steps_.push_back({root, false});
        while (!steps_.empty()) {
            const Step step = steps_.back();
            steps_.pop_back();
            if (step.leaves) {
                leave(step.node->v.element.tag);
            } else {
                enter(step.node);
            }
        }
        end_part();
        return std::move(parts_);
    }

    void set_title(const std::string& title) { heading_ = title; }

 private:
    struct Step {
        const GumboNode* node;
        bool leaves;  ///< its children were visited
    };

    void enter(const GumboNode* node) {
        switch (node->type) {
            case GUMBO_NODE_TEXT:
            case GUMBO_NODE_CDATA:
            case GUMBO_NODE_WHITESPACE: out() += node->v.text.text; return;
            case GUMBO_NODE_ELEMENT: break;
            default: return;
        }
        const GumboElement& element = node->v.element;
        if (is_one_of(kLeftOut, element.tag)) {
            return;
        }
        if (is_heading(element.tag) && !in_heading_) {
            end_part();
            in_heading_ = true;
            heading_.clear();
        } else if (is_one_of(kBlocks, element.tag)) {
            out() += "\n\n";
        } else if (element.tag == GUMBO_TAG_BR) {
            out() += "\n";
        } else if (element.tag == GUMBO_TAG_TD || element.tag == GUMBO_TAG_TH) {
            out() += " ";  // or cells run together
        }
        steps_.push_back({node, true});
        for (unsigned i = element.children.length; i > 0; --i) {
            steps_.push_back({static_cast<const GumboNode*>(element.children.data[i - 1]), false});
        }
    }

    void leave(GumboTag tag) {
        if (is_heading(tag) && in_heading_) {
            heading_ = one_line(heading_);
            in_heading_ = false;
        } else if (is_one_of(kBlocks, tag)) {
            out() += "\n\n";
        }
    }

    std::string& out() { return in_heading_ ? heading_ : text_; }

    void end_part() {
        if (!trim(text_).empty()) {
            parts_.push_back({heading_, text_});
        }
        text_.clear();
    }

    Document parts_;
    std::string heading_;
    std::string text_;
    bool in_heading_ = false;
    std::vector<Step> steps_;
};

/// The text of the page's title; empty: it has none.
std::string title_of(const GumboNode* root) {
    const GumboVector& top = root->v.element.children;
    for (unsigned i = 0; i < top.length; ++i) {
        const auto* head = static_cast<const GumboNode*>(top.data[i]);
        if (head->type != GUMBO_NODE_ELEMENT || head->v.element.tag != GUMBO_TAG_HEAD) {
            continue;
        }
        const GumboVector& children = head->v.element.children;
        for (unsigned c = 0; c < children.length; ++c) {
            const auto* title = static_cast<const GumboNode*>(children.data[c]);
            if (title->type != GUMBO_NODE_ELEMENT || title->v.element.tag != GUMBO_TAG_TITLE ||
                title->v.element.children.length == 0) {
                continue;
            }
            const auto* text = static_cast<const GumboNode*>(title->v.element.children.data[0]);
            if (text->type == GUMBO_NODE_TEXT) {
                return one_line(text->v.text.text);
            }
        }
    }
    return {};
}

}  // namespace

Document html_document(std::string_view bytes) {
    Arena arena;
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = take_from_arena;
    options.deallocator = give_nothing_back;
    options.userdata = &arena;
    options.max_errors = 0;
    const GumboOutput* page = gumbo_parse_with_options(&options, bytes.data(), bytes.size());
    PageReader reader;
    reader.set_title(title_of(page->root));
    return reader.read(page->root);
}

}  // namespace assay::retrieval
