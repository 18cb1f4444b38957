#!/usr/bin/env python3
"""Checks what the house promises about its walls: includes between rooms, third parties, sizes, header comments, pages.

usage: check_layout.py --root DIR [--report]
exit: 0 all holds, 1 something does not (one line each, file:line first)
"""
import argparse
import pathlib
import re
import statistics
import sys

# What each room may include of the others. The longest matching folder counts.
ROOMS = {
    "config": {"config"},
    "rules": {"config", "rules"},
    "engine/message": {"config", "engine/message"},
    "engine/features": {"config", "engine/message", "engine/features"},
    "engine/torch": {"engine", "engine/torch"},
    "engine": {"config", "engine", "engine/message", "engine/features"},
    "milter": {"config", "engine", "engine/message", "engine/features", "rules", "milter"},
    "models": {"config", "engine", "engine/message", "engine/features", "models"},
    "cli": {"config", "engine", "engine/message", "engine/features", "rules", "milter", "models", "cli"},
}

# All that the plugin may see of engine/: plain headers that include nothing but each other, so that it builds alone.
PLUGIN = "engine/torch"
PLUGIN_SEES = {f"engine/{stem}.h" for stem in ("compressor", "model", "parts", "status", "thread_annotations",
                                               "torch_backend", "trainer", "zip_directory")}

# Where a third party may be included: the beginning of the include -> files, or whole folders. docs/adr/0001 says why.
THIRD_PARTIES = {
    "yaml-cpp/": ["config/yaml_reader.cpp"],
    "re2/": ["rules/pattern.cpp"],
    "gmime/": ["engine/message/mime_codec.cpp", "engine/message/transfer_encoding.cpp"],
    "libxml/": ["engine/message/html_entities.cpp"],
    "libpsl.h": ["engine/message/links.cpp"],
    "unicode/": ["engine/message/charset.cpp", "engine/message/links.cpp", "engine/features/text_facts.cpp",
                 "engine/features/words.cpp"],
    "xxhash.h": ["engine/features/features.cpp", "engine/features/token_collector.cpp",
                 "engine/features/token_rules.cpp", "engine/features/words.cpp"],
    "torch/": ["engine/torch"],
    "ATen/": ["engine/torch"],
    "c10/": ["engine/torch"],
    "caffe2/": ["engine/torch"],
    "boost/": ["engine/batcher.cpp", "engine/remote/http_connection.cpp", "milter/http_client.cpp",
               "milter/http_endpoint.cpp"],
    "nlohmann/": ["engine/manifest.cpp", "engine/remote/inference_protocol.cpp", "models/checkpoint.cpp",
                  "models/compress_text.cpp", "models/evaluation_json.cpp", "models/fitting.cpp", "cli"],
    "openssl/": ["engine/model_file.cpp"],
    "archive.h": ["models/mail_archive.cpp"],
    "archive_entry.h": ["models/mail_archive.cpp"],
    "cld2/": ["models/mail_kind.cpp"],
    "libmilter/": ["milter/libmilter_server.cpp"],
    "prometheus/": ["milter/metrics.cpp"],
    "spdlog/": ["milter/log.cpp"],
    "systemd/": ["milter/daemon.cpp", "milter/reloader.cpp"],
    "CLI/": ["cli/arguments.cpp", "milter/main.cpp"],
}

# Names that give a third-party type away in a header.
FOREIGN_NAMES = re.compile(
    r"\b(torch|at|c10|CLD2|caffe2|YAML|re2|boost|nlohmann|CLI|spdlog|fmt|prometheus|icu|testing|benchmark)::"
    r"|\b(GMime|smfi_|SMFI[FPS]_|SMFICTX|sfsistat|XXH\d|psl_|UChar|htmlParser|xmlChar|EVP_|SSL_|archive_entry)\w*")

STANDARD_HEADERS = set("""algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg
    cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format
    forward_list fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list
    locale map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex
    scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string
    string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
    utility valarray variant vector version""".split())

