#!/usr/bin/env python3
"""The layers of assay/: do the includes keep to what each module's CMakeLists.txt declares?

    layers_test.py [ROOT]     ROOT: the checkout; default: the one that holds this file

First a self-check: a small tree in a temporary folder must pass, and one tree for each rule that is broken in it must be
caught at the right file and line. Then the rules on ROOT. Violations are printed as file:line; exit code 1 if there are any.
"""

import pathlib
import re
import sys
import tempfile
from collections import namedtuple

Violation = namedtuple("Violation", "file line message")
Token = namedtuple("Token", "text line")
Include = namedtuple("Include", "target line quoted")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
CMAKE_TOKEN = re.compile(r'[()]|"[^"]*"|[^\s()"]+')
MODULE_WORDS = ("HEADERS", "SOURCES", "DEPS", "LIBS")
SECRETS = ("assay/records/variant.hpp", "assay/records/comparison.hpp", "assay/records/control.hpp")  # who made an answer, who is A, what is a control
# What a person sees and types. A stored run is read without either, and without a model or a judge.
TERMINAL = re.compile(r"^assay/app/(?:terminal|interrupt|commands?|command_\w+)\.hpp$")
TERMINAL_USERS = re.compile(r"^assay/app/(?:main|terminal|interrupt|command_\w+)\.[ch]pp$")
NOT_FOR_A_STORED_RUN = ("llm", "wire", "http", "engine", "variants", "answer", "judge")
LLAMA_HEADER = re.compile(r"^(?:.*/)?(?:(?:llama|ggml|gguf)[\w-]*\.h|common\.h|chat\.h|sampling\.h|imatrix-loader\.h|"
                          r"json\.h)$|^jinja/")
LLAMA_TARGET = re.compile(r"^(?:llama|ggml)|^assay-engine$|^assay_engine$", re.IGNORECASE)
# Not the library of a third party: C++'s own headers have no dot; these folders are the system's.
SYSTEM_HEADER = re.compile(r"^[a-z_0-9]+$|^(?:sys|arpa|netinet|net|linux)/[\w.]+$|^(?:unistd|fcntl|poll|spawn|pthread|"
                           r"signal|errno|stdint|stddef|stdlib|string|time)\.h$")


def cmake_calls(path):
    """The calls of a CMake file: [(name, [Token, ...])], comments left out."""
    calls, depth, name, arguments = [], 0, None, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for text in CMAKE_TOKEN.findall(re.sub(r"(^|\s)#.*", "", line)):
            if text == "(":
                depth += 1
            elif text == ")":
                depth -= 1
                if depth == 0:
                    calls.append((name, arguments))
                    arguments = []
            elif depth == 0:
                name = text.lower()
            else:
                arguments.append(Token(text.strip('"'), number))
    return calls


class Module:
    """One folder of assay/: its declared dependencies, what it links, and its files with their includes."""

    def __init__(self, root, folder):
        self.name = folder.name
        self.cmake = folder / "CMakeLists.txt"
        self.declared = False
        self.deps = {}   # module -> Token
        self.links = []  # everything that is linked: Tokens
        if self.cmake.is_file():
            self.read_cmake()
        paths = sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".h", ".cpp"))
        self.files = {str(p.relative_to(root)): includes_of(p) for p in paths}

    def read_cmake(self):
        for call, arguments in cmake_calls(self.cmake):
            if call == "assay_module" and arguments:
                self.declared = self.declared or arguments[0].text == self.name
                word = ""
                for token in arguments[1:]:
                    if token.text in MODULE_WORDS:
                        word = token.text
                    elif word == "DEPS":
                        self.deps[token.text] = token
                        self.links.append(Token("assay_" + token.text, token.line))
                    elif word == "LIBS":
                        self.links.append(token)
            if call == "add_executable":
                self.declared = True
            if call == "target_link_libraries":
                self.links += arguments[1:]
                for token in arguments[1:]:
                    dep = token.text.removeprefix("assay_")
                    if dep != token.text and dep not in ("flags", self.name):
                        self.deps.setdefault(dep, token)


