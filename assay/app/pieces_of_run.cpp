#include "assay/app/pieces_of_run.hpp"

#include <fmt/format.h>

#include "assay/base/result.hpp"

namespace assay::app {
namespace {

constexpr const char* kNote = "pieces of prompts";
constexpr const char* kWithPassages = "template, passages, question";

}  // namespace

answer::Pieces pieces_of_run(store::Store& store) {
    const std::optional<std::string> noted = store.note(kNote);
    if (noted && *noted != kWithPassages) {
        throw_operational(
            fmt::format("the run's prompts are cut in a way that this version does not know ({})",
                        *noted),
            "assay.sqlite",
            "Go on with the version that began it.");
    }
    if (!noted && !store.plans().empty()) {
        return answer::Pieces::kTemplate;  // earlier versions noted nothing
    }
    store.put_note(kNote, kWithPassages);
    return answer::Pieces::kPassages;
}

}  // namespace assay::app