# The operating system's own; they are no third party. A header of ours may include the first of them, a source all.
POSIX_HEADERS = {"poll.h", "sys/socket.h", "sys/stat.h", "sys/types.h", "sys/uio.h", "sys/un.h", "unistd.h"}
SYSTEM_HEADERS = POSIX_HEADERS | set("""arpa/inet.h dirent.h dlfcn.h fcntl.h grp.h malloc.h netdb.h netinet/in.h
    netinet/tcp.h pthread.h pwd.h signal.h strings.h sys/file.h sys/mman.h sys/resource.h sys/time.h sys/wait.h time.h""".split())

SUFFIXES = (".h", ".cpp")
OTHER_SUFFIXES = (".hpp", ".hh", ".hxx", ".h++", ".cc", ".cxx", ".c++", ".c", ".inl", ".ipp", ".inc", ".tcc", ".ixx")

# What a header may promise; the first five in this order. The text of each begins, and goes on, in one column.
PROMISES = ["Owns", "Threads", "Blocks", "Fails", "Units",
            "Case", "Form", "Format", "Limits", "Shapes", "Source", "Trust", "Weights"]
ORDERED_PROMISES = PROMISES[:5]
PROMISE = re.compile(rf"// ({'|'.join(PROMISES)}): *")
LOST_PROMISE = re.compile(rf"// *\S.*?\s(({'|'.join(PROMISES)}):)")
GOES_ON = "//          "

# Locks that Clang's analysis does not know, and where they may stand: inside the one that it knows.
RAW_LOCKS = re.compile(r"\bstd::((recursive_|shared_|timed_|recursive_timed_|shared_timed_)?mutex|lock_guard|unique_lock|"
                       r"scoped_lock|shared_lock|condition_variable)\b")
LOCKS_OF_ITS_OWN = "engine/thread_annotations.h"

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
LONG_FUNCTION_LINES = 40  # counted in the report

