#include "assay/app/make_variant_run.hpp"

#include <variant>

#include "assay/app/engine_variant.hpp"
#include "assay/app/given_variant.hpp"
#include "assay/app/served_variant.hpp"

namespace assay::app {
namespace {

/// The room of each source: one row for each alternative of VariantSource.
/// A source without a row does not compile.
template <class Source>
struct RoomOf;
template <>
struct RoomOf<FileSource> {
    using Room = EngineVariant;
};
template <>
struct RoomOf<TypeSource> {
    using Room = EngineVariant;
};
template <>
struct RoomOf<AnswersSource> {
    using Room = GivenVariant;
};
template <>
struct RoomOf<ServedSource> {
    using Room = ServedVariant;
};

}  // namespace

std::unique_ptr<VariantRun> make_variant_run(const VariantSpec& spec,
                                             std::size_t place,
                                             RunContext& context) {
    return std::visit(
        [&]<class Source>(const Source&) -> std::unique_ptr<VariantRun> {
            return std::make_unique<typename RoomOf<Source>::Room>(spec, place, context);
        },
        spec.source);
}

}  // namespace assay::app
