"""Mail that nobody should send: a sane verdict, no crash, and memory that stays within a bound."""
import concurrent.futures

from harness import mail
from harness.stack import StackTest

# What one round of such mail may add to the daemon's highest memory. max_scan_bytes is 1 MiB of a message; the text, the
# HTML and the features made of it are bounded by several times that. Measured: 9 MiB for the whole module.
GROWTH_BOUND_MIB = 32
BIG_BODIES_AT_ONCE = 3


class BadInput(StackTest):
    def assert_sane_verdict(self, octets):
        """Delivers one message and returns it; the daemon has judged it, lives, and has not grown beyond the bound."""
        before = self.stack.winnow.resident_mib("VmHWM")
        self.stack.deliver(octets, self.user)
        self.stack.postfix.wait_until_queue_is_empty(120)
        found = self.mailbox.messages("INBOX") + self.mailbox.messages("Junk")
        self.assertEqual(1, len(found))
        self.assertRegex(found[0]["X-Winnow"], r"verdict=(accept|flag|junk)\b")
        self.assertTrue(self.stack.winnow.running())
        self.assertLess(self.stack.winnow.resident_mib("VmHWM") - before, GROWTH_BOUND_MIB)
        return found[0]

    def test_8_bit_headers_and_body_without_a_charset(self):
        octets = mail.message(subject="SUBJECT", text="latin: BODY\n")
        self.assert_sane_verdict(octets.replace(b"SUBJECT", b"Gr\xfc\xdfe \xff\xfe").replace(b"BODY", bytes(range(128, 256))))

    def test_nul_bytes_in_the_body(self):
        self.assert_sane_verdict(mail.message(text="a NUL\n" * 50).replace(b"NUL", b"\0"))

    def test_nul_bytes_do_not_hide_gtube(self):
        octets = mail.gtube().replace(b"This mail", b"This\0mail")
        self.assertEqual("YES", self.assert_sane_verdict(octets)["X-Spam-Flag"])

    def test_a_multipart_that_never_ends(self):
        self.assert_sane_verdict(multipart("b", b"--b\r\nContent-Type: text/html\r\n\r\n<p>no end <b <i <a href='http://"))

    def test_a_multipart_without_a_boundary_parameter(self):
        self.assert_sane_verdict(multipart("b", b"--b\r\n\r\ntext\r\n--b--\r\n").replace(b"; boundary=b", b""))

    def test_200_levels_of_nested_multiparts(self):
        body = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(200))
        self.assert_sane_verdict(multipart("b0", body + b"--b200\r\n\r\nthe end\r\n"))

    def test_20000_empty_parts(self):
        self.assert_sane_verdict(multipart("b", b"--b\r\n\r\n\r\n" * 20_000))

    def test_broken_base64_and_lying_headers(self):
        octets = mail.message(text="####not base64####\n" * 100,
                              headers=[("Content-Transfer-Encoding", "base64"), ("Content-Type", "text/html; charset=x-none"),
                                       ("Date", "yesterday"), ("From", "<<<>>>@@"), ("Content-Type", "image/png")])
        self.assert_sane_verdict(octets)

    def test_a_header_of_90_kb(self):
        folded = "\r\n ".join(["word" * 200] * 110)
        self.assert_sane_verdict(mail.message(headers=[("X-Long", folded)]))

    def test_no_header_and_no_body(self):
        self.assert_sane_verdict(b"\r\n")

    def test_only_a_body(self):
        self.assert_sane_verdict(b"\r\nhello there\r\n")

    def test_100000_headers(self):
        self.assert_sane_verdict(mail.message(headers=[(f"X-H{n}", "v") for n in range(100_000)]))

    def test_bodies_of_50_mb_at_once(self):
        octets = mail.message(text=("0123456789abcdef " * 4 + "\n") * (50_000_000 // 69))
        before = self.stack.winnow.resident_mib("VmHWM")
        with concurrent.futures.ThreadPoolExecutor(BIG_BODIES_AT_ONCE) as senders:
            list(senders.map(lambda _: self.stack.deliver(octets, self.user), range(BIG_BODIES_AT_ONCE)))
        self.stack.postfix.wait_until_queue_is_empty(120)
        found = self.mailbox.messages("INBOX") + self.mailbox.messages("Junk")
        self.assertEqual(BIG_BODIES_AT_ONCE, len(found))
        for message in found:
            self.assertRegex(message["X-Winnow"], r"verdict=(accept|flag|junk)\b")
            self.assertGreater(len(message.octets), 50_000_000)
        self.assertLess(self.stack.winnow.resident_mib("VmHWM") - before, GROWTH_BOUND_MIB)


def multipart(boundary, body):
    """A message whose body is given as octets, said to be multipart."""
    head = mail.message(text="", headers=[])
    head = head.replace(b"Content-Type: text/plain; charset=utf-8",
                        b"Content-Type: multipart/mixed; boundary=" + boundary.encode())
    return head + body
