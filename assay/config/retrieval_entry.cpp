#include "assay/config/retrieval_entry.hpp"

#include "assay/config/entry_reader.hpp"
#include "assay/config/flag_reader.hpp"

namespace assay::config {
namespace {

class RetrievalEntry : EntryReader {
 public:
    using EntryReader::EntryReader;

    void read(MapReader& map) {
        RetrievalSettings& settings = draft_.plan.retrieval;
        path(map, "corpus", settings.corpus);
        // The word `none` is no file.
        std::string word;
        if (note_text(map, "embedder", word) && word != kNoEmbedder) {
            path(map, "embedder", settings.embedder);
        }
        visit_retrieval(settings, reader(map));
        visit_embedding(settings, reader(map));
        note_text(map, "query-prefix", settings.query_prefix);
        note_text(map, "passage-prefix", settings.passage_prefix);
        map.finish();
    }
};

class RetrievalFlags : FlagReader {
 public:
    using FlagReader::FlagReader;

    void apply() {
        file(flags_.corpus, "--corpus", "retrieval.corpus", plan_.retrieval.corpus);
        const std::string key = "retrieval.embedder";
        // The word `none` is no file, and takes back the experiment file's.
        if (flags_.embedder == kNoEmbedder) {
            plan_.retrieval.embedder.clear();
            note(key, "--embedder");
        } else {
            file(flags_.embedder, "--embedder", key, plan_.retrieval.embedder);
        }
        text(flags_.query_prefix,
             "--query-prefix",
             "retrieval.query-prefix",
             plan_.retrieval.query_prefix);
        text(flags_.passage_prefix,
             "--passage-prefix",
             "retrieval.passage-prefix",
             plan_.retrieval.passage_prefix);
    }
};

}  // namespace

void read_retrieval_entry(MapReader& map,
                          const std::filesystem::path& folder,
                          Draft& draft,
                          Problems& problems) {
    RetrievalEntry(folder, draft, problems).read(map);
}

void apply_retrieval_flags(const Overrides& flags, Draft& draft, Problems& problems) {
    RetrievalFlags(flags, draft, problems).apply();
}

}  // namespace assay::config
