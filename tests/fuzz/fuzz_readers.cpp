// libFuzzer's target (https://llvm.org/docs/LibFuzzer.html): gives bytes to one reader of what
// assay does not write itself. ASSAY_READER names the reader; scripts/fuzz.py runs them all.
//
// A reader may refuse bytes with a sentence, but never crash, hang or fill the memory; and what it
// accepts keeps the promises of its header. Each target checks those that can be checked.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "tests/fuzz/readers.hpp"

namespace {

const assay::fuzz::Reader* chosen = nullptr;

}  // namespace

// NOLINTNEXTLINE: libFuzzer's name
extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const char* name = std::getenv("ASSAY_READER");
    for (const assay::fuzz::Reader& reader : assay::fuzz::readers()) {
        if (name != nullptr && reader.name == name) {
            chosen = &reader;
            return 0;
        }
    }
    std::fputs("ASSAY_READER names none of the readers:\n", stderr);
    for (const assay::fuzz::Reader& reader : assay::fuzz::readers()) {
        std::printf("%.*s\n", static_cast<int>(reader.name.size()), reader.name.data());
    }
    std::exit(2);
}

// NOLINTNEXTLINE: libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // NOLINTNEXTLINE: bytes as characters
    chosen->read(std::string_view(reinterpret_cast<const char*>(data), size));
    return 0;
}
