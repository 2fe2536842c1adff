#include "example_document.hpp"

namespace assay::report {

Document example_document_of_all_kinds() {
    Section blocks{say("Blocks of {}", foreign(kBreakout))};
    blocks.add(Paragraph{say("{} and {} and {}, then{}a line; {}.",
                             foreign(kBreakout),
                             code("Q4_K_M"),
                             code(""),
                             line_break(),
                             strong("strong words") + emphasis("weak words"))});
    blocks.add(Bullets{{"one", foreign(kBreakout)}});
    blocks.add(Bullets{{"far", "apart"}, true});
    Table table({"name", "n"}, "lr");
    table.add({code("Q4_K_M"), "1"});
    table.add({foreign(kBreakout), "100"});
    blocks.add(std::move(table));
    Facts facts;
    facts.add("net win rate", "-1.9 [-12.2, +8.3]", "this decides");
    facts.add(kBreakout, "1", "");
    blocks.add(std::move(facts));
    blocks.add(CodeBlock{"assay run x.yaml\n```\n<i>\x1b[31m"});
    blocks.add(BarChart{code("Q8_0"), {{"wins", 1}, {"losses", 3}}, 4});
    Section parts{"Parts"};
    parts.parts.push_back(std::move(blocks));
    Document out{say("Title of {}", foreign(kBreakout))};
    out.open_with(Paragraph{"An opening."});
    out.sections = {{"Leaf", {Paragraph{"Of one paragraph."}}}, std::move(parts)};
    return out;
}

}  // namespace assay::report
