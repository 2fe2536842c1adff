#include "assay/retrieval/corpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "assay/base/result.hpp"
#include "assay/retrieval/pdf.hpp"
#include "temp_folder.hpp"

namespace assay::retrieval {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class CorpusTest : public testing::Test {
 protected:
    std::string write(const std::string& name, const std::string& text) const {
        return folder_.write("c/" + name, text);
    }
    Corpus read(const std::string& name = "c") const {
        SilentProgress silent;
        const auto files = list_corpus(folder_ / name).files;
        return read_corpus(files, silent);
    }
    /// What it is refused with; empty: it is not.
    std::string refusal(const std::string& name = "c") const {
        try {
            static_cast<void>(read(name));
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::kUsage);
            return error.what();
        }
        return {};
    }
    static std::vector<std::string> ids(const Corpus& corpus) {
        std::vector<std::string> out;
        for (const Passage& passage : corpus.passages) {
            out.push_back(passage.id);
        }
        return out;
    }
    TempFolder folder_;
};

TEST_F(CorpusTest, FilesAreReadInTheOrderOfTheBytesOfTheirNames) {
    write("b.txt", "Bee.");
    write("a/z.md", "# Zed\nZebra.");
    write("a.txt", "Ant.");
    write("B.html", "<h1>Big</h1><p>Bee.</p>");
    write(".hidden.docx", "no");
    write(".git/x.bin", "no");
    const Corpus corpus = read();
    EXPECT_THAT(ids(corpus), ElementsAre("B.html#1", "a.txt#1", "a/z.md#1", "b.txt#1"));
    EXPECT_EQ(corpus.passages[2].title, "Zed");
    EXPECT_EQ(corpus.passages[2].text, "Zebra.");
    EXPECT_EQ(as_context(corpus.passages[2]), "Zed: Zebra.");
    EXPECT_EQ(as_context(corpus.passages[1]), "Ant.");
}

TEST_F(CorpusTest, APassageDoesNotCrossAHeading) {
    write("a.md", "# One\nFirst.\n# Two\nSecond.\n");
    EXPECT_EQ(read().passages.size(), 2U);
}

TEST_F(CorpusTest, DuplicatesAreLeftOutAndListed) {
    write("a.txt", "Same  text.");
    write("b.txt", "Same\ntext.");
    write("c.md", "# Titled\nSame text.");
    const Corpus corpus = read();
    EXPECT_THAT(ids(corpus), ElementsAre("a.txt#1", "c.md#1"));
    ASSERT_EQ(corpus.duplicates.size(), 1U);
    EXPECT_EQ(corpus.duplicates[0].id, "b.txt#1");
    EXPECT_EQ(corpus.duplicates[0].same_as, 0U);
    const auto places = corpus.places_by_id();
    EXPECT_THAT(places.at("b.txt#1"), ElementsAre(0));
    EXPECT_THAT(places.at("b.txt"), ElementsAre(0));
    EXPECT_THAT(places.at("c.md"), ElementsAre(1));
}

TEST_F(CorpusTest, TheHashIsOfPassagesAlone) {
    write("a.txt", "One. Two.");
    const std::string before = read().sha256();
    write("a.txt", "One.\nTwo.\n");
    EXPECT_EQ(read().sha256(), before);
    write("a.txt", "One. Too.");
    EXPECT_NE(read().sha256(), before);
}

TEST_F(CorpusTest, FilesOfOtherKindsAndHiddenOnesAreLeftOutAndCounted) {
    write("a.txt", "fine");
    write("README.PNG", "\x89PNG");
    write("img/b.png", "\x89PNG");
    write("img/\xFF.png", "a name that is no UTF-8");
    write("Makefile", "all:");
    write("report.docx", "PK");
    write(".DS_Store", "x");
    write(".git/config", "x");
    const CorpusListing listing = list_corpus(folder_ / "c");
    ASSERT_EQ(listing.files.size(), 1U);
    EXPECT_EQ(left_out_text(listing.left_out), "1 .docx, 3 .png, 2 hidden, 1 without an ending");
    fs::remove(folder_ / "c/a.txt");
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("holds no .txt, .md, .html or .pdf file"), HasSubstr("3 .png")));
}

TEST_F(CorpusTest, WhatCannotBeReadIsRefusedAllAtOnce) {
    write("b.txt", "caf\xE9");
    write("c.html", "<p>\xFF");
    write("d.txt", "%PDF-1.4");
    write("e.txt", "fine");
    EXPECT_THAT(refusal(),
                AllOf(HasSubstr("b.txt:1: is not UTF-8, it looks like Windows-1252"),
                      HasSubstr("c.html: is not valid UTF-8"),
                      HasSubstr("d.txt: is a PDF")));
}

