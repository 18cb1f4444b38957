"""Many connections at once: every message arrives exactly once, also when the daemon dies meanwhile."""
import collections
import concurrent.futures
import smtplib

from harness import mail
from harness.stack import StackTest
from harness.wait import until

CONNECTIONS = 20
MESSAGES_EACH = 10


class Load(StackTest):
    def test_200_messages_over_20_connections_arrive_exactly_once(self):
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as senders:
            sent = [number for numbers in senders.map(self.send_some, range(CONNECTIONS)) for number in numbers]
        self.assert_arrived_exactly_once(sent)

    def test_killed_under_load_every_message_arrives_judged_and_exactly_once(self):
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as senders:
            results = [senders.submit(self.send_stubbornly, n) for n in range(CONNECTIONS)]
            for death in (1, 2):
                until(lambda: self.mailbox.count() > 30 * death, f"mail before death {death}")
                self.stack.winnow.kill()
                self.stack.winnow.start()
            sent = [number for result in results for number in result.result()]
        self.assert_arrived_exactly_once(sent)

    def assert_arrived_exactly_once(self, sent):
        self.stack.postfix.wait_until_queue_is_empty()
        arrived = self.mailbox.messages("INBOX") + self.mailbox.messages("Junk")
        self.assertEqual(collections.Counter(sent), collections.Counter(m["X-Number"] for m in arrived))
        self.assertTrue(all(m["X-Winnow"] for m in arrived))

    def send_stubbornly(self, connection):
        """Sends one message after the other, each again in a new session until it is taken, as an MTA does."""
        numbers = [f"stubborn-{connection}-{n}" for n in range(MESSAGES_EACH)]
        for number in numbers:
            octets = mail.ham(headers=[("X-Number", number)])
            until(lambda: self.taken(octets), f"message {number} to be taken", seconds=60, every=0.1)
        return numbers

    def taken(self, octets):
        try:
            self.stack.deliver(octets, self.user)
            return True
        except smtplib.SMTPRecipientsRefused as refused:
            self.assertEqual([451], [code for code, _ in refused.recipients.values()])
        except smtplib.SMTPResponseException as refused:
            self.assertEqual(451, refused.smtp_code)
        return False

    def send_some(self, connection):
        numbers = [f"{connection}-{n}" for n in range(MESSAGES_EACH)]
        with self.stack.postfix.client(address=f"198.51.100.{connection + 1}") as smtp:
            for number in numbers:
                smtp.sendmail("anna@sender.example", [self.address], mail.ham(headers=[("X-Number", number)]))
        return numbers