INCLUDE = re.compile(r'^[ \t]*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    """The room that a path relative to the root lies in, or None."""
    parts = pathlib.PurePosixPath(path).parts
    for length in (2, 1):
        if len(parts) > length and "/".join(parts[:length]) in ROOMS:
            return "/".join(parts[:length])
    return None


def lies_in(path, places):
    return any(path == place or path.startswith(place + "/") for place in places)


def blank(match):
    """Spaces instead of the text, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match.group(0))


LITERALS = re.compile(
    r'R"(?P<mark>[^()\s\\]*)\(.*?\)(?P=mark)"'  # raw string
    r"|//[^\n]*|/\*.*?\*/"  # comments
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",  # character; an apostrophe after a digit parts digits
    re.S)


def without_literals(text):
    return LITERALS.sub(lambda m: blank(m) if m.group(0)[0] == "/" else '"' + blank(m)[2:] + '"'
                        if "\n" not in m.group(0) and len(m.group(0)) >= 2 else blank(m), text)


def line_at(text, position):
    return text.count("\n", 0, position) + 1


def check_includes(path, text):
    room = room_of(path)
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        where = f"{path}:{line_at(text, match.start())}"
        target = room_of(name)
        if kind == '"' and target is None:
            yield f"{where}: include names no file of a room by its full path: {name}"
        elif target is not None and target not in ROOMS[room]:
            yield f"{where}: {room}/ must not include {name}"
        elif room == PLUGIN and target != PLUGIN and target is not None and name not in PLUGIN_SEES:
            yield f"{where}: the plugin sees plain headers of engine/ only, not {name}"
        ours_to_say = path.endswith(".cpp") or room == PLUGIN  # of other headers check_header() says it
        if kind == "<" and ours_to_say and name not in STANDARD_HEADERS | SYSTEM_HEADERS:
            yield from check_third_party(path, name, where)


def check_third_party(path, name, where):
    places = next((places for beginning, places in THIRD_PARTIES.items() if name.startswith(beginning)), None)
    if places is None:
        yield f"{where}: <{name}> is no third party that is known; a new one begins in THIRD_PARTIES and docs/adr/0001"
    elif not lies_in(path, places):
        yield f"{where}: <{name}> belongs only into {', '.join(places)}"


def check_header(path, text):
    """A header tells what it is, and shows no third party. The plugin's own headers are seen by the plugin alone."""
    first = text.split("\n", 1)[0]
    if not re.match(rf"// {re.escape(pathlib.PurePosixPath(path).name)} - \S", first):
        yield f"{path}:1: the first line must be '// {pathlib.PurePosixPath(path).name} - what it is'"
    if "#pragma once" not in text:
        yield f"{path}:1: no '#pragma once'"
    if room_of(path) == "engine/torch":
        return
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        if kind == "<" and name not in STANDARD_HEADERS | POSIX_HEADERS:
            yield f"{path}:{line_at(text, match.start())}: a header includes only the standard library, not <{name}>"
    code = INCLUDE.sub(blank, without_literals(text))
    for match in FOREIGN_NAMES.finditer(code):
        yield f"{path}:{line_at(text, match.start())}: third-party name in a header: {match.group(0)}"


def head_of(text):
    """The comment that a header begins with, line by line, without its first one."""
    lines = text.split("\n")
    end = next((number for number, line in enumerate(lines) if not line.startswith("//")), len(lines))
    return list(enumerate(lines[:end], start=1))[1:]


def check_promises(path, text):
    """A promise that was lost in the one before it, or in running text, is one that nobody finds."""
    promised, open_promise = [], False
    for number, line in head_of(text):
        where = f"{path}:{number}"
        begins = PROMISE.match(line)
        if begins:
            promised.append(begins.group(1))
            if begins.end() != len(GOES_ON):
                yield f"{where}: the text of '{begins.group(1)}:' does not begin in the column of the others"
        elif open_promise and line != "//" and not line.startswith(GOES_ON):
            yield f"{where}: a promise goes on in the column in which it began; a line '//' ends it"
        if LOST_PROMISE.search(line):
            yield f"{where}: a promise begins a line: {LOST_PROMISE.search(line).group(1)}"
        open_promise = line != "//" and (open_promise or begins is not None)
    ordered = [word for word in ORDERED_PROMISES if word in promised]
    if [word for word in promised if word in ORDERED_PROMISES] != ordered:
        yield f"{path}:1: each promise once, in this order: {', '.join(ordered)}"
    if not promised:
        yield f"{path}:1: a header promises something: {', '.join(ORDERED_PROMISES)}"


def check_locks(path, text):
    """-Wthread-safety sees only locks that are declared as such: a raw one is guarded by comments alone."""
    if path == LOCKS_OF_ITS_OWN:
        return
    for match in RAW_LOCKS.finditer(without_literals(text)):
        yield (f"{path}:{line_at(text, match.start())}: {match.group(0)} is unknown to the analysis of locks; "
               f"use what {LOCKS_OF_ITS_OWN} declares, and condition_variable_any")


SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def starts_member_initializer(head, before):
    """`: member_{...}` in a constructor: no space stands before the brace, and it is no function's body."""
    return re.search(r"\)[^()]*:\s", head) is not None and not before.isspace() and before != ")"


def opens_function(head):
    head = re.sub(r"\b(template\s*<[^{}]*?>|(CAPABILITY|SCOPED_CAPABILITY|alignas)\s*\([^()]*\))", " ", head)
    if ")" not in head or re.search(r"(^|[^=!<>+*/-])=\s*$", head):
        return False
    return not re.match(r"\s*(namespace|class|struct|union|enum)\b[^()]*$", head)


TABLE_BODY = re.compile(r"\{\s*(?:using [^;]*;\s*)*return \{(?:(?!\n  [^ }\n]).)*\n  \};\s*\Z", re.S)


def functions(text):
    """(line, number of lines) of each function. Reads braces, not C++: good enough for code as clang-format leaves it.

    A function that does nothing but return a braced table is data, and left out.
    """
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, without_literals(text), flags=re.M)
    kinds, head_start, function_start, body_start = [], 0, 0, 0
    for position, char in enumerate(code):
        in_function = "function" in kinds
        if char == "{":
            head = code[head_start:position]
            if in_function:
                kinds.append("block")
            elif starts_member_initializer(head, code[position - 1]):
                kinds.append("initializer")
            elif opens_function(head):
                kinds.append("function")
                function_start, body_start = head_start + len(head) - len(head.lstrip()), position
            else:
                kinds.append("scope")
                head_start = position + 1
        elif char == "}" and kinds:
            kind = kinds.pop()
            if kind == "function" and not TABLE_BODY.match(code, body_start, position):
                first, last = line_at(code, function_start), line_at(code, position)
                yield first, last - first + 1
            if kind != "block" and kind != "initializer":
                head_start = position + 1
        elif char == ";" and not in_function and "initializer" not in kinds:
            head_start = position + 1


