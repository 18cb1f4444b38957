#!/usr/bin/env python3
"""What `cmake --install` makes of a build: below /usr only, and all that its pages name is there."""
import argparse
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ARGUMENTS = argparse.Namespace()
DOCUMENTS = pathlib.Path("usr/share/doc/winnow")
PATH_OF_OURS = re.compile(r"(?<![\w/])/?((?:usr/)?share/(?:doc/)?winnow/[\w./-]*\w)")
LINK = re.compile(r"\]\(([^)#:]+)[)#]")


def install(root, *more):
    return subprocess.run([ARGUMENTS.cmake, "--install", ARGUMENTS.build, *more], capture_output=True, text=True, timeout=60,
                          umask=0o027, env={**os.environ, "DESTDIR": str(root)})


def has_prefix_usr():
    return "CMAKE_INSTALL_PREFIX:PATH=/usr\n" in (pathlib.Path(ARGUMENTS.build) / "CMakeCache.txt").read_text()


class Install(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)

    # The unit named /usr/local/etc, the programs /etc: what was installed did not start.
    def test_another_prefix_is_refused_before_anything_is_installed(self):
        run = install(self.root, "--prefix", "/opt/winnow")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("-DCMAKE_INSTALL_PREFIX=/usr", " ".join(run.stderr.split()))
        self.assertEqual(list(self.root.iterdir()), [])


class InstalledBelowUsr(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not has_prefix_usr():
            raise unittest.SkipTest("this build has another prefix")
        cls.root = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.root)
        run = install(cls.root)
        assert run.returncode == 0, run.stderr
        cls.texts = {file: file.read_text() for file in cls.root.rglob("*")
                     if file.suffix in (".md", ".yaml", ".1", ".5", ".8", ".snippet")}

    def test_every_path_that_a_page_names_is_there(self):
        for file, text in self.texts.items():
            for path in PATH_OF_OURS.findall(text.replace("\\-", "-")):
                place = self.root / (path if path.startswith("usr/") else f"usr/{path}")
                with self.subTest(file=file.name, path=path):
                    self.assertTrue(place.exists())

    # README.md and ARCHITECTURE.md are the sources' map, and link to them.
    def test_every_page_that_a_page_links_to_is_there(self):
        for file, text in self.texts.items():
            for link in LINK.findall(text) if file.name not in ("README.md", "ARCHITECTURE.md") else []:
                with self.subTest(file=file.name, link=link):
                    self.assertTrue((file.parent / link).exists())

    def test_the_licence_is_there(self):
        self.assertIn("Apache License", (self.root / DOCUMENTS / "LICENSE").read_text())

    def test_scripts_may_be_run_by_everybody(self):
        script = self.root / DOCUMENTS / "examples/pools/prepare_model.py"
        self.assertEqual(stat.S_IMODE(script.stat().st_mode), 0o755)

    def test_the_model_lies_alone_with_its_card_where_everybody_may_read_it(self):
        models = self.root / "usr/share/winnow/models"
        self.assertEqual(sorted(file.name for file in models.iterdir()), ["default.md", "default.pt"])
        self.assertEqual(stat.S_IMODE(models.stat().st_mode), 0o755)
        self.assertEqual({stat.S_IMODE(file.stat().st_mode) for file in models.iterdir()}, {0o644})


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--cmake", required=True)
    options.add_argument("--build", required=True)
    options.parse_args(namespace=ARGUMENTS)
    unittest.main(argv=sys.argv[:1])