def includes_of(path):
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            found.append(Include(match[1] or match[2], number, match[1] is not None))
    return found


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        folders = sorted(p for p in (self.root / "assay").iterdir() if p.is_dir())
        self.modules = {folder.name: Module(self.root, folder) for folder in folders}
        self.files = {name: includes for m in self.modules.values() for name, includes in m.files.items()}

    def place(self, path):
        return str(pathlib.Path(path).relative_to(self.root))

    def each_include(self):
        for module in self.modules.values():
            for file, includes in module.files.items():
                for include in includes:
                    yield module, file, include


def module_of(target):
    parts = target.split("/")
    return parts[1] if len(parts) > 2 and parts[0] == "assay" else None


def declared_modules(tree):
    for module in tree.modules.values():
        if not module.declared:
            yield Violation(tree.place(module.cmake), 1, f"declares neither the module {module.name} nor a program")


def includes_are_declared(tree):
    for module, file, include in tree.each_include():
        other = module_of(include.target)
        if other and other != module.name and other not in module.deps:
            yield Violation(file, include.line, f"includes {include.target}, and {other} is not in the DEPS of {module.name}")


def includes_exist(tree):
    for _, file, include in tree.each_include():
        if include.target.startswith("assay/") and include.target not in tree.files:
            yield Violation(file, include.line, f"includes {include.target}, which is not there")


def deps_are_used(tree):
    for module in tree.modules.values():
        used = {module_of(i.target) for includes in module.files.values() for i in includes}
        for dep, token in module.deps.items():
            if dep not in tree.modules:
                yield Violation(tree.place(module.cmake), token.line, f"{dep} is in the DEPS of {module.name} and is no module")
            elif dep not in used:
                yield Violation(tree.place(module.cmake), token.line,
                                f"{dep} is in the DEPS of {module.name}, and none of its files includes assay/{dep}/")


def deps_have_no_cycle(tree):
    done = set()

    def walk(name, path):
        if name in path:
            first, second = path[path.index(name)], (path[path.index(name):] + [name])[1]
            token = tree.modules[first].deps[second]
            yield Violation(tree.place(tree.modules[first].cmake), token.line,
                            "DEPS go round in a circle: " + " -> ".join(path[path.index(name):] + [name]))
            return
        if name in done or name not in tree.modules:
            return
        for dep in tree.modules[name].deps:
            yield from walk(dep, path + [name])
        done.add(name)

    for name in tree.modules:
        yield from walk(name, [])


def only_engine_includes_llama(tree):
    for module, file, include in tree.each_include():
        if module.name == "engine" or include.target.startswith("assay/"):
            continue
        if LLAMA_HEADER.search(include.target):
            yield Violation(file, include.line, f"includes {include.target} of llama.cpp; only assay/engine/ may")
        elif include.quoted:
            yield Violation(file, include.line, f'includes "{include.target}"; our own headers are written "assay/..."')


def only_store_includes_sqlite(tree):
    for module, file, include in tree.each_include():
        if module.name != "store" and include.target.split("/")[-1] == "sqlite3.h":
            yield Violation(file, include.line, f"includes {include.target}; only assay/store/ may")


def judges_are_blind(tree):
    """No way of includes from judge/ to the records that know what made an answer."""
    for file, includes in tree.modules["judge"].files.items() if "judge" in tree.modules else []:
        for include in includes:
            way = way_to_secret(tree, include.target, {file})
            if way:
                yield Violation(file, include.line, "a judge may not know this: " + " -> ".join(way))


def way_to_secret(tree, target, seen):
    if target in SECRETS:
        return [target]
    if target in seen:
        return None
    seen.add(target)
    for include in tree.files.get(target, []):
        way = way_to_secret(tree, include.target, seen)
        if way:
            return [target] + way
    return None


def files_have_no_cycle(tree):
    """x.hpp and x.cpp are one file. A header without a .cpp of its own is part of whatever includes it."""
    pairs = {}  # name -> [(file, Include)]
    for file, includes in tree.files.items():
        name = file.rsplit(".", 1)[0]
        if name + ".cpp" in tree.files:
            pairs.setdefault(name, []).extend((file, include) for include in includes)
    edges = {name: {} for name in pairs}  # name -> {other: (file, line)}
    for name, includes in pairs.items():
        for file, include in includes:
            for other in pairs_behind(tree, include.target, pairs, set()):
                if other != name:
                    edges[name].setdefault(other, (file, include.line))
    for name in edges:
        for other, (file, line) in edges[name].items():
            way = way_between(edges, other, name)
            if way and name == min([name] + way):
                yield Violation(file, line, "files include each other in a circle: " + " -> ".join([name] + way))


