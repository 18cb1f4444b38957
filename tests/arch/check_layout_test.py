#!/usr/bin/env python3
"""Shows that check_layout.py fails when it should, on small trees made for it, and stays silent when nothing is wrong."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).with_name("check_layout.py")
GOOD_HEADER = "// a.h - a thing.\n//\n// Fails:   never.\n#pragma once\n\n#include <string>\n\n#include \"config/b.h\"\n\nstd::string a();\n"


def check(files):
    """Exit status and output for a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, str(CHECKER), "--root", folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckLayout(unittest.TestCase):
    def assert_refused(self, files, words):
        status, output = check(files)
        self.assertEqual(status, 1, output)
        self.assertIn(words, output)
        self.assertEqual(output.count("\n"), 1, output)

    def test_says_nothing_about_a_good_tree(self):
        source = '#include "rules/a.h"\n\n#include <re2/re2.h>\n#include <string>\n#include <sys/mman.h>\n'
        self.assertEqual(check({"rules/a.h": GOOD_HEADER, "rules/pattern.cpp": source}), (0, ""))

    def test_refuses_a_tree_without_sources(self):
        self.assert_refused({"README.md": "x"}, "no sources found")

    def test_refuses_rules_including_engine(self):
        self.assert_refused({"rules/a.cpp": '#include "engine/engine.h"\n'}, "rules/a.cpp:1: rules/ must not include")

    def test_refuses_engine_including_rules(self):
        self.assert_refused({"engine/features/a.cpp": '\n#include "rules/facts.h"\n'}, "engine/features/a.cpp:2:")

    def test_refuses_config_including_anything_above_it(self):
        self.assert_refused({"config/a.cpp": '#include "models/train.h"\n'}, "config/ must not include")

    def test_refuses_the_plugin_including_settings(self):
        self.assert_refused({"engine/torch/a.cpp": '#include "config/settings.h"\n'}, "engine/torch/ must not include")

    def test_refuses_the_plugin_including_more_of_engine_than_its_plain_headers(self):
        for name in ("engine/engine.h", "engine/batcher.h", "engine/features/features.h", "engine/message/message.h"):
            with self.subTest(name):
                self.assert_refused({"engine/torch/a.cpp": f'#include "{name}"\n'}, "engine/torch/a.cpp:1:")

    def test_allows_the_plugin_its_own_headers_and_the_plain_ones_of_engine(self):
        self.assertEqual(check({"engine/torch/a.cpp": '#include "engine/torch/guard.h"\n#include "engine/model.h"\n'}), (0, ""))

    def test_refuses_any_third_party_but_libtorch_in_the_plugin(self):
        for name in ("boost/asio.hpp", "nlohmann/json.hpp", "openssl/evp.h"):
            with self.subTest(name):
                self.assert_refused({"engine/torch/a.cpp": f"#include <{name}>\n"}, f"<{name}> belongs only into")

    def test_refuses_a_third_party_outside_its_files(self):
        for path, name in (("config/settings.cpp", "yaml-cpp/yaml.h"), ("rules/parser.cpp", "re2/re2.h"),
                           ("milter/judge.cpp", "spdlog/spdlog.h"), ("engine/message/message.cpp", "boost/asio.hpp"),
                           ("engine/message/links.cpp", "gmime/gmime.h"), ("models/train.cpp", "archive.h")):
            with self.subTest(path):
                self.assert_refused({path: f"#include <{name}>\n"}, f"{path}:1: <{name}> belongs only into")

    def test_refuses_a_third_party_that_nobody_has_named(self):
        for path, name in (("rules/a.cpp", "fmt/core.h"), ("cli/a.cpp", "curl/curl.h"), ("engine/torch/a.cpp", "cuda.h")):
            with self.subTest(path):
                self.assert_refused({path: f"#include <{name}>\n"}, f"{path}:1: <{name}> is no third party that is known")

    def test_refuses_code_that_goes_by_another_suffix(self):
        for suffix in (".hpp", ".cc", ".inl", ".H"):
            with self.subTest(suffix):
                self.assert_refused({"rules/a.cpp": "int a;\n", f"rules/b{suffix}": "int b;\n"},
                                    f"rules/b{suffix}:1: a source ends in .cpp")

    def test_refuses_a_relative_include(self):
        self.assert_refused({"rules/a.cpp": '#include "facts.h"\n'}, "full path")

    def test_refuses_torch_outside_the_plugin(self):
        self.assert_refused({"engine/a.cpp": "#include <torch/script.h>\n"}, "belongs only into engine/torch")

    def test_refuses_libmilter_outside_its_one_file(self):
        self.assert_refused({"milter/session.cpp": "#include <libmilter/mfapi.h>\n"}, "milter/libmilter_server.cpp")

    def test_allows_libmilter_in_its_one_file(self):
        self.assertEqual(check({"milter/libmilter_server.cpp": "#include <libmilter/mfapi.h>\n"}), (0, ""))

    def test_refuses_a_third_party_include_in_a_header(self):
        bad = GOOD_HEADER.replace("<string>", "<re2/re2.h>")
        self.assert_refused({"rules/a.h": bad}, "a header includes only the standard library, not <re2/re2.h>")

    def test_refuses_a_third_party_type_in_a_header(self):
        bad = GOOD_HEADER.replace("std::string a", "nlohmann::json a")
        self.assert_refused({"rules/a.h": bad}, "rules/a.h:10: third-party name in a header: nlohmann::")

    def test_refuses_a_third_party_type_that_has_no_namespace_in_a_header(self):
        for name in ("SMFICTX", "SSL_CTX", "sfsistat", "GMimeMessage"):
            with self.subTest(name):
                self.assert_refused({"milter/a.h": GOOD_HEADER + f"void b({name}* c);\n"},
                                    f"milter/a.h:11: third-party name in a header: {name}")

    def test_allows_a_third_party_name_in_a_comment(self):
        self.assertEqual(check({"rules/a.h": GOOD_HEADER + "// as torch::Tensor does\n"}), (0, ""))

    def test_refuses_a_header_without_its_comment(self):
        self.assert_refused({"rules/a.h": GOOD_HEADER.replace("// a.h - a thing.", "// a thing")}, "the first line must be")

    def test_refuses_a_header_without_pragma_once(self):
        self.assert_refused({"rules/a.h": GOOD_HEADER.replace("#pragma once", "")}, "no '#pragma once'")

    def with_promises(self, lines):
        return {"rules/a.h": GOOD_HEADER.replace("// Fails:   never.", lines)}

    def test_allows_promises_in_order_and_a_text_behind_them(self):
        lines = "// Owns:    nothing;\n//          at all.\n// Fails:   never.\n// Source:  RFC 1.\n//\n// A text.\n// It goes on."
        self.assertEqual(check(self.with_promises(lines)), (0, ""))

    def test_refuses_a_header_that_promises_nothing(self):
        self.assert_refused(self.with_promises("// It is a good thing."), "rules/a.h:1: a header promises something")

    def test_refuses_a_promise_within_another(self):
        self.assert_refused(self.with_promises("// Threads: any. Fails: never."), "rules/a.h:3: a promise begins a line: Fails:")

    def test_refuses_a_promise_within_a_text(self):
        self.assert_refused(self.with_promises("// Fails:   never.\n//\n// A text. Units:   bytes."),
                            "rules/a.h:5: a promise begins a line: Units:")

    def test_refuses_a_promise_that_goes_on_in_the_first_column(self):
        self.assert_refused(self.with_promises("// Fails:   never, as far as\n// one knows."),
                            "rules/a.h:4: a promise goes on in the column")

    def test_refuses_a_promise_out_of_its_column(self):
        self.assert_refused(self.with_promises("// Fails: never."), "rules/a.h:3: the text of 'Fails:' does not begin")

    def test_refuses_promises_in_another_order(self):
        self.assert_refused(self.with_promises("// Units:   bytes.\n// Fails:   never."),
                            "rules/a.h:1: each promise once, in this order: Fails, Units")

    def test_refuses_a_promise_made_twice(self):
        self.assert_refused(self.with_promises("// Fails:   never.\n// Fails:   always."), "each promise once")

    def test_refuses_a_mutex_that_the_analysis_does_not_know(self):
        self.assert_refused({"cli/a.cpp": "std::mutex a;\n"}, "cli/a.cpp:1: std::mutex is unknown to the analysis")

    def test_refuses_a_lock_and_a_condition_that_the_analysis_does_not_know(self):
        for name in ("std::shared_mutex", "std::unique_lock", "std::lock_guard", "std::condition_variable"):
            with self.subTest(name):
                self.assert_refused({"engine/torch/a.cpp": f"\n{name} a;\n"}, f"engine/torch/a.cpp:2: {name} is unknown")

    def test_allows_the_mutex_inside_the_one_that_the_analysis_knows(self):
        text = "// thread_annotations.h - a lock.\n//\n// Fails:   never.\n#pragma once\nstd::mutex a;\n"
        self.assertEqual(check({"engine/thread_annotations.h": text}), (0, ""))

    def test_allows_waiting_for_a_change_under_the_mutex_that_the_analysis_knows(self):
        self.assertEqual(check({"milter/a.cpp": "std::condition_variable_any a;  // not std::mutex\n"}), (0, ""))

    def test_refuses_a_reading_order_that_leaves_out_a_header(self):
        self.assert_refused({"rules/a.h": GOOD_HEADER, "rules/README.md": "Read in this order: `b.h`. Not a, not `aa.h`.\n"},
                            "rules/README.md:1: tells in which order to read, and leaves out rules/a.h")

    def test_allows_a_reading_order_that_names_each_header_in_any_way(self):
        for name in ("`a.h`", "`a`", "`a.cpp`", "`message/a.h`"):
            with self.subTest(name):
                files = {"rules/a.h": GOOD_HEADER, "rules/README.md": f"## Order of reading\n1. {name}\n"}
                self.assertEqual(check(files), (0, ""))

    def test_looks_for_a_header_on_the_nearest_page(self):
        files = {"engine/message/a.h": GOOD_HEADER.replace("config/", "engine/message/"), "engine/README.md": "Read in this order: `a`\n",
                 "engine/message/README.md": "Read in this order: `b`\n"}
        self.assert_refused(files, "engine/message/README.md:1:")

    def test_asks_nothing_of_a_page_without_a_reading_order(self):
        self.assertEqual(check({"rules/a.h": GOOD_HEADER, "rules/README.md": "rules\n"}), (0, ""))

    def test_refuses_a_file_that_is_too_long(self):
        self.assert_refused({"rules/a.cpp": "int a;\n" * 401}, "rules/a.cpp:1: 401 lines")

    def test_refuses_a_function_that_is_too_long(self):
        body = "int a() {\n" + "  b();\n" * 59 + "}\n"
        self.assert_refused({"rules/a.cpp": "namespace x {\n" + body + "}\n"}, "rules/a.cpp:2: a function of 61 lines")

    def test_finds_a_long_function_after_a_member_initializer(self):
        body = 'A::A(int b) : c_{b}, d_("}") {\n  auto e = [] { return 1; };\n' + "  f();\n" * 60 + "}\n"
        self.assert_refused({"rules/a.cpp": body}, "a function of 63 lines")

    def test_does_not_take_a_class_or_a_table_for_a_function(self):
        table = "std::vector<T> t() {\n  return {\n" + '      {"a", 1},\n' * 70 + "  };\n}\n"
        members = "class C final {\n" + "  int m();\n" * 70 + "};\n"
        array = "constexpr int kA[] = {\n" + "    f(1),\n" * 70 + "};\n"
        self.assertEqual(check({"rules/a.cpp": table + members + array}), (0, ""))


if __name__ == "__main__":
    unittest.main()
