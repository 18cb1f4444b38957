"""Invented mail. Everything here is made up; all names end in reserved domains (RFC 2606)."""
import itertools
import uuid

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

HAM_TEXT = """\
Hi Tom,

thanks for sending the draft yesterday. I read it on the train and only have two remarks: the second table should
use the figures from March, and the paragraph about the workshop can go, since we moved it to autumn anyway.

Shall we talk it over on Thursday at ten? Otherwise I would hand it to Petra so that she can do the layout before
her holiday.

Best regards
Anna
"""

SPAM_TEXT = """\
CONGRATULATIONS dear winner!!!

You have been selected to receive $1,500,000.00 USD!!! Act NOW, this is a limited time offer!!!
100% FREE, no risk, GUARANTEED!!! Cheap viagra, cialis, replica watches, casino bonus, lose weight fast!!!

CLICK HERE to claim your prize: http://203.0.113.77/claim.php?id=99213
Send your full name, bank account number and a copy of your passport to claims.department@winner.example now!!!

To unsubscribe click http://free-pills-4u.example/remove.php
"""

_numbers = itertools.count(1)


def message(subject="Draft of the report", text=HAM_TEXT, sender="Anna Berg <anna@sender.example>", headers=()):
    """Octets of a plain message; `headers` are (name, value) pairs added at the end of the header."""
    fields = [
        ("From", sender),
        ("To", "Tom Vale <tom@example.test>"),
        ("Subject", subject),
        ("Date", "Tue, 03 Mar 2026 09:12:07 +0100"),
        ("Message-ID", f"<{next(_numbers)}.{uuid.uuid4().hex}@sender.example>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        *headers,
    ]
    lines = [f"{name}: {value}" for name, value in fields] + ["", *text.split("\n")]
    return "\r\n".join(lines).encode()


def ham(**changes):
    return message(**changes)


def spam(**changes):
    defaults = {"subject": "YOU WON!!! Claim your $1,500,000 NOW!!!", "text": SPAM_TEXT,
                "sender": '"PRIZE DEPARTMENT" <x8842ww@free-pills-4u.example>'}
    return message(**(defaults | changes))


def gtube(**changes):
    return message(**({"subject": "Test of the filter", "text": f"This mail tests the filter.\n\n{GTUBE}\n"} | changes))
