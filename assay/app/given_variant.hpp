#pragma once
// A variant whose answers were made elsewhere and are read from a file.

#include <optional>

#include "assay/app/given_answers.hpp"
#include "assay/app/variant_run.hpp"

namespace assay::app {

class GivenVariant final : public VariantRun {
 public:
    using VariantRun::VariantRun;

    void check() override;
    void check_against(const VariantRun& baseline) override;
    void resolve(const ModelFile& baseline_file) override;
    void describe() override;
    void answer() override;

 private:
    std::optional<GivenAnswers> given_;  ///< from check() on
};

}  // namespace assay::app
