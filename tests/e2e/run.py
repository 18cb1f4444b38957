#!/usr/bin/env python3
"""Runs the end-to-end tests: a real Postfix, the daemon, a real Dovecot.

usage: run.py --bin DIR [--source DIR] [--repeat N] [MODULE ...]
exit:  0 passed, 1 failed, 77 not possible here (not root, or Postfix, Dovecot or miltertest missing)
"""
import argparse
import pathlib
import os
import shutil
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
NEEDED = ["/usr/sbin/postfix", "dovecot", "sievec", "miltertest"]

sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from harness import stack  # noqa: E402  (needs the path)


class Result(unittest.TextTestResult):
    """Shows the ends of the servers' logs with each failure."""

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._show_logs(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._show_logs(test)

    def _show_logs(self, test):
        servers = getattr(test, "stack", None)
        if servers is not None:
            self.stream.writeln("\n".join(servers.log_tails()))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="folder of winnow-milter and winnow")
    parser.add_argument("--source", default=HERE.parent.parent, type=pathlib.Path, help="root of the source tree")
    parser.add_argument("--repeat", default=1, type=int, help="run the whole suite that often")
    parser.add_argument("-k", dest="pattern", action="append", help="only tests whose name contains this")
    parser.add_argument("modules", nargs="*", help="test modules, e.g. test_delivery; all when none is named")
    return parser.parse_args()


def reason_to_skip(places):
    if os.geteuid() != 0:
        return "Postfix and Dovecot need root to start"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    absent = [str(p) for p in (places.daemon, places.tool, places.model) if not p.exists()]
    return f"not built: {', '.join(absent)}" if absent else None


def load(modules, pattern):
    loader = unittest.TestLoader()
    if pattern:
        loader.testNamePatterns = [f"*{p}*" for p in pattern]
    names = modules or sorted(file.stem for file in HERE.glob("test_*.py"))
    return loader.loadTestsFromNames(names)


def main():
    arguments = parse_arguments()
    stack.PLACES = stack.Places(arguments.source.resolve(), arguments.bin.resolve())
    reason = reason_to_skip(stack.PLACES)
    if reason:
        print(f"SKIPPED: {reason}")
        return SKIPPED
    failed_rounds = 0
    for number in range(1, arguments.repeat + 1):
        started = time.monotonic()
        runner = unittest.TextTestRunner(verbosity=2, resultclass=Result)
        result = runner.run(load(arguments.modules, arguments.pattern))
        if result.testsRun == 0 and result.wasSuccessful():
            print("SKIPPED" if result.skipped else "no test has such a name")
            return SKIPPED if result.skipped else 1
        failed_rounds += not result.wasSuccessful()
        print(f"round {number} of {arguments.repeat}: {result.testsRun} tests in {time.monotonic() - started:.0f} s, "
              f"{'passed' if result.wasSuccessful() else 'FAILED'}; rounds failed so far: {failed_rounds}", flush=True)
    return 1 if failed_rounds else 0


if __name__ == "__main__":
    sys.exit(main())
