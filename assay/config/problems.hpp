#pragma once
// Errors are gathered, not thrown: the user sees all of them at once.

#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::config {

/// Where a value was written: file, line, column and key path ("variants[2].type"), or a flag
/// ("--temp").
struct Where {
    std::string source;  ///< path of the file as it was given, or the flag; may be empty
    int line = 0;        ///< from 1; 0: not a place in a file
    int column = 0;      ///< from 1
    std::string key;     ///< may be empty

    [[nodiscard]] std::string place() const;  ///< "exp.yaml:3:1", "--temp"
};

class Problems {
 public:
    /// The sentence is "key: message" where the key is known.
    void add(const Where& where, std::string message, std::string remedy = {});
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// Those of the file by line and column, then the others in the order in which they were found.
    [[nodiscard]] std::vector<Failure> take();

 private:
    struct Entry {
        int line;
        int column;
        Failure failure;
    };
    std::vector<Entry> entries_;
};

}  // namespace assay::config
