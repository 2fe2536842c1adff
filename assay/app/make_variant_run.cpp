#include "assay/app/make_variant_run.hpp"

#include <variant>

#include "assay/app/engine_variant.hpp"
#include "assay/app/given_variant.hpp"
#include "assay/app/served_variant.hpp"

namespace assay::app {
namespace {

template <class Room>
std::unique_ptr<VariantRun> make(const VariantSpec& spec, std::size_t place, RunContext& context) {
    return std::make_unique<Room>(spec, place, context);
}

/// The room of each source: one row for each alternative of VariantSource.
template <class Source>
constexpr decltype(&make<EngineVariant>) kRoom = nullptr;
template <>
constexpr auto kRoom<FileSource> = &make<EngineVariant>;
template <>
constexpr auto kRoom<TypeSource> = &make<EngineVariant>;
template <>
constexpr auto kRoom<AnswersSource> = &make<GivenVariant>;
template <>
constexpr auto kRoom<ServedSource> = &make<ServedVariant>;

}  // namespace

std::unique_ptr<VariantRun> make_variant_run(const VariantSpec& spec,
                                             std::size_t place,
                                             RunContext& context) {
    return std::visit(
        [&]<class Source>(const Source&) {
            static_assert(kRoom<Source> != nullptr, "a source without a room");
            return kRoom<Source>(spec, place, context);
        },
        spec.source);
}

}  // namespace assay::app
