"""SIGUSR1 takes a whole new set of rules, or none of it."""
import concurrent.futures
import shutil
import signal
import threading
import time

from harness import mail, stack
from harness.stack import StackTest

RULES = """
version: 1
thresholds: { junk: 90%, flag: 50% }
rules:
  - id: note
    when: subject contains "report"
    then:
      - add_header: { name: X-Site-Note, value: VALUE }
    continue: true
"""
BROKEN = RULES.replace("subject contains", "subjekt contains")


class Reload(StackTest):
    RULES = RULES.replace("VALUE", "first")

    def reload(self, rules, expected_log):
        seen = len(self.stack.winnow.log_lines(expected_log))
        self.stack.winnow.write_rules(rules)
        self.stack.winnow.send(signal.SIGUSR1)
        return self.stack.winnow.wait_for_log(expected_log, beyond=seen)

    def note_on_next_message(self):
        user = self.stack.new_user()
        self.stack.deliver(mail.ham(), user)
        return self.stack.dovecot.mailbox(user).only_message("INBOX")["X-Site-Note"]

    def test_new_rules_hold_for_the_next_message(self):
        self.reload(RULES.replace("VALUE", "second"), r"\breloaded\b")
        self.assertEqual("second", self.note_on_next_message())

    def test_a_broken_rules_file_keeps_the_old_rules_and_names_the_place(self):
        self.reload(RULES.replace("VALUE", "old"), r"\breloaded\b")
        line = self.reload(BROKEN, r"rules\.yaml:6:11: error")
        self.assertIn("subject", line)
        self.assertEqual("old", self.note_on_next_message())
        self.reload(RULES.replace("VALUE", "repaired"), r"\breloaded\b")
        self.assertEqual("repaired", self.note_on_next_message())

    def probability_of_next_message(self):
        self.note_on_next_message()
        return float(self.stack.winnow.wait_for_log(" judged ").partition(" p=")[2].split()[0])

    def test_a_changed_setting_of_the_engine_holds_for_the_next_message(self):
        before, settings = self.probability_of_next_message(), self.stack.winnow.config.read_text()
        self.stack.winnow.config.write_text(settings.replace("engine:\n", "engine:\n  prior_spam: 99%\n"))
        self.reload(RULES.replace("VALUE", "prior"), r"\breloaded\b")
        self.assertGreater(self.probability_of_next_message(), before)
        self.stack.winnow.config.write_text(settings)
        self.reload(RULES.replace("VALUE", "prior"), r"\breloaded\b")
        self.assertEqual(self.probability_of_next_message(), before)

    def test_a_replaced_model_file_is_read_and_refused_where_it_is_none(self):
        settings, model = self.stack.winnow.config.read_text(), self.stack.root / "own.pt"
        shutil.copy(stack.PLACES.model, model)
        self.stack.winnow.config.write_text(settings.replace(f"model: {stack.PLACES.model}", f"model: {model}"))
        self.reload(RULES.replace("VALUE", "model"), r"\breloaded\b")
        new = model.with_suffix(".new")
        new.write_bytes(b"no model")
        new.replace(model)
        self.reload(RULES.replace("VALUE", "model"), r"own\.pt: error: model: ")
        self.note_on_next_message()
        self.assertTrue(self.stack.winnow.running())
        self.stack.winnow.config.write_text(settings)
        self.reload(RULES.replace("VALUE", "model"), r"\breloaded\b")

    def test_a_burst_of_reload_requests_does_no_harm(self):
        self.stack.winnow.write_rules(RULES.replace("VALUE", "burst"))
        seen = len(self.stack.winnow.log_lines(r"\breloaded\b"))
        for _ in range(200):
            self.stack.winnow.send(signal.SIGUSR1)
        self.stack.winnow.wait_for_log(r"\breloaded\b", beyond=seen)
        self.assertEqual("burst", self.note_on_next_message())
        self.assertTrue(self.stack.winnow.running())

    def test_an_open_session_goes_on_through_a_reload(self):
        with self.stack.postfix.client() as smtp:
            smtp.sendmail("anna@sender.example", [self.address], mail.ham())
            self.reload(RULES.replace("VALUE", "later"), r"\breloaded\b")
            smtp.sendmail("anna@sender.example", [self.address], mail.ham())
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertEqual(2, len(self.mailbox.messages("INBOX")))


class ReloadUnderLoad(StackTest):
    """A reload every 100 ms for 30 s while mail flows over four connections."""
    SECONDS = 30
    RULES = """
version: 1
rules:
  - { id: first, when: true, then: [add_header: { name: X-First, value: NUMBER }], continue: true }
  - { id: last, when: true, then: [accept, add_header: { name: X-Last, value: NUMBER }] }
"""

    def setUp(self):
        super().setUp()
        self.over = threading.Event()

    def reload_again_and_again(self):
        number = 0
        end = time.monotonic() + self.SECONDS
        while time.monotonic() < end and not self.over.wait(0.1):
            number += 1
            self.stack.winnow.write_rules(self.RULES.replace("NUMBER", f"n{number}"))
            self.stack.winnow.send(signal.SIGUSR1)
        self.over.set()
        return number

    def send_until_over(self):
        sent = 0
        with self.stack.postfix.client() as smtp:
            while not self.over.is_set():
                smtp.sendmail("anna@sender.example", [self.address], mail.ham())
                sent += 1
        return sent

    def test_loses_no_message_and_judges_each_by_one_set_of_rules(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            reloads = pool.submit(self.reload_again_and_again)
            senders = [pool.submit(self.send_until_over) for _ in range(4)]
            try:
                sent = sum(sender.result() for sender in senders)
            finally:
                self.over.set()
        self.stack.postfix.wait_until_queue_is_empty(seconds=120)
        found = self.mailbox.messages()
        self.assertEqual(sent, len(found))
        self.assertEqual([], [m for m in found if m["X-First"] is None or m["X-First"] != m["X-Last"]])
        numbers = {m["X-First"] for m in found}
        self.assertGreater(reloads.result(), self.SECONDS * 5)
        self.assertGreater(len(numbers), self.SECONDS, "the reloads took place while the mail flowed")