TEST_F(CorpusTest, AFolderWithoutTextIsRefused) {
    fs::create_directory(folder_ / "c");
    EXPECT_THAT(refusal(), HasSubstr("holds no .txt, .md, .html or .pdf file"));
    write("a.txt", " \n");
    EXPECT_THAT(refusal(), HasSubstr("the corpus holds no text"));
    EXPECT_THAT(refusal("nowhere"), HasSubstr("the corpus cannot be read"));
}

TEST_F(CorpusTest, ALinkOutOfTheFolderIsRefusedAndOneInsideIsNotFollowed) {
    write("a.txt", "Inside.");
    fs::create_symlink("a.txt", folder_ / "c/b.txt");
    fs::create_directory_symlink(".", folder_ / "c/loop");
    EXPECT_THAT(ids(read()), ElementsAre("a.txt#1"));
    folder_.write("secret.txt", "Outside.");
    folder_.write("c2/other.txt", "Beside.");
    for (const char* target : {"../secret.txt", "..", "../c2", "/etc/passwd"}) {
        fs::create_symlink(target, folder_ / "c/out.txt");
        EXPECT_THAT(refusal(), HasSubstr("c/out.txt: is a symbolic link out of the folder"))
            << target;
        fs::remove(folder_ / "c/out.txt");
    }
    fs::create_symlink("nothing", folder_ / "c/gone.txt");
    EXPECT_THAT(refusal(), HasSubstr("a symbolic link to nothing"));
}

TEST_F(CorpusTest, NamesAreUtf8AndFilesAreFiles) {
    write("a.txt", "Fine.");
    write("caf\xE9.txt", "Bad name.");
    EXPECT_THAT(refusal(), HasSubstr("the name is no UTF-8"));
    fs::remove(folder_ / "c/caf\xE9.txt");
    write("caf\xC3\xA9.txt", "Good name.");
    EXPECT_THAT(ids(read()), ElementsAre("a.txt#1", "caf\xC3\xA9.txt#1"));
    ASSERT_EQ(::mkfifo((folder_ / "c/pipe.txt").c_str(), 0600), 0);
    EXPECT_THAT(refusal(), HasSubstr("is neither a file nor a folder"));
}

