#pragma once

#include <optional>
#include <string>
#include <vector>

namespace assay {

/// One item of the dataset.
struct Question {
    std::string id;
    std::string text;
    std::optional<std::string> expected;
    std::vector<std::string> contexts;  ///< the context set: passages in the order in which every
                                        ///< variant is shown them
    std::optional<std::string> cluster;
    std::string place;  ///< "questions.jsonl:12"
};

}  // namespace assay
