#!/usr/bin/env python3
"""The examples of models/README.md make models that Winnow loads.

usage: bring_your_own_test.py --tool WINNOW --source DIR
exit:  0 passed, 1 failed, 77 not possible here (PyTorch is missing)
"""
import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SKIPPED = 77
SAVE_IN_PARTS = """
template["parts"] = [{"modules": ["left", "right"], "reduce": "concat"}, {"modules": ["head"]}]
model = TwoHalves(features["table_size"], len(features["dense"]), len(template["labels"]))
torch.jit.script(model).save("in-parts.pt", _extra_files={"winnow.json": json.dumps(template)})
"""
arguments = None


def examples():
    text = (Path(arguments.source) / "models/README.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def write_manifest(folder):
    with zipfile.ZipFile(Path(arguments.source) / "models/default.pt") as archive:
        name = next(name for name in archive.namelist() if name.endswith("/extra/winnow.json"))
        (folder / "manifest.json").write_bytes(archive.read(name))


class BringYourOwn(unittest.TestCase):
    def judge(self, code, model):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_manifest(folder)
            os.umask(0o022)  # a model that others may write is refused
            (folder / "example.py").write_text(code)  # from a file: TorchScript reads the source
            subprocess.run([sys.executable, "example.py"], cwd=folder, check=True)
            source = Path(arguments.source)
            run = subprocess.run(
                [arguments.tool, "classify", "--model", folder / model, "--rules", source / "config/rules.yaml",
                 source / "tests/data/mail/gtube.eml"], capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("junk", run.stdout)

    # It read keys that the manifest does not have, and scripted to an operator that the loader refuses.
    def test_the_first_example_loads(self):
        self.judge(examples()[0], "my-model.pt")

    def test_the_example_in_parts_loads(self):
        self.judge("".join(examples()) + SAVE_IN_PARTS, "in-parts.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--source", required=True)
    arguments = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print("no PyTorch")
        sys.exit(SKIPPED)
    unittest.main(argv=[sys.argv[0]])
