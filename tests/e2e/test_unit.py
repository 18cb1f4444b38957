"""The systemd unit lets the daemon do all that it has to: with its system calls alone, and without any capability."""
import grp
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import unittest
from ctypes.util import find_library

from harness import stack
from harness.stack import make_root
from harness.winnow import Winnow

FILTER = pathlib.Path(__file__).parent / "harness" / "as_unit.py"


class SystemCalls(unittest.TestCase):
    """What systemd runs as user winnow of group postfix runs here as a root that has no capability, of that group."""

    @classmethod
    def setUpClass(cls):
        if any(shutil.which(tool) is None for tool in ("systemd-analyze", "setpriv")) or not find_library("seccomp"):
            raise unittest.SkipTest("systemd-analyze, setpriv or libseccomp is not installed")
        cls.root = make_root()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.group = grp.getgrnam("postfix").gr_gid

    def setUp(self):
        unit = stack.PLACES.source / "packaging" / "systemd" / "winnow.service"
        program = self.root / "winnow-milter-as-unit"
        command = ["setpriv", "--groups", str(self.group), "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs",
                   sys.executable, FILTER, unit, stack.PLACES.daemon]
        program.write_text(f"#!/bin/sh\nexec {shlex.join(map(str, command))} \"$@\"\n")
        program.chmod(0o755)
        self.winnow = Winnow(stack.PLACES, self.root / "winnow", daemon=program)
        self.winnow.start()
        self.addCleanup(lambda: self.winnow.running() and self.winnow.stop())

    # ~@privileged took chown away: the service never started with the shipped settings.
    def test_the_daemon_gives_its_socket_to_postfix_judges_reloads_and_stops(self):
        self.assertEqual((self.group, 0o660), (self.winnow.socket.stat().st_gid, self.winnow.socket.stat().st_mode & 0o777))
        mails = sorted((stack.PLACES.source / "tests" / "data" / "mail").glob("*.eml"))
        sent = subprocess.run([stack.PLACES.tool, "send", "--socket", f"unix:{self.winnow.socket}", *mails],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(0, sent.returncode, sent.stderr + self.winnow.log.read_text())
        self.winnow.wait_for_log(" judged ", len(mails) - 1)
        self.winnow.send(signal.SIGUSR1)
        self.winnow.wait_for_log("reloaded: ")
        self.assertEqual(0, self.winnow.stop(), self.winnow.log.read_text())
        self.assertEqual([], self.winnow.log_lines("not permitted"))