TEST_F(CorpusTest, AFileThatIsTooLargeIsRefusedUnread) {
    write("a.txt", "Fine.");
    std::ofstream(folder_ / "c/big.txt").put('x');
    fs::resize_file(folder_ / "c/big.txt", 1'000'000'000);  // sparse: it takes no room
    EXPECT_THAT(refusal(),
                HasSubstr("big.txt: has 1.0 GB, and at most 256.0 MB of a file are read"));
    folder_.write("p.jsonl", "");
    fs::resize_file(folder_ / "p.jsonl", 1'000'000'000);
    EXPECT_THAT(refusal("p.jsonl"), HasSubstr("at most 256.0 MB"));
}

TEST_F(CorpusTest, RowsOfAJsonlFileArePassagesAsTheyAre) {
    folder_.write("p.jsonl",
                  "{\"id\": \"x\", \"title\": \" T \", \"text\": \"Two  spaces.\"}\n"
                  "{\"id\": 7, \"text\": \"Seven.\", \"topic\": \"n\"}\n"
                  "{\"id\": \"y\", \"title\": \"T\", \"text\": \"Two spaces.\"}\n");
    const Corpus corpus = read("p.jsonl");
    EXPECT_THAT(ids(corpus), ElementsAre("x", "7"));
    EXPECT_EQ(corpus.passages[0].text, "Two  spaces.");
    EXPECT_EQ(corpus.passages[0].title, "T");
    EXPECT_THAT(corpus.places_by_id().at("y"), ElementsAre(0));
    EXPECT_FALSE(corpus.places_by_id().contains("p.jsonl"));
}

TEST_F(CorpusTest, RowsThatAreNoPassagesAreNamed) {
    folder_.write("p.jsonl",
                  "{\"id\": \"a\", \"text\": \"Fine.\"}\n"
                  "{\"text\": \"No id.\"}\n"
                  "{\"id\": \"b\"}\n"
                  "{\"id\": \"a\", \"text\": \"Again.\"}\n"
                  "{\"id\": \"c\", \"text\": [1]}\n"
                  "{\"id\": \"d\", \"text\": \"  \"}\n"
                  "{\"id\": \"e\", \"text\": \"N\\u0000L\"}\n"
                  "{broken\n");
    EXPECT_THAT(refusal("p.jsonl"),
                AllOf(HasSubstr("p.jsonl:2: a passage has no id"),
                      HasSubstr("p.jsonl:3: a passage has no text"),
                      HasSubstr("p.jsonl:4: the id \"a\" stands in line 1 already"),
                      HasSubstr("p.jsonl:5: text must be text, not a list"),
                      HasSubstr("p.jsonl:6: text is empty"),
                      HasSubstr("p.jsonl:7: text holds a NUL character"),
                      HasSubstr("p.jsonl:8: broken JSON")));
    folder_.write("q.txt", "Some text.");
    EXPECT_THAT(refusal("q.txt"), HasSubstr("is neither a folder nor a JSONL file of passages"));
    folder_.write("r.jsonl", "");
    EXPECT_NE(refusal("r.jsonl"), "");
}

/// With a program `pdftotext` of ours first in PATH.
class PdfTest : public CorpusTest {
 protected:
    PdfTest() : path_(std::getenv("PATH")) { write("a.pdf", "%PDF-1.4 anything"); }
    ~PdfTest() override { ::setenv("PATH", path_.c_str(), 1); }
    void program(const std::string& script) {
        const std::string file = folder_.write("bin/pdftotext", "#!/bin/sh\n" + script);
        fs::permissions(file, fs::perms::owner_all);
        ::setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
    }
    std::string path_;
};

TEST_F(PdfTest, TheProgramsTextIsTheDocument) {
    program(
        "[ \"$1 $2 $4\" = '-enc UTF-8 -' ] && [ -f \"$3\" ] && printf 'One sentence\\fgoes on. "
        "Two.'");
    const Corpus corpus = read();
    ASSERT_EQ(corpus.passages.size(), 1U);
    EXPECT_EQ(corpus.passages[0].text, "One sentence goes on. Two.");
    EXPECT_EQ(corpus.passages[0].id, "a.pdf#1");
}

TEST_F(PdfTest, AScanIsRefused) {
    program("printf '\\f\\f'");
    EXPECT_THAT(refusal(), HasSubstr("a.pdf: is a PDF without text"));
}

TEST_F(PdfTest, ABrokenOneIsRefusedWithWhatTheProgramSaid) {
    program(
        "echo 'Syntax Warning: x' >&2; echo \"Syntax Error: Couldn't read xref table\" >&2; exit "
        "1");
    EXPECT_THAT(refusal(),
                HasSubstr("a.pdf: pdftotext cannot read it: \"Syntax Error: Couldn't read xref "
                          "table\""));
    program("kill -9 $$");
    EXPECT_THAT(refusal(), HasSubstr("a.pdf: pdftotext cannot read it"));
}

TEST_F(PdfTest, OneThatWritesWithoutEndIsStopped) {
    program("exec cat /dev/zero");
    EXPECT_THAT(refusal(), HasSubstr("a.pdf: holds more than 64.0 MB of text"));
}

TEST_F(PdfTest, OneThatHangsIsStopped) {
    program("echo Some text.; exec sleep 600");
    const auto text = text_of_pdf(folder_ / "c/a.pdf", nullptr, std::chrono::seconds(1));
    ASSERT_FALSE(text);
    EXPECT_THAT(to_sentence(text.error()),
                AllOf(HasSubstr("pdftotext has not read it within 1s"), HasSubstr("Convert it")));
}

TEST_F(PdfTest, AUserMayStopTheReading) {
    program("exec sleep 600");
    const std::atomic<bool> stop{true};
    const auto kind_of_error = [](const auto& read) {
        try {
            static_cast<void>(read());
        } catch (const Error& error) {
            return std::optional(error.kind());
        }
        return std::optional<ErrorKind>();
    };
    EXPECT_EQ(kind_of_error([&] { return text_of_pdf(folder_ / "c/a.pdf", &stop); }),
              ErrorKind::kInterrupted);
    SilentProgress silent;
    const auto files = list_corpus(folder_ / "c").files;
    EXPECT_EQ(kind_of_error([&] { return read_corpus(files, silent, &stop); }),
              ErrorKind::kInterrupted);
}

TEST_F(PdfTest, OneThatCannotBeStartedIsNamed) {
    program("");
    // A file that is no program, not even a script.
    folder_.write("bin/pdftotext", std::string("\x7F\x45\x4C\x46 broken\0", 12));
    EXPECT_THAT(refusal(), HasSubstr("a.pdf: the program pdftotext, which reads PDF, cannot be"));
}

TEST_F(PdfTest, WithoutTheProgramItIsNamed) {
    ::setenv("PATH", (folder_ / "nothing").c_str(), 1);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("a.pdf"), HasSubstr("pdftotext, which is not there")));
}

}  // namespace
}  // namespace assay::retrieval
