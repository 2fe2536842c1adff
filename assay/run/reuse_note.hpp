#pragma once
// What a run knows of the verdicts that it took from other runs (--judge-cache), by judge.

#include <map>
#include <set>
#include <string>

#include "assay/store/store.hpp"

namespace assay::run {

struct ReuseNote {
    std::set<std::string> offered;  ///< ids of comparisons that the cache had a verdict on
    std::map<std::string, std::string> again;  ///< of these, those that are asked again: id -> what
                                               ///< the cache says
    bool stopped = false;                      ///< they disagreed: nothing is taken any more
};

/// Empty where nothing was offered. Throws Error kOperational where it cannot be read.
[[nodiscard]] ReuseNote load_reuse(const store::Store& store, const std::string& judge_key);
void save_reuse(store::Store& store, const std::string& judge_key, const ReuseNote& note);

}  // namespace assay::run
