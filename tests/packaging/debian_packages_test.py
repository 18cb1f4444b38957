#!/usr/bin/env python3
"""packaging/debian-packages.sh on a machine without systemd, as a container or a fresh debootstrap is.

It runs as root in a mount namespace of its own with an empty /usr/sbin, where the script puts its policy-rc.d, and with an apt-get
that installs nothing. Skipped (77) where there is no such namespace.
"""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import mount_namespace

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packaging" / "debian-packages.sh"
TOOLS = ("awk", "cat", "chmod", "comm", "rm", "sort")


class WithoutSystemd(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for tool in TOOLS:
            (self.folder / tool).symlink_to(shutil.which(tool))
        apt = self.folder / "apt-get"
        apt.write_text(f'#!/bin/sh\necho "$@" >> {self.folder}/calls\n')
        apt.chmod(0o755)

    def test_packages_are_installed(self):
        script = (f"mount -t tmpfs none /usr/sbin; PATH={self.folder}; . {SCRIPT}; apt_install_quietly some-package; "
                  "[ ! -e /usr/sbin/policy-rc.d ]")
        run = subprocess.run(["unshare", "-m", "bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True,
                             timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue((self.folder / "calls").read_text().endswith(" install some-package\n"))


if __name__ == "__main__":
    mount_namespace.skip_without()
    unittest.main()