def check_sizes(path, text, lengths):
    lines = text.count("\n") + (not text.endswith("\n"))
    if lines > MAX_FILE_LINES:
        yield f"{path}:1: {lines} lines; a file has at most {MAX_FILE_LINES}"
    for line, length in functions(text):
        lengths.append(length)
        if length > MAX_FUNCTION_LINES:
            yield f"{path}:{line}: a function of {length} lines; at most {MAX_FUNCTION_LINES}"


def check_file(path, text, lengths):
    yield from check_includes(path, text)
    if path.endswith(".h"):
        yield from check_header(path, text)
        yield from check_promises(path, text)
    yield from check_locks(path, text)
    yield from check_sizes(path, text, lengths)


READING_ORDER = re.compile(r"read in this order|order of reading", re.I)


def page_of(root, path):
    """The README.md of the folder of a file, or of the nearest one above it that has one; None without any."""
    pages = [root / folder / "README.md" for folder in pathlib.PurePosixPath(path).parents if folder.name]
    return next((page for page in pages if page.is_file()), None)


def check_reading_order(root, paths):
    """A page that tells in which order to read a room leaves no header out."""
    for path in paths:
        page = page_of(root, path)
        text = page.read_text(encoding="utf-8") if page else ""
        stem = re.escape(pathlib.PurePosixPath(path).stem)
        if READING_ORDER.search(text) and not re.search(rf"`([^`\n]*/)?{stem}(\.h|\.cpp)?`", text):
            yield f"{page.relative_to(root).as_posix()}:1: tells in which order to read, and leaves out {path}"


def files_of_rooms(root):
    tops = sorted({room.split("/")[0] for room in ROOMS})
    return [file for top in tops for file in sorted((root / top).rglob("*")) if file.is_file()]


def sources(root):
    for file in files_of_rooms(root):
        if file.suffix in SUFFIXES:
            yield file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")


def check_suffixes(root):
    """Code that goes by another name would pass all the other checks unseen."""
    for file in files_of_rooms(root):
        if file.suffix.lower() in OTHER_SUFFIXES or (file.suffix not in SUFFIXES and file.suffix.lower() in SUFFIXES):
            yield f"{file.relative_to(root).as_posix()}:1: a source ends in .cpp and a header in .h, not in {file.suffix}"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(lengths, comment_lines, header_lines):
    print(f"functions: {len(lengths)}, median {statistics.median(lengths):.0f} lines, "
          f"95th percentile {percentile(lengths, 0.95)}, longest {max(lengths)}, "
          f"over {LONG_FUNCTION_LINES}: {sum(n > LONG_FUNCTION_LINES for n in lengths)}")
    print(f"headers: {100 * comment_lines // max(1, header_lines)} % comment lines")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True, type=pathlib.Path, help="root of the source tree")
    parser.add_argument("--report", action="store_true", help="also print sizes")
    arguments = parser.parse_args()
    problems, lengths, files, headers, comment_lines, header_lines = [], [], 0, [], 0, 0
    for path, text in sources(arguments.root):
        files += 1
        problems.extend(check_file(path, text, lengths))
        if path.endswith(".h"):
            headers.append(path)
            header_lines += sum(bool(line.strip()) for line in text.split("\n"))
            comment_lines += sum(bool(re.match(r"\s*//|.*\S\s+//", line)) for line in text.split("\n"))
    problems.extend(check_suffixes(arguments.root))
    problems.extend(check_reading_order(arguments.root, headers))
    for problem in problems:
        print(problem)
    if files == 0:
        print(f"{arguments.root}: no sources found")
        return 1
    if arguments.report and lengths:
        report(lengths, comment_lines, header_lines)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
