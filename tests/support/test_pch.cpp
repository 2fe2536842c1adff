// The program part of the tests' precompiled header, which CMake wants to belong to a target.
