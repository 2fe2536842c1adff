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
    std::string place;                        ///< "questions.jsonl:12"
    std::vector<std::string> alternatives{};  ///< further texts that are as right as `expected`;
                                              ///< empty without one
    std::string expected_problem{};   ///< why the dataset's expected answer was not taken ("target
                                      ///< is an object, not text"); empty: nothing is wrong. Not
                                      ///< stored
    std::vector<std::string> gold{};  ///< ids of the passages that answer it, to measure retrieval;
                                      ///< empty: not known. Kept with what was retrieved
                                      ///< (retrieval/frozen.hpp)
};

}  // namespace assay
