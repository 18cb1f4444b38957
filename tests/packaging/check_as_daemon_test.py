#!/usr/bin/env python3
"""`winnow check` of root reads the installed settings as user winnow, whatever way the path to them takes.

It runs as root in a mount namespace of its own with an /etc of its own. Skipped (77) where there is no such namespace.
"""
import argparse
import pathlib
import subprocess
import sys
import unittest

import mount_namespace

TOOL = ""
USERS = "root:x:0:0::/:/bin/sh\\nwinnow:x:64999:64999::/:/usr/sbin/nologin\\n"
RULES = "version: 1\\nrules: [{id: a, when: spam >= 90%%, then: [junk]}]\\n"


def check(config, before):
    """What the check says about rules that only root may read, when `before` has made the files of a new /etc."""
    script = (f"mount -t tmpfs none /etc; printf '{USERS}' > /etc/passwd; mkdir /etc/winnow /etc/own; {before}; "
              f"printf '{RULES}' | tee /etc/winnow/rules.yaml > /etc/own/rules.yaml; chmod 600 /etc/*/rules.yaml; "
              f'exec "$0" check --config {config}')
    return subprocess.run(["unshare", "-m", "sh", "-euc", script, TOOL], capture_output=True, text=True, timeout=60)


class AsRoot(unittest.TestCase):
    def assert_read_as_winnow(self, config, before):
        run = check(config, before)
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules.yaml: error: ", run.stderr)
        self.assertIn("Permission denied", run.stderr)

    def test_the_installed_settings_are_read_as_the_daemon(self):
        self.assert_read_as_winnow("/etc/own/../winnow/winnow.yaml", "touch /etc/winnow/winnow.yaml")

    # They were read as root, who may read everything: the check was fine and the daemon did not start.
    def test_settings_that_are_a_link_are_read_as_the_daemon(self):
        link = "touch /etc/own/winnow.yaml; ln -s /etc/own/winnow.yaml /etc/winnow/winnow.yaml"
        self.assert_read_as_winnow("/etc/winnow/winnow.yaml", link)
        self.assert_read_as_winnow("/etc/own/winnow.yaml", link)

    def test_other_settings_are_read_as_root(self):
        run = check("/etc/own/winnow.yaml", "touch /etc/own/winnow.yaml")
        self.assertNotIn("Permission denied", run.stderr)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tool", required=True)
    TOOL = str(pathlib.Path(arguments.parse_args().tool).resolve())
    mount_namespace.skip_without()
    unittest.main(argv=sys.argv[:1])
