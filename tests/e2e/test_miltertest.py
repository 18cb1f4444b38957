"""miltertest (of OpenDKIM) as a second MTA that shares no code with Winnow: one test per script in miltertest/, run by run.lua."""
import pathlib
import shutil
import subprocess
import unittest

from harness import stack
from harness.winnow import Winnow

SCRIPTS = pathlib.Path(__file__).resolve().parent / "miltertest"


class Miltertest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = stack.make_root()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.winnow = Winnow(stack.PLACES, cls.root / "winnow")
        cls.addClassCleanup(cls.winnow.stop)
        cls.winnow.start()

    def run_script(self, name):
        done = subprocess.run(["miltertest", "-D", f"socket={self.winnow.socket}", "-D", f"directory={SCRIPTS}",
                               "-D", f"script={name}", "-s", str(SCRIPTS / "run.lua")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        self.assertEqual(0, done.returncode, done.stdout.decode(errors="replace"))
        self.assertTrue(self.winnow.running())

    def test_junk_gets_its_headers_and_ham_gets_none(self):
        self.run_script("verdict_headers")

    def test_forged_headers_are_removed(self):
        self.run_script("forged_headers")

    def test_skip_is_answered_past_the_scan_limit_and_only_when_offered(self):
        self.run_script("skip")

    def test_two_aborts_leave_nothing_for_the_next_message(self):
        self.run_script("abort_twice")

    def test_several_messages_on_one_connection_are_judged_each_by_itself(self):
        self.run_script("several_messages")

    def test_clients_without_anything_optional_get_a_verdict(self):
        self.run_script("plain_clients")
