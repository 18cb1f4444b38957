"""Winnow dies, hangs or goes away: Postfix answers as milter_default_action says, and nothing is lost or doubled."""
import signal
import smtplib

from harness import mail
from harness.stack import StackTest


class OpenMessage:
    """A message of which Postfix has the envelope and the first part."""

    def __init__(self, smtp, recipient, octets):
        half = len(octets) // 2
        self._smtp, self._rest = smtp, octets[half:]
        smtp.mail("anna@sender.example")
        smtp.rcpt(recipient)
        code, text = smtp.docmd("DATA")
        if code != 354:
            raise AssertionError(f"DATA refused: {code} {text!r}")
        smtp.sock.sendall(octets[:half])

    def finish(self):
        """Sends the rest; the reply code."""
        self.send_rest()
        return self.reply()

    def send_rest(self):
        self._smtp.sock.sendall(self._rest + b"\r\n.\r\n")

    def reply(self):
        return self._smtp.getreply()[0]


class Death(StackTest):
    def setUp(self):
        super().setUp()
        if not self.stack.winnow.running():
            self.stack.winnow.start()

    def assert_delivered_once(self, judged):
        self.stack.postfix.wait_until_queue_is_empty()
        found = self.mailbox.only_message("INBOX")
        self.assertEqual(judged, found["X-Winnow"] is not None)

    def test_killed_within_a_message_tempfail_answers_451_and_the_retry_arrives_once(self):
        octets = mail.ham()
        with self.stack.postfix.client("tempfail") as smtp:
            message = OpenMessage(smtp, self.address, octets)
            self.stack.winnow.kill()
            self.assertEqual(451, message.finish())
        self.stack.winnow.start()
        self.stack.deliver(octets, self.user)
        self.assert_delivered_once(judged=True)

    def test_killed_within_a_message_accept_delivers_it_unjudged(self):
        with self.stack.postfix.client("accept") as smtp:
            message = OpenMessage(smtp, self.address, mail.ham())
            self.stack.winnow.kill()
            self.assertEqual(250, message.finish())
        self.assert_delivered_once(judged=False)

    def test_killed_while_it_judges_tempfail_answers_451(self):
        with self.stack.postfix.client("tempfail") as smtp:
            message = OpenMessage(smtp, self.address, mail.ham())
            self.stack.winnow.send(signal.SIGSTOP)
            message.send_rest()
            self.stack.winnow.kill()
            self.assertEqual(451, message.reply())
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertEqual(0, self.mailbox.count())

    def test_killed_while_it_judges_accept_delivers_it_unjudged(self):
        with self.stack.postfix.client("accept") as smtp:
            message = OpenMessage(smtp, self.address, mail.ham())
            self.stack.winnow.send(signal.SIGSTOP)
            message.send_rest()
            self.stack.winnow.kill()
            self.assertEqual(250, message.reply())
        self.assert_delivered_once(judged=False)

    def test_hung_tempfail_answers_451_after_the_timeout_and_mail_flows_when_it_wakes(self):
        octets = mail.ham()
        with self.stack.postfix.client("impatient") as smtp:
            message = OpenMessage(smtp, self.address, octets)
            self.stack.winnow.send(signal.SIGSTOP)
            self.addCleanup(self.stack.winnow.send, signal.SIGCONT)
            self.assertEqual(451, message.finish())
        self.stack.winnow.send(signal.SIGCONT)
        self.stack.deliver(octets, self.user)
        self.assert_delivered_once(judged=True)

    def test_absent_tempfail_refuses_and_accept_delivers(self):
        self.stack.winnow.kill()
        with self.assertRaises(smtplib.SMTPResponseException) as refused:
            self.stack.deliver(mail.ham(), self.user, service="tempfail")
        self.assertEqual(451, refused.exception.smtp_code)
        self.stack.deliver(mail.ham(), self.user, service="accept")
        self.assert_delivered_once(judged=False)

    def test_back_after_a_kill_mail_flows_again(self):
        self.stack.winnow.kill()
        self.stack.winnow.start()
        self.stack.deliver(mail.gtube(), self.user)
        self.assertEqual("YES", self.mailbox.only_message("Junk")["X-Spam-Flag"])


class Stop(StackTest):
    def setUp(self):
        super().setUp()
        if not self.stack.winnow.running():
            self.stack.winnow.start()

    def assert_delivered_judged(self, code, octets):
        """After the stop: the message is taken and judged, or refused for now and then taken by the next daemon.

        Postfix hands MAIL over without waiting for a reply, so the daemon may stop before it has read it.
        """
        self.assertEqual(0, self.stack.winnow.wait())
        if code != 250:
            self.assertEqual(451, code)
            self.stack.winnow.start()
            self.stack.deliver(octets, self.user)
        self.stack.postfix.wait_until_queue_is_empty()
        self.assertIsNotNone(self.mailbox.only_message("INBOX")["X-Winnow"])

    def test_sigterm_within_a_message_loses_nothing(self):
        octets = mail.ham()
        with self.stack.postfix.client("tempfail") as smtp:
            message = OpenMessage(smtp, self.address, octets)
            self.stack.winnow.send(signal.SIGTERM)
            code = message.finish()
        self.assert_delivered_judged(code, octets)

    def test_sigterm_at_the_end_of_a_message_loses_nothing(self):
        octets = mail.ham()
        with self.stack.postfix.client("tempfail") as smtp:
            message = OpenMessage(smtp, self.address, octets)
            message.send_rest()
            self.stack.winnow.send(signal.SIGTERM)
            code = message.reply()
        self.assert_delivered_judged(code, octets)

    def test_sigterm_to_a_stopped_process_loses_nothing(self):
        octets = mail.ham()
        with self.stack.postfix.client("tempfail") as smtp:
            message = OpenMessage(smtp, self.address, octets)
            self.stack.winnow.send(signal.SIGSTOP)
            message.send_rest()
            self.stack.winnow.send(signal.SIGTERM)
            self.stack.winnow.send(signal.SIGCONT)
            code = message.reply()
        self.assert_delivered_judged(code, octets)

    def test_sigterm_when_idle_ends_with_status_0_and_takes_the_socket_away(self):
        self.assertEqual(0, self.stack.winnow.stop())
        self.assertFalse(self.stack.winnow.socket.exists())
