#pragma once
// The one table of the names that fields have in the files of people and tools.

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace assay::intake {

/// What a field of a row says.
enum class Meaning {
    kId,
    kQuestion,
    kExpected,
    kContexts,
    kCluster,
    kGold,  ///< ids of the passages that answer it
    kAnswer,
    kGenerator,     ///< what made the answer
    kStopReason,    ///< why the answer ended
    kFailure,       ///< why there is no answer
    kDocumentHash,  ///< lm-eval's doc_hash
};
/// id, question, expected, contexts, cluster, gold, answer, generator, stop_reason, failure,
/// document_hash
[[nodiscard]] std::string_view name_of(Meaning meaning);

/// Whose shape a row has. Each tool has names of its own that mean something else elsewhere.
enum class Tool {
    kAny,
    kInspect,      ///< samples of an Inspect log
    kPromptfoo,    ///< results of promptfoo as JSON
    kOpenAiBatch,  ///< output of OpenAI's batch API
};
[[nodiscard]] std::string_view name_of(Tool tool);

/// The names (paths) of a field in rows of a tool, the usual one first. Empty: no name is known.
[[nodiscard]] std::span<const std::string_view> names_of(Meaning meaning, Tool tool);
/// Names that count only where there is none of names_of: they mean this where nothing better is
/// there.
[[nodiscard]] std::span<const std::string_view> further_names_of(Meaning meaning, Tool tool);

/// `fields` of an experiment: our name of a field -> the file's path.
using FieldMap = std::map<std::string, std::string>;

}  // namespace assay::intake