def pairs_behind(tree, target, pairs, seen):
    name = target.rsplit(".", 1)[0]
    if name in pairs:
        return {name}
    if target in seen:
        return set()
    seen.add(target)
    return {pair for include in tree.files.get(target, []) for pair in pairs_behind(tree, include.target, pairs, seen)}


def way_between(edges, start, end):
    """The shortest way of includes, both ends with it; empty: there is none."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        for following in edges[way[-1]]:
            if following not in seen:
                seen.add(following)
                ways.append(way + [following])
    return []


def only_commands_know_the_terminal(tree):
    for _, file, include in tree.each_include():
        if TERMINAL.match(include.target) and not TERMINAL_USERS.match(file):
            yield Violation(file, include.line, f"includes {include.target}; only main.cpp and the commands may")


def a_stored_run_opens_no_model(tree):
    """No way of DEPS from run to a module that opens a model or asks a judge."""
    ways = [["run"]] if "run" in tree.modules else []
    for way in ways:
        for dep, token in tree.modules[way[-1]].deps.items():
            if dep in NOT_FOR_A_STORED_RUN:
                yield Violation(tree.place(tree.modules[way[-1]].cmake), token.line,
                                "a stored run opens no model and asks no judge: " + " -> ".join(way + [dep]))
            elif dep in tree.modules and not any(dep in known for known in ways):
                ways.append(way + [dep])


def headers_show_no_third_party(tree):
    for module, file, include in tree.each_include():
        target = include.target
        if not file.endswith((".hpp", ".h")) or target.startswith("assay/") or target == "tl/expected.hpp":
            continue
        if module.name == "engine" and LLAMA_HEADER.search(target):
            continue
        if include.quoted or not SYSTEM_HEADER.match(target):
            yield Violation(file, include.line, f"a header includes {target}, which is a third party's")


def only_engine_links_llama(tree):
    linked = [(m.cmake, token) for m in tree.modules.values() if m.name != "engine" for token in m.links]
    for path in [tree.root / "CMakeLists.txt", *sorted((tree.root / "cmake").glob("*.cmake"))]:
        if path.is_file():
            linked += [(path, t) for call, arguments in cmake_calls(path) if call in ("target_link_libraries", "link_libraries")
                       for t in arguments]
    for path, token in linked:
        if LLAMA_TARGET.search(token.text):
            yield Violation(tree.place(path), token.line, f"links {token.text}; only the program assay-engine may")


RULES = [declared_modules, includes_are_declared, includes_exist, deps_are_used, deps_have_no_cycle, only_engine_includes_llama,
         only_store_includes_sqlite, judges_are_blind, files_have_no_cycle, only_commands_know_the_terminal,
         a_stored_run_opens_no_model, headers_show_no_third_party, only_engine_links_llama]

# --- self-check -------------------------------------------------------------------------------------------------------

SOUND = {
    "CMakeLists.txt": "project(x)\n",
    "assay/base/CMakeLists.txt": "assay_module(base HEADERS a.hpp SOURCES a.cpp LIBS fmt::fmt)\n",
    "assay/base/a.hpp": "#pragma once\n#include <string>\n#include <tl/expected.hpp>\n",
    "assay/base/a.cpp": '#include "assay/base/a.hpp"\n#include <fmt/format.h>\n',
    "assay/records/CMakeLists.txt": "assay_module(records HEADERS variant.hpp verdict.hpp\n    DEPS base)  # plain structs\n",
    "assay/records/variant.hpp": '#pragma once\n#include "assay/base/a.hpp"\n',
    "assay/records/verdict.hpp": "#pragma once\n#include <string>\n",
    "assay/judge/CMakeLists.txt": "assay_module(judge HEADERS judge.hpp SOURCES judge.cpp\n    DEPS records\n    LIBS CURL::libcurl)\n",
    "assay/judge/judge.hpp": '#pragma once\n#include "assay/records/verdict.hpp"\n',
    "assay/judge/judge.cpp": '#include "assay/judge/judge.hpp"\n',
    "assay/store/CMakeLists.txt": "assay_module(store SOURCES store.cpp\n    DEPS records\n    LIBS SQLite::SQLite3)\n",
    "assay/store/store.cpp": '#include "assay/store/store.hpp"\n#include "assay/store/impl.hpp"\n#include "assay/records/variant.hpp"\n#include <sqlite3.h>\n',
    "assay/store/impl.hpp": '#pragma once\n#include "assay/store/store.hpp"\n',
    "assay/store/store.hpp": "#pragma once\n",
    "assay/run/CMakeLists.txt": "assay_module(run SOURCES audit.cpp report.cpp\n    DEPS store)\n",
    "assay/run/audit.hpp": '#pragma once\n#include "assay/run/report.hpp"\n',
    "assay/run/audit.cpp": '#include "assay/run/audit.hpp"\n',
    "assay/run/report.hpp": "#pragma once\n",
    "assay/run/report.cpp": '#include "assay/run/report.hpp"\n#include "assay/store/store.hpp"\n',
    "assay/app/CMakeLists.txt": "assay_module(app SOURCES command_run.cpp terminal.cpp spine.cpp\n    DEPS run)\n",
    "assay/app/command_run.cpp": '#include "assay/app/terminal.hpp"\n#include "assay/app/commands.hpp"\n',
    "assay/app/commands.hpp": "#pragma once\n",
    "assay/app/spine.cpp": '#include "assay/run/report.hpp"\n',
    "assay/app/terminal.hpp": "#pragma once\n",
    "assay/app/terminal.cpp": '#include "assay/app/terminal.hpp"\n',
    "assay/engine/CMakeLists.txt": "add_executable(assay-engine main.cpp)\ntarget_link_libraries(assay-engine PRIVATE assay_flags assay_base llama)\n",
    "assay/engine/main.cpp": '#include "assay/base/a.hpp"\n#include "llama.h"\n',
}

# name: (files that differ from SOUND, rule that must catch it, file, line)
BROKEN = {
    "a folder without a module": ({"assay/empty/x.cpp": "int x;\n"}, declared_modules, "assay/empty/CMakeLists.txt", 1),
    "an include that is not declared": ({"assay/judge/judge.cpp": '#include "assay/judge/judge.hpp"\n#include "assay/base/a.hpp"\n'},
                                        includes_are_declared, "assay/judge/judge.cpp", 2),
    "an include of the engine that is not linked": ({"assay/engine/main.cpp": '#include "assay/base/a.hpp"\n#include "assay/records/verdict.hpp"\n'},
                                                    includes_are_declared, "assay/engine/main.cpp", 2),
    "an include that is not there": ({"assay/base/a.cpp": '#include "assay/base/b.hpp"\n'}, includes_exist, "assay/base/a.cpp", 1),
    "a dependency that nothing includes": ({"assay/judge/CMakeLists.txt": "assay_module(judge SOURCES judge.cpp\n    DEPS records\n    base)\n"},
                                           deps_are_used, "assay/judge/CMakeLists.txt", 3),
    "a circle": ({"assay/base/CMakeLists.txt": "assay_module(base SOURCES a.cpp\n    DEPS records)\n",
                  "assay/base/a.cpp": '#include "assay/records/verdict.hpp"\n'}, deps_have_no_cycle, "assay/records/CMakeLists.txt", 2),
    "llama.cpp outside of the engine": ({"assay/base/a.cpp": '#include "assay/base/a.hpp"\n\n#include <llama.h>\n'},
                                        only_engine_includes_llama, "assay/base/a.cpp", 3),
    "a header of llama-common outside of the engine": ({"assay/base/a.cpp": '#include "chat.h"\n'}, only_engine_includes_llama,
                                                       "assay/base/a.cpp", 1),
    "SQL outside of the store": ({"assay/base/a.cpp": "#include <sqlite3.h>\n"}, only_store_includes_sqlite, "assay/base/a.cpp", 1),
    "a judge that knows the variant": ({"assay/judge/judge.cpp": '#include "assay/records/variant.hpp"\n'}, judges_are_blind,
                                       "assay/judge/judge.cpp", 1),
    "a judge that knows it by way of another header": ({"assay/records/verdict.hpp": '#pragma once\n#include "assay/records/variant.hpp"\n'},
                                                       judges_are_blind, "assay/judge/judge.hpp", 2),
    "two files that include each other": ({"assay/run/report.cpp": '#include "assay/store/store.hpp"\n#include "assay/run/audit.hpp"\n'},
                                          files_have_no_cycle, "assay/run/audit.hpp", 2),
    "two headers that include each other": ({"assay/run/report.hpp": '#pragma once\n\n#include "assay/run/audit.hpp"\n'},
                                            files_have_no_cycle, "assay/run/audit.hpp", 2),
    "files that include each other by way of a third": (
        {"assay/run/facts.cpp": '#include "assay/run/audit.hpp"\n', "assay/run/facts.hpp": "#pragma once\n",
         "assay/run/report.cpp": '#include "assay/run/facts.hpp"\n'}, files_have_no_cycle, "assay/run/audit.hpp", 2),
    "files that include each other by way of a header alone": (
        {"assay/run/words.hpp": '#pragma once\n#include "assay/run/audit.hpp"\n',
         "assay/run/report.cpp": '#include "assay/run/words.hpp"\n'}, files_have_no_cycle, "assay/run/audit.hpp", 2),
    "a spine that draws on the terminal": ({"assay/app/spine.cpp": '#include "assay/run/report.hpp"\n#include "assay/app/terminal.hpp"\n'},
                                           only_commands_know_the_terminal, "assay/app/spine.cpp", 2),
    "a stored run that knows a command": ({"assay/run/audit.cpp": '#include "assay/app/commands.hpp"\n'},
                                          only_commands_know_the_terminal, "assay/run/audit.cpp", 1),
    "a stored run that asks a judge": ({"assay/run/CMakeLists.txt": "assay_module(run SOURCES audit.cpp\n    DEPS store\n    judge)\n"},
                                       a_stored_run_opens_no_model, "assay/run/CMakeLists.txt", 3),
    "a stored run that opens a model by way of another module": (
        {"assay/store/CMakeLists.txt": "assay_module(store SOURCES store.cpp\n    DEPS records engine)\n"},
        a_stored_run_opens_no_model, "assay/store/CMakeLists.txt", 2),
    "a third party in a header": ({"assay/judge/judge.hpp": '#pragma once\n#include "assay/records/verdict.hpp"\n#include <nlohmann/json.hpp>\n'},
                                  headers_show_no_third_party, "assay/judge/judge.hpp", 3),
    "assay linked to llama.cpp": ({"assay/judge/CMakeLists.txt": "assay_module(judge SOURCES judge.cpp\n    DEPS records\n    LIBS llama)\n"},
                                  only_engine_links_llama, "assay/judge/CMakeLists.txt", 3),
    "a dependency on the engine": ({"assay/judge/CMakeLists.txt": "assay_module(judge SOURCES judge.cpp\n    DEPS records engine)\n"},
                                   only_engine_links_llama, "assay/judge/CMakeLists.txt", 2),
}


def write_tree(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Tree(folder)


def self_check():
    """Sentences on what went wrong, one a case; empty: the case is as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        tree = write_tree(folder, SOUND)
        found = [v for rule in RULES for v in rule(tree)]
        yield f"self-check: the sound tree is blamed: {found}" if found else ""
    for name, (files, rule, file, line) in BROKEN.items():
        with tempfile.TemporaryDirectory() as folder:
            found = list(rule(write_tree(folder, {**SOUND, **files})))
            hit = any((v.file, v.line) == (file, line) for v in found)
            yield "" if hit else f"self-check: {name} was not caught by {rule.__name__} at {file}:{line}; found {found}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    n_passed = n_failed = 0
    for problem in self_check():
        n_passed, n_failed = (n_passed, n_failed + 1) if problem else (n_passed + 1, n_failed)
        if problem:
            print(problem)
    if not (root / "assay" / "app").is_dir() or not (root / "assay" / "judge").is_dir():
        print(f"{root}: this is not assay's checkout: assay/app and assay/judge are not there")
        return 1
    tree = Tree(root)
    for rule in RULES:
        found = list(rule(tree))
        for violation in found:
            print(f"{violation.file}:{violation.line}: {violation.message}")
        n_passed, n_failed = (n_passed, n_failed + 1) if found else (n_passed + 1, n_failed)
    print(f"{n_passed} passed, {n_failed} failed")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
