#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/report/render_json.hpp"
#include "assay/report/render_markdown.hpp"
#include "assay/report/report_sections.hpp"
#include "report_builder.hpp"

namespace assay::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

RetrievalReport lexical_report() {
    RetrievalReport out;
    out.corpus = "documents";
    out.n_files = 3;
    out.n_passages = 120;
    out.top = 4;
    out.n_questions = 10;
    out.mean_words = 300;
    return out;
}

std::string markdown_of(const RetrievalReport& retrieval) {
    ReportModel model;
    model.retrieval = retrieval;
    Document document;
    document.sections.push_back(*retrieval_section(model));
    return render_markdown(document);
}

TEST(RetrievalSection, ALexicalSearchSaysThatItIsOne) {
    EXPECT_THAT(markdown_of(lexical_report()),
                AllOf(HasSubstr("120 passages from 3 files"),
                      HasSubstr("lexical only: no embedding model was used"),
                      HasSubstr("Quality of retrieval: not measured"),
                      Not(HasSubstr("Left out"))));
}

TEST(RetrievalSection, TokensOfTheContextsAreToldWhereTheyWereCounted) {
    RetrievalReport retrieval = lexical_report();
    EXPECT_THAT(markdown_of(retrieval), HasSubstr("300 words together on average."));
    retrieval.mean_tokens = 412.4;
    EXPECT_THAT(markdown_of(retrieval),
                HasSubstr("300 words together on average, and 412 tokens."));
}

TEST(RetrievalSection, AnEmbedderIsNamedWithWhatItDidNotSee) {
    RetrievalReport retrieval = lexical_report();
    retrieval.embedder = EmbedderReport{"small.gguf", 384, 256, 7, 1};
    EXPECT_THAT(
        markdown_of(retrieval),
        AllOf(HasSubstr("dense (by the 384 values of the embedding model `small.gguf`)"),
              HasSubstr("first 256 tokens of a text: 7 passages and 1 questions are longer"),
              Not(HasSubstr("lexical only"))));
}

TEST(RetrievalSection, FilesThatWereLeftOutAreTold) {
    RetrievalReport retrieval = lexical_report();
    retrieval.left_out = "2 .png, 1 hidden";
    EXPECT_THAT(markdown_of(retrieval), HasSubstr("Left out of the folder: 2 .png, 1 hidden."));
}

}  // namespace
}  // namespace assay::report
