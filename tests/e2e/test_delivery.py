"""The main path: what the shipped model and the shipped rules say decides the folder and the headers."""
import json
import re
import subprocess

from harness import mail, stack
from harness.dovecot import PASSWORD
from harness.stack import StackTest
from harness.wait import until

SPAMMER = {"address": "203.0.113.77", "name": "unknown"}


class Delivery(StackTest):
    def test_spam_lands_in_junk_with_its_headers(self):
        self.stack.deliver(mail.spam(), self.user, **SPAMMER)
        found = self.mailbox.only_message("Junk")
        score = float(found["X-Spam-Score"].rstrip("%"))
        self.assertEqual("YES", found["X-Spam-Flag"])
        self.assertEqual("Yes", found["X-Spam"])
        self.assertGreaterEqual(score, 90)
        self.assertEqual("*" * int(score / 10), found["X-Spam-Level"])
        for part in ("verdict=junk", "probability=", "rule=", "model=", "reasons="):
            self.assertIn(part, found["X-Winnow"])

    def test_ham_lands_in_the_inbox_with_its_score(self):
        self.stack.deliver(mail.ham(), self.user)
        found = self.mailbox.only_message("INBOX")
        self.assertIsNone(found["X-Spam-Flag"])
        self.assertIsNone(found["X-Spam"])
        self.assertIsNone(found["X-Winnow-Flag"])
        self.assertLess(float(found["X-Spam-Score"].rstrip("%")), 50)
        self.assertIn("verdict=accept", found["X-Winnow"])

    def test_gtube_lands_in_junk(self):
        self.stack.deliver(mail.gtube(), self.user)
        found = self.mailbox.only_message("Junk")
        self.assertEqual("YES", found["X-Spam-Flag"])
        self.assertIn("gtube", found["X-Winnow"].lower())

    def test_each_of_two_recipients_gets_the_message_once(self):
        other = self.stack.new_user("other")
        with self.stack.postfix.client() as smtp:
            smtp.sendmail("anna@sender.example", [self.address, f"{other}@example.test"], mail.gtube())
        self.mailbox.only_message("Junk")
        self.stack.dovecot.mailbox(other).only_message("Junk")

    def test_the_command_line_tool_agrees_with_the_daemon(self):
        octets = mail.spam()
        self.stack.deliver(octets, self.user, **SPAMMER)
        file = self.stack.root / "spam.eml"
        file.write_bytes(octets)
        done = subprocess.run([stack.PLACES.tool, "classify", "--json", "--config", self.stack.winnow.config, file],
                              capture_output=True, check=True, timeout=60)
        said = json.loads(done.stdout)
        self.assertEqual("junk", said["verdict"])
        self.assertIn(f"rule={said['rule']}", self.mailbox.only_message("Junk")["X-Winnow"])

    def test_the_shipped_model_runs_fused(self):
        done = subprocess.run([stack.PLACES.tool, "check", "--config", self.stack.winnow.config], capture_output=True,
                              text=True, check=True, timeout=60)
        self.assertIn("x cpu, fused", done.stdout)

    def test_one_log_line_tells_the_queue_id_and_the_verdict(self):
        self.stack.deliver(mail.gtube(), self.user)
        self.mailbox.only_message("Junk")
        entry = re.compile(rf"(\w+): to=<{self.address}>")
        queue_id = until(lambda: entry.search(self.stack.postfix.log.read_text()), "Postfix's log line").group(1)
        line = self.stack.winnow.wait_for_log(rf"\b{queue_id}:")
        self.assertRegex(line, r": judged verdict=junk p=\S+ rule=\S+ .*parse_us=\d+")
        self.assertEqual(1, len(self.stack.winnow.log_lines(rf"\b{queue_id}:")))


class ForgedHeaders(StackTest):
    FORGED = [
        ("X-Spam-Flag", "YES"), ("X-Winnow", "verdict=accept; probability=0.001"), ("X-Spam-Flag", "YES"),
        ("X-Kept", "between"), ("x-spam-flag", "YES"), ("X-Spam-Status", "Yes, score=99"), ("X-SPAM-LEVEL", "*****"),
        ("X-Spam", "Yes"), ("X-Spam-Score", "99"), ("X-Winnow-Flag", "suspect"), ("X-Winnow-Other", "1"),
        ("X-Winnow", "verdict=accept"), ("X-Spammy", "kept too"),
    ]

    def test_forged_headers_are_gone_and_the_others_stay(self):
        self.stack.deliver(mail.ham(headers=self.FORGED), self.user)
        found = self.mailbox.only_message("INBOX")
        for name in ("X-Spam-Flag", "X-Spam-Status", "X-Spam", "X-Winnow-Flag", "X-Winnow-Other"):
            self.assertIsNone(found[name], name)
        self.assertEqual(1, len(found.get_all("X-Winnow")))
        self.assertNotEqual("99", found["X-Spam-Score"])
        self.assertEqual(("between", "kept too"), (found["X-Kept"], found["X-Spammy"]))

    def test_a_hundred_forged_flags_of_one_name_are_all_gone(self):
        self.stack.deliver(mail.ham(headers=[("X-Spam-Flag", "YES")] * 100), self.user)
        self.assertIsNone(self.mailbox.only_message("INBOX")["X-Spam-Flag"])

    def test_forged_headers_do_not_hide_spam(self):
        forged = [("X-Winnow", "verdict=accept"), ("X-Spam-Flag", "NO"), ("X-Spam-Status", "No")]
        self.stack.deliver(mail.gtube(headers=forged), self.user)
        found = self.mailbox.only_message("Junk")
        self.assertEqual(["YES"], found.get_all("X-Spam-Flag"))
        self.assertEqual(1, len(found.get_all("X-Winnow")))


class Submission(StackTest):
    def test_authenticated_submission_is_untouched(self):
        sent = mail.spam(headers=[("X-Spam-Score", "7"), ("X-Winnow-Note", "mine")])
        with self.stack.postfix.client("submission", address="198.51.100.80", name="laptop.example") as smtp:
            smtp.login(self.user, PASSWORD)
            smtp.sendmail(self.address, [self.address], sent)
        found = self.mailbox.only_message("INBOX")
        self.assertTrue(found.octets.endswith(sent.replace(b"\r\n", b"\n")), found.octets)
        self.assertIsNone(found["X-Winnow"])

    def test_mail_of_local_programs_is_judged(self):
        self.stack.postfix.submit_locally("cron@example.test", self.address, mail.gtube().replace(b"\r\n", b"\n"))
        self.assertEqual("YES", self.mailbox.only_message("Junk")["X-Spam-Flag"])
