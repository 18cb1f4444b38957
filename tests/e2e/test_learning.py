"""What users move to Junk and out of it is kept for the next training, by the shipped Sieve scripts and a real IMAP server."""
import grp
import imaplib
import os
import pathlib
import shutil
import subprocess
import unittest

from harness import mail, stack
from harness.dovecot import Dovecot, is_2_4
from harness.wait import until

SIEVE = "packaging/sieve"
SCRIPTS = ("learn-spam.sieve", "learn-ham.sieve")
USER = "anna"
GROUP = "games"  # stands for winnow, which need not be there


class Learning(unittest.TestCase):
    def setUp(self):
        if is_2_4():
            self.skipTest("the shipped settings of imapsieve are for Dovecot 2.3")
        self.root = stack.make_root()
        self.addCleanup(shutil.rmtree, self.root)
        self.feedback = self.root / "feedback"
        self.feedback.mkdir()
        os.chown(self.feedback, 0, grp.getgrnam(GROUP).gr_gid)
        self.feedback.chmod(0o2770)
        self.dovecot = Dovecot(self.root / "dovecot", stack.PLACES.sieve_script, self.settings())
        self.addCleanup(self.dovecot.stop)
        self.dovecot.start()
        for script in SCRIPTS:  # by root, as the users' processes may not write there
            subprocess.run(["sievec", "-c", self.dovecot.root / "dovecot.conf", self.root / "sieve" / script], check=True,
                           timeout=30)

    def log_tails(self):
        return [self.dovecot.log.read_text(errors="replace")[-4000:]]

    def settings(self):
        """Those that are shipped, with the scripts and the tool in folders of the test."""
        place = self.root / "sieve"
        (place / "bin").mkdir(parents=True)
        shipped = pathlib.Path(stack.PLACES.source) / SIEVE
        for script in SCRIPTS:
            shutil.copy(shipped / script, place)
        tool = shutil.copy(stack.PLACES.tool, self.root)  # where the users' processes may go
        wrapper = place / "bin" / "winnow-learn"
        text = (shipped / "winnow-learn").read_text()
        self.assertIn("/usr/bin/winnow learn", text)
        wrapper.write_text(text.replace("/usr/bin/winnow learn", f"{tool} learn --folder {self.feedback}"))
        wrapper.chmod(0o755)
        text = (shipped / "imapsieve-2.3.conf").read_text()
        for part in ("/etc/dovecot/sieve/", "mail_access_groups = winnow"):
            self.assertIn(part, text)
        return text.replace("/etc/dovecot/sieve", str(place)).replace("groups = winnow", f"groups = {GROUP}")

    def imap(self):
        client = imaplib.IMAP4_stream(f"/usr/lib/dovecot/imap -c {self.dovecot.root}/dovecot.conf -u {USER}")
        self.addCleanup(client.logout)
        return client

    def kept(self, label):
        return [file.read_bytes().replace(b"\r\n", b"\n") for file in self.feedback.glob(f"{label}/*.eml")]

    def test_a_move_to_junk_is_kept_as_spam_and_one_out_of_it_as_ham(self):
        octets = mail.spam().replace(b"\r\n", b"\n")
        client = self.imap()
        client.append("INBOX", None, None, octets)
        client.create("Junk")
        client.select("INBOX")
        self.assertEqual("OK", client._simple_command("MOVE", "1", "Junk")[0])
        until(lambda: self.kept("spam") == [octets], "the message as spam")
        client.select("Junk")
        self.assertEqual("OK", client._simple_command("MOVE", "1", "INBOX")[0])
        until(lambda: self.kept("ham") == [octets], "the message as ham")
        self.assertEqual([], self.kept("spam"))

    def test_what_goes_from_junk_to_the_bin_is_no_ham(self):
        client = self.imap()
        for folder in ("Junk", "Trash"):
            client.create(folder)
        client.append("Junk", None, None, mail.spam())
        until(lambda: len(self.kept("spam")) == 1, "the appended message as spam")
        client.select("Junk")
        self.assertEqual("OK", client._simple_command("MOVE", "1", "Trash")[0])
        client.append("Junk", None, None, mail.gtube())  # after which the move has long been dealt with
        until(lambda: len(self.kept("spam")) == 2, "the second message as spam")
        self.assertEqual([], self.kept("ham"))

    def test_what_is_kept_can_be_trained_with(self):
        client = self.imap()
        client.create("Junk")
        client.append("Junk", None, None, mail.spam())
        until(lambda: len(self.kept("spam")) == 1, "the message as spam")
        done = subprocess.run([stack.PLACES.tool, "train", "--base", stack.PLACES.model, "--site", "--spam", self.feedback / "spam",
                               "--ham", self.feedback / "ham", "-o", self.root / "site.pt"], capture_output=True, text=True, timeout=120)
        self.assertEqual(1, done.returncode)
        self.assertIn("1 spam", done.stderr)  # read, and too few
