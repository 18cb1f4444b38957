"""Every action of the rules, as Postfix, the sender and the recipient see it."""
import email.header
import signal
import smtplib

from harness import mail
from harness.stack import StackTest

RULES = """
version: 1
thresholds: { junk: 90%, flag: 50% }
rules:
  - id: note
    when: subject contains "add a header"
    then:
      - add_header: { name: X-Site-Note, value: seen by rule }
    continue: true
  - id: tag
    when: subject contains "tag me"
    then:
      - tag_subject: "[CHECK] "
      - flag
  - id: refuse
    when: subject contains "refuse me"
    then:
      - reject: { code: 554, enhanced: 5.7.1, text: "not 100% welcome here" }
  - id: later
    when: subject contains "come later"
    then:
      - tempfail: { code: 451, text: come again in an hour }
  - id: hold
    when: subject contains "hold me"
    then:
      - quarantine: { reason: to be looked at }
  - id: drop
    when: subject contains "drop me"
    then: [discard]
  - id: middle
    when: subject contains "in the middle"
    then: [flag]
"""


class Actions(StackTest):
    RULES = RULES

    def deliver(self, subject, **changes):
        self.stack.deliver(mail.ham(subject=subject, **changes), self.user)

    def assert_nothing_delivered(self):
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertEqual(0, self.mailbox.count())

    def test_reject_refuses_with_the_rules_code_and_text(self):
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            self.deliver("please refuse me")
        self.assertEqual(554, refused.exception.smtp_code)
        self.assertEqual(b"5.7.1 not 100% welcome here", refused.exception.smtp_error)
        self.assert_nothing_delivered()

    def test_tempfail_asks_to_come_again(self):
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            self.deliver("please come later")
        self.assertEqual(451, refused.exception.smtp_code)
        self.assertIn(b"come again in an hour", refused.exception.smtp_error)
        self.assert_nothing_delivered()

    def test_quarantine_puts_the_message_on_hold(self):
        self.deliver("please hold me")
        self.assertEqual(0, self.mailbox.count())
        self.assertTrue(self.stack.postfix.held(self.address))
        self.stack.postfix.release_held()
        self.assertIn("verdict=quarantine", self.mailbox.only_message("INBOX")["X-Winnow"])

    def test_discard_takes_the_message_and_drops_it(self):
        self.deliver("please drop me")
        self.assert_nothing_delivered()
        self.assertTrue(self.stack.winnow.wait_for_log("verdict=discard"))

    def test_tag_subject_puts_the_tag_before_the_subject(self):
        self.deliver("please tag me")
        found = self.mailbox.only_message("INBOX")
        self.assertEqual(["[CHECK] please tag me"], found.get_all("Subject"))

    def test_tag_subject_keeps_an_encoded_subject_readable(self):
        self.deliver("=?utf-8?Q?Gr=C3=BC=C3=9Fe=2C_tag_me?=")
        subject = self.mailbox.only_message("INBOX")["Subject"]
        self.assertEqual("[CHECK] Grüße, tag me", str(email.header.make_header(email.header.decode_header(subject))))

    def test_tag_subject_leaves_all_of_a_long_subject(self):
        words = "".join(f"\r\n word{n}-{'x' * 60}" for n in range(800))  # Postfix itself cuts at 60,000 bytes
        self.deliver("tag me" + words)
        found = self.mailbox.only_message("INBOX")
        self.assertEqual(("[CHECK] tag me" + words).split(), found["Subject"].split())

    def test_add_header_of_a_continuing_rule_is_kept(self):
        self.deliver("add a header and tag me")
        found = self.mailbox.only_message("INBOX")
        self.assertEqual("seen by rule", found["X-Site-Note"])
        self.assertTrue(found["Subject"].startswith("[CHECK] "))

    def test_the_middle_stays_in_the_inbox_with_the_flag_header(self):
        self.deliver("in the middle")
        found = self.mailbox.only_message("INBOX")
        self.assertIsNone(found["X-Spam-Flag"])
        self.assertEqual("suspect", found["X-Winnow-Flag"])
        self.assertIn("verdict=flag", found["X-Winnow"])

    def test_a_refused_message_does_not_disturb_the_next_message_of_the_session(self):
        with self.stack.postfix.client() as smtp:
            with self.assertRaises(smtplib.SMTPDataError):
                smtp.sendmail("anna@sender.example", [self.address], mail.ham(subject="refuse me"))
            smtp.sendmail("anna@sender.example", [self.address], mail.ham(subject="take me"))
        self.assertEqual("take me", self.mailbox.only_message("INBOX")["Subject"])


class Thresholds(StackTest):
    """The thresholds are put around the probability that the same mail got before, so that a retrained model cannot
    move it to the other side."""

    TEXT = "Last chance to save 30 % on the winter sale. Order now: http://shop.example/sale\n"
    TEMPLATE = """
version: 1
thresholds: {{ junk: {junk:.3f}%, flag: {flag:.3f}% }}
rules:
  - {{ id: junk, when: spam >= junk, then: [junk] }}
  - {{ id: flag, when: spam >= flag, then: [flag] }}
"""
    RULES = TEMPLATE.format(junk=90, flag=50)

    def deliver_and_read(self, user):
        self.stack.deliver(self.octets, user)
        self.stack.postfix.wait_until_queue_is_empty()
        box = self.stack.dovecot.mailbox(user)
        return (box.messages("INBOX") + box.messages("Junk"))[0]

    def setUp(self):
        super().setUp()
        self.octets = mail.message(subject="Winter sale", text=self.TEXT)
        found = self.deliver_and_read(self.stack.new_user("probe"))
        self.percent = float(found["X-Spam-Score"].rstrip("%"))

    def use_thresholds(self, flag, junk):
        reloads = len(self.stack.winnow.log_lines(r"\breloaded\b"))
        self.stack.winnow.write_rules(self.TEMPLATE.format(flag=flag, junk=junk))
        self.stack.winnow.send(signal.SIGUSR1)
        self.stack.winnow.wait_for_log(r"\breloaded\b", beyond=reloads)

    def test_a_probability_between_the_thresholds_is_flagged(self):
        self.use_thresholds(flag=self.percent / 2, junk=(self.percent + 100) / 2)
        found = self.deliver_and_read(self.user)
        self.assertEqual("suspect", found["X-Winnow-Flag"])
        self.assertEqual(1, len(self.mailbox.messages("INBOX")))

    def test_a_probability_over_the_junk_threshold_goes_to_junk(self):
        self.use_thresholds(flag=self.percent / 4, junk=self.percent / 2)
        self.deliver_and_read(self.user)
        self.assertEqual(1, len(self.mailbox.messages("Junk")))

    def test_a_probability_under_both_thresholds_is_accepted(self):
        self.use_thresholds(flag=(self.percent + 100) / 2, junk=(self.percent + 300) / 4)
        found = self.deliver_and_read(self.user)
        self.assertIn("verdict=accept", found["X-Winnow"])
        self.assertIsNone(found["X-Winnow-Flag"])
