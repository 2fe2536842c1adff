#pragma once
// What the steps from a draft to a plan share.

#include <string>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

class DraftStep {
 public:
    /// Both must outlive the step.
    DraftStep(Draft& draft, Problems& problems)
        : draft_(draft), plan_(draft.plan), problems_(problems) {}

 protected:
    [[nodiscard]] bool written(const std::string& key) const {
        return draft_.origins.contains(key);
    }

    /// Reports what is wrong with the value of `key`, at the place where it was written.
    void add(const std::string& key, std::string message, std::string remedy = {}) {
        problems_.add(draft_.origin(key), std::move(message), std::move(remedy));
    }

    Draft& draft_;
    Plan& plan_;
    Problems& problems_;
};

}  // namespace assay::config
