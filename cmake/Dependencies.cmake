# Everything but llama.cpp comes from Debian 12's packages (scripts/setup.sh installs them). Versions that were chosen on purpose:
#   Boost 1.81 (libboost1.81-dev), not the default 1.74: newer Boost.Math, the newest that Debian 12 has.
#   fmt 9.1, CLI11 2.1, yaml-cpp 0.7, nlohmann-json 3.11, SQLite 3.40, curl 7.88: what is used of them is stable there. gumbo 0.10: HTML5 for retrieval.
#   cpp-httplib 0.11 only in tests (a simulated judge); assay itself speaks HTTP through libcurl.
find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(CURL 7.80 REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n)
find_package(Threads REQUIRED)
find_path(GUMBO_INCLUDE gumbo.h REQUIRED)
find_library(GUMBO_LIBRARY gumbo REQUIRED)
find_path(TL_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
if(ASSAY_TESTS)
    find_package(GTest 1.12 REQUIRED)
    find_path(HTTPLIB_INCLUDE httplib.h REQUIRED)
endif()
