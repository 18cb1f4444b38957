"""Postfix, Winnow and Dovecot joined: what a message passes from the client to the folder.

A test class derives from StackTest; the three are started once per class and stopped after it.
"""
import concurrent.futures
import dataclasses
import itertools
import pathlib
import shutil
import tempfile
import unittest

from harness.dovecot import Dovecot
from harness.postfix import Postfix
from harness.winnow import Winnow


@dataclasses.dataclass
class Places:
    """Where the things under test lie."""
    source: pathlib.Path
    binaries: pathlib.Path

    @property
    def daemon(self):
        return self.binaries / "winnow-milter"

    @property
    def tool(self):
        return self.binaries / "winnow"

    @property
    def model(self):
        return self.source / "models" / "default.pt"

    @property
    def shipped_rules(self):
        return self.source / "config" / "rules.yaml"

    @property
    def postfix_snippet(self):
        return self.source / "packaging" / "postfix" / "main.cf.snippet"

    @property
    def sieve_script(self):
        return self.source / "packaging" / "sieve" / "winnow.sieve"


PLACES = None  # set by run.py before any test runs


def make_root():
    """A folder that user postfix can pass through; sockets in it must stay under 108 octets."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="winnow-e2e-", dir="/var/tmp"))
    root.chmod(0o755)
    return root


class Stack:
    def __init__(self, rules_text=None):
        self.root = make_root()
        self.dovecot = Dovecot(self.root / "dovecot", PLACES.sieve_script)
        self.winnow = Winnow(PLACES, self.root / "winnow", rules_text)
        self.postfix = Postfix(self.root / "postfix", PLACES.postfix_snippet, self.dovecot.lmtp_socket,
                               self.dovecot.auth_socket, self.winnow.socket)
        self._names = itertools.count(1)

    def start(self):
        for part in (self.dovecot, self.winnow, self.postfix):
            part.start()

    def stop(self):
        # Together, because each takes some seconds to notice.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for stopped in [pool.submit(part.stop) for part in (self.postfix, self.winnow, self.dovecot)]:
                stopped.result()
        shutil.rmtree(self.root)

    def new_user(self, name="user"):
        """A local part that no test had before."""
        return f"{name}-{next(self._names)}"

    def deliver(self, octets, user, service="tempfail", sender="anna@sender.example", **client):
        """Sends one message to `user`, whom it must reach."""
        with self.postfix.client(service, **client) as smtp:
            smtp.sendmail(sender, [f"{user}@example.test"], octets)

    def log_tails(self, lines=25):
        for log in (self.postfix.log, self.winnow.log, self.dovecot.log):
            if log.exists():
                yield f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


class StackTest(unittest.TestCase):
    """`RULES` is the text of the rules file, None for the shipped one."""
    RULES = None
    stack = None

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(cls.RULES)
        cls.addClassCleanup(cls.stack.stop)
        try:
            cls.stack.start()
        except Exception:
            print("\n".join(cls.stack.log_tails()))
            raise

    def setUp(self):
        self.user = self.stack.new_user(self._testMethodName.removeprefix("test_")[:20].strip("_"))
        self.mailbox = self.stack.dovecot.mailbox(self.user)
        self.address = f"{self.user}@example.test"
