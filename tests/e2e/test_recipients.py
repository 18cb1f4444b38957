"""One message for several recipients, of whom each wants something else done with it."""
from harness import mail
from harness.stack import StackTest

RULES = """
version: 1
overrides:
  - for: ["away@example.test"]
    rules: [{ id: away, when: subject contains "offer", then: [redirect: held@example.test] }]
  - for: ["filed@example.test"]
    rules: [{ id: filed, when: subject contains "offer", then: [junk: { extension: Junk }] }]
  - for: ["gone@example.test"]
    rules: [{ id: gone, when: subject contains "offer", then: [discard] }]
  - for: ["mild@example.test"]
    ceiling: junk
  - for: ["many@example.test"]
    rules: [{ id: many, when: subject contains "refuse", then: [accept] }]
rules:
  - id: copy
    when: subject contains "copy me"
    then:
      - bcc: copies@example.test
      - remove_header: X-Old
    continue: true
  - id: refuse
    when: subject contains "refuse"
    then:
      - reject:
          text: |
            Not here: {subject}
            Ask postmaster@{recipient.domain}
"""


class Recipients(StackTest):
    RULES = RULES

    def send(self, subject, users, **changes):
        with self.stack.postfix.client() as smtp:
            smtp.sendmail("anna@sender.example", [f"{user}@example.test" for user in users],
                          mail.ham(subject=subject, **changes))
        self.stack.postfix.wait_until_queue_is_empty()

    def count(self, user, folder="INBOX"):
        return len(self.stack.dovecot.mailbox(user).messages(folder))

    def test_each_gets_what_its_own_rules_say_and_nobody_loses_mail_by_it(self):
        self.send("an offer", ["away", "filed", "gone", self.user])
        self.assertEqual(1, self.count("held"))
        self.assertEqual(0, self.stack.dovecot.mailbox("away").count())
        self.assertEqual(0, self.count("filed"))
        self.assertEqual(1, self.count("filed", "Junk"))
        self.assertEqual(0, self.stack.dovecot.mailbox("gone").count())
        found = self.mailbox.only_message("INBOX")
        self.assertIsNone(found["X-Spam-Flag"], "the mildest verdict holds for the message as a whole")
        line = self.stack.winnow.wait_for_log("disagreement=yes")
        self.assertIn("recipients_added=2 recipients_removed=3", line)

    def test_no_rule_is_passed_by_writing_an_address_otherwise(self):
        spellings = ["<@relay.example:{}@example.test>", "<\"{}\"@example.test>", "< {}@example.test >",
                     "<{} (x)@example.test>", "<{}@(c)example.test>", "<{}@EXAMPLE.test.>"]
        backslash = "<\\{}@example.test>"
        for user, spelling in [(user, s) for user in ("away", "gone") for s in spellings + [backslash]]:
            with self.subTest(user=user, spelling=spelling), self.stack.postfix.client() as smtp:
                smtp.mail("anna@sender.example")
                code, text = smtp.docmd("RCPT", "TO:" + spelling.format(user))
                if code == 250:
                    self.assertEqual(250, smtp.data(mail.ham(subject="an offer"))[0])
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertGreater(self.count("held"), 3, "Postfix takes at least some of the spellings")
        self.assertEqual(0, self.stack.dovecot.mailbox("away").count())
        self.assertEqual(0, self.stack.dovecot.mailbox("gone").count())

    def test_a_recipient_who_is_named_twice_is_dropped_twice(self):
        with self.stack.postfix.client() as smtp:
            smtp.mail("anna@sender.example")
            smtp.rcpt(self.address)  # so that there is somebody left
            smtp.rcpt("gone@example.test")
            smtp.docmd("RCPT", "TO:<GONE@example.test> ORCPT=rfc822;x@y.example")
            self.assertEqual(250, smtp.data(mail.ham(subject="an offer"))[0])
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertEqual(0, self.stack.dovecot.mailbox("gone").count())
        self.assertEqual(1, self.mailbox.count())

    def test_mail_that_is_dropped_for_all_is_discarded(self):
        self.send("an offer", ["gone"])
        self.assertEqual(0, self.stack.dovecot.mailbox("gone").count())
        self.assertTrue(self.stack.winnow.wait_for_log("verdict=discard"))

    def test_a_copy_goes_beside_the_recipients_and_a_header_away(self):
        self.send("copy me", [self.user], headers=[("X-Old", "1"), ("X-Old", "2")])
        self.assertEqual(1, self.count("copies"))
        self.assertIsNone(self.mailbox.only_message("INBOX")["X-Old"])

    def test_a_ceiling_turns_a_refusal_into_junk(self):
        self.send("refuse", ["mild"])
        self.assertEqual(1, self.count("mild", "Junk"))
        self.assertIn("wanted=reject", self.stack.winnow.wait_for_log("wanted="))

    def test_one_who_wants_the_mail_keeps_it_from_being_refused_for_all(self):
        self.send("refuse", ["many", self.user])
        self.assertEqual(1, self.mailbox.count())

    def test_a_refusal_has_all_lines_of_its_text_with_facts_filled_in(self):
        with self.stack.postfix.client() as smtp:
            smtp.mail("anna@sender.example")
            smtp.rcpt(self.address)
            code, text = smtp.data(mail.ham(subject="please refuse this 100%"))
        self.assertEqual(550, code)
        self.assertEqual(b"5.7.1 Not here: please refuse this 100%\n5.7.1 Ask postmaster@example.test", text)
