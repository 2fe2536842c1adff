#include "assay/retrieval/document.hpp"

#include <algorithm>

#include "assay/base/text.hpp"

namespace assay::retrieval {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines = split(text, '\n');
    for (std::string& line : lines) {
        if (line.ends_with('\r')) {
            line.pop_back();
        }
    }
    return lines;
}

/// The text behind one to six # and a space; empty: the line is no such heading.
std::string hash_heading(const std::string& line) {
    const std::size_t n = std::min(line.find_first_not_of('#'), line.size());
    if (n < 1 || n > 6 || n == line.size() || (line[n] != ' ' && line[n] != '\t')) {
        return {};
    }
    std::string_view heading = trim(std::string_view(line).substr(n));
    while (heading.ends_with('#')) {
        heading.remove_suffix(1);
    }
    return std::string(trim(heading));
}

/// Whether the line makes a heading of the one before it.
bool is_underline(const std::string& line) {
    const std::string_view mark = trim(line);
    return mark.size() >= 3 && (mark.find_first_not_of('=') == std::string_view::npos ||
                                mark.find_first_not_of('-') == std::string_view::npos);
}

bool is_fence(const std::string& line) {
    const std::string_view mark = trim(line);
    return mark.starts_with("```") || mark.starts_with("~~~");
}

/// An item of a list, or a row of a table.
bool begins_item(const std::string& line) {
    const std::string_view text = trim(line);
    if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ") ||
        text.starts_with('|')) {
        return true;
    }
    const std::size_t n = text.find_first_not_of("0123456789");
    return n != std::string_view::npos && n > 0 && text.substr(n).starts_with(". ");
}

class MarkdownReader {
 public:
    Document read(std::string_view text) {
        const std::vector<std::string> lines = lines_of(text);
        for (std::size_t i = end_of_front_matter(lines); i < lines.size(); ++i) {
            const bool underlined = !in_fence_ && i + 1 < lines.size() &&
                                    is_underline(lines[i + 1]) && may_be_heading(lines[i]);
            if (underlined) {
                begin(std::string(trim(lines[i])));
                ++i;
                continue;
            }
            read_line(lines[i]);
        }
        begin("");
        return std::move(parts_);
    }

 private:
    static std::size_t end_of_front_matter(const std::vector<std::string>& lines) {
        if (lines.empty() || trim(lines[0]) != "---") {
            return 0;
        }
        const auto end = std::find_if(lines.begin() + 1, lines.end(), [](const std::string& line) {
            return trim(line) == "---";
        });
        return end == lines.end() ? 0 : static_cast<std::size_t>(end - lines.begin()) + 1;
    }

    /// A line alone above an underline; a longer paragraph above one is a paragraph.
    [[nodiscard]] bool may_be_heading(const std::string& line) const {
        return after_empty_line_ && !trim(line).empty() && !begins_item(line) &&
               hash_heading(line).empty() && !is_fence(line);
    }

    void read_line(const std::string& line) {
        if (is_fence(line)) {
            in_fence_ = !in_fence_;
            return;
        }
        if (!in_fence_) {
            const std::string heading = hash_heading(line);
            if (!heading.empty()) {
                begin(heading);
                return;
            }
            if (begins_item(line)) {
                text_ += '\n';
            }
        }
        text_ += line + "\n";
        after_empty_line_ = trim(line).empty();
    }

    void begin(std::string heading) {
        if (!trim(text_).empty()) {
            parts_.push_back({heading_, text_});
        }
        text_.clear();
        heading_ = std::move(heading);
        after_empty_line_ = true;
    }

    Document parts_;
    std::string heading_;
    std::string text_;
    bool in_fence_ = false;
    bool after_empty_line_ = true;
};

}  // namespace

Document text_document(std::string_view text) {
    std::string joined;
    for (const std::string& line : lines_of(text)) {
        joined += line + "\n";
    }
    return {{"", joined}};
}

Document markdown_document(std::string_view text) {
    return MarkdownReader().read(text);
}

}  // namespace assay::retrieval
