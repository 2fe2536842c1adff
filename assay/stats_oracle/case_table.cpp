#include "assay/stats_oracle/case_table.hpp"

#include <stdexcept>

namespace assay::stats_oracle {

stats::NetCounts counts_of(const Inputs& in) {
    return stats::net_counts(in.count("wins"), in.count("losses"), in.count("ties"));
}

stats::NetCounts counts_of_n(const Inputs& in) {
    const std::int64_t wins = in.count("wins"), losses = in.count("losses");
    return stats::net_counts(wins, losses, in.count("n") - wins - losses);
}

stats::Table2x3 table_2x3(const std::vector<std::vector<std::int64_t>>& rows) {
    if (rows.size() != 2 || rows[0].size() != 3 || rows[1].size() != 3) {
        throw std::invalid_argument("the table is not 2 x 3");
    }
    return {{{rows[0][0], rows[0][1], rows[0][2]}, {rows[1][0], rows[1][1], rows[1][2]}}};
}

const char* region_name(stats::Region region) {
    switch (region) {
        case stats::Region::kEquivalent: return "equivalent";
        case stats::Region::kNonInferior: return "non_inferior";
        case stats::Region::kDegraded: return "degraded";
        case stats::Region::kInconclusive: return "inconclusive";
    }
    return "";
}

Outputs limits_of(const stats::Interval& interval) {
    return {{"lo", interval.low}, {"hi", interval.high}};
}

}  // namespace assay::stats_oracle
