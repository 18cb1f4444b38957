"""Many connections at once: every message arrives exactly once."""
import collections
import concurrent.futures

from harness import mail
from harness.stack import StackTest

CONNECTIONS = 20
MESSAGES_EACH = 10


class Load(StackTest):
    def test_200_messages_over_20_connections_arrive_exactly_once(self):
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as senders:
            sent = [number for numbers in senders.map(self.send_some, range(CONNECTIONS)) for number in numbers]
        self.stack.postfix.wait_until_queue_is_empty()
        arrived = self.mailbox.messages("INBOX") + self.mailbox.messages("Junk")
        self.assertEqual(collections.Counter(sent), collections.Counter(m["X-Number"] for m in arrived))
        self.assertTrue(all(m["X-Winnow"] for m in arrived))

    def send_some(self, connection):
        numbers = [f"{connection}-{n}" for n in range(MESSAGES_EACH)]
        with self.stack.postfix.client(address=f"198.51.100.{connection + 1}") as smtp:
            for number in numbers:
                smtp.sendmail("anna@sender.example", [self.address], mail.ham(headers=[("X-Number", number)]))
        return numbers
