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
MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / "default.pt"
LIBRARIES = "/etc/alternatives /etc/ld.so.cache"  # by which the programs find theirs
USERS = "root:x:0:0::/:/bin/sh\\nwinnow:x:64999:64999::/:/usr/sbin/nologin\\n"
RULES = "version: 1\\nrules: [{id: a, when: spam >= 90%%, then: [junk]}]\\n"


def check(config, before, user=""):
    """What the check says, as root or through the command `user`, when `before` has changed the files of a new /etc, where only
    root may read the rules."""
    script = (f"mount -t tmpfs none /mnt; cp -a {LIBRARIES} /mnt; mount --move /mnt /etc; "
              f"printf '{USERS}' > /etc/passwd; mkdir /etc/winnow /etc/own; "
              f"printf '{RULES}' | tee /etc/winnow/rules.yaml > /etc/own/rules.yaml; chmod 600 /etc/*/rules.yaml; {before}; "
              f'exec {user} "$0" check --config {config}')
    return subprocess.run(["unshare", "-m", "sh", "-euc", script, TOOL], capture_output=True, text=True, timeout=60)


class AsRoot(unittest.TestCase):
    def assert_read_as_winnow(self, config, before):
        run = check(config, before)
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules.yaml: error: ", run.stderr)
        self.assertIn("Permission denied", run.stderr)

    def test_the_installed_settings_are_read_as_the_daemon(self):
        self.assert_read_as_winnow("/etc/own/../winnow/winnow.yaml", "echo '#' > /etc/winnow/winnow.yaml")

    # They were read as root, who may read everything: the check was fine and the daemon did not start.
    def test_settings_that_are_a_link_are_read_as_the_daemon(self):
        link = "echo '#' > /etc/own/winnow.yaml; ln -s /etc/own/winnow.yaml /etc/winnow/winnow.yaml"
        self.assert_read_as_winnow("/etc/winnow/winnow.yaml", link)
        self.assert_read_as_winnow("/etc/own/winnow.yaml", link)

    def test_other_settings_are_read_as_root(self):
        run = check("/etc/own/winnow.yaml", "echo '#' > /etc/own/winnow.yaml")
        self.assertNotIn("Permission denied", run.stderr)


class OfASocketThatOnlyRootCanMake(unittest.TestCase):
    SETTINGS = (f"install -m 0644 {MODEL} /etc/winnow/model.pt; chmod 644 /etc/winnow/rules.yaml; "
                "printf 'milter: {socket: unix:/etc/own/s, socket_group: \"\"}\\nengine: {model: model.pt}\\n' "
                "> /etc/winnow/winnow.yaml")

    def assert_told(self, severity, exit_code, user=""):
        run = check("/etc/winnow/winnow.yaml", self.SETTINGS, user)
        if "WINNOW_TORCH=ON" in run.stderr or run.returncode in (126, 127):
            self.skipTest("no LibTorch in this build, or only root may run it")
        self.assertIn(f"winnow.yaml:1:10: {severity}: milter.socket: user ", run.stderr)
        self.assertIn("cannot make a socket in /etc/own: Permission denied", run.stderr)
        self.assertEqual(run.returncode, exit_code)

    def test_the_check_of_root_is_an_error(self):
        self.assert_told("error", 1)

    # Nobody but the daemon's user knows what the daemon's user may.
    def test_the_check_of_another_user_is_a_warning(self):
        self.assert_told("warning", 0, "setpriv --reuid 65534 --regid 65534 --clear-groups")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tool", required=True)
    TOOL = str(pathlib.Path(arguments.parse_args().tool).resolve())
    mount_namespace.skip_without()
    unittest.main(argv=sys.argv[:1])
