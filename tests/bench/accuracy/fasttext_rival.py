"""fastText on the decoded subject and the visible text, one line a message."""
import email
import email.header
import email.policy
import html.parser
import os
import re
import subprocess
import tempfile

MAX_TEXT = 200_000  # characters of one message
# The settings of fastText's tutorial on text classification, with word pairs.
OPTIONS = ["-epoch", "25", "-lr", "0.5", "-wordNgrams", "2", "-dim", "50", "-bucket", "500000", "-thread", "1"]


class VisibleText(html.parser.HTMLParser):
    """The text of a page, without scripts and style sheets."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def decoded_header(value):
    text = ""
    for part, charset in email.header.decode_header(str(value or "")):
        text += part if isinstance(part, str) else decoded(part, charset)
    return text


def decoded(octets, charset):
    try:
        return octets.decode(charset or "utf-8", "replace")
    except LookupError:
        return octets.decode("latin-1")


def text_of(octets):
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    try:
        subject = decoded_header(message["Subject"])
    except email.errors.HeaderParseError:
        subject = str(message["Subject"])
    texts = {"text/plain": [], "text/html": []}
    for part in message.walk():
        if part.get_content_type() in texts and not part.is_multipart():
            charset = part.get_content_charset()
            texts[part.get_content_type()].append(decoded(part.get_payload(decode=True) or b"", charset))
    body = "\n".join(texts["text/plain"])[:MAX_TEXT]
    for page in texts["text/html"]:
        visible = VisibleText()
        visible.feed(page[:MAX_TEXT])
        body += "\n" + " ".join(visible.parts)
    return subject + "\n" + body[:MAX_TEXT]


def line_of(file):
    """Lower case, punctuation parted from words, as the tutorial does it."""
    with open(file, "rb") as mail:
        text = text_of(mail.read()).lower()
    return " ".join(re.sub(r"([^\w\s])", r" \1 ", text).split()).encode("utf-8", "replace").decode()


def spam_probability(line):
    """A line of predict-prob names both labels; their quotient keeps more digits near 1 than 1 - p would."""
    fields = line.split()
    of = {fields[i]: max(float(fields[i + 1]), 1e-12) for i in range(0, len(fields), 2)}
    spam, ham = of.get("__label__spam", 1e-12), of.get("__label__ham", 1e-12)
    return spam / (spam + ham)


def judge(learnt, judged, _):
    with tempfile.TemporaryDirectory() as work:
        train, test, model = (os.path.join(work, name) for name in ("train.txt", "test.txt", "model"))
        with open(train, "w", encoding="utf-8") as out:
            for file, label in learnt:
                out.write("__label__%s %s\n" % (label, line_of(file)))
        with open(test, "w", encoding="utf-8") as out:
            for file in judged:
                out.write((line_of(file) or "empty") + "\n")
        subprocess.run(["fasttext", "supervised", "-input", train, "-output", model, "-verbose", "0", *OPTIONS],
                       check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run(["fasttext", "predict-prob", model + ".bin", test, "2"], check=True, capture_output=True,
                              text=True)
    lines = done.stdout.splitlines()
    if len(lines) != len(judged):
        raise RuntimeError("fasttext judged %d of %d messages" % (len(lines), len(judged)))
    return {"text": {file: spam_probability(line) for file, line in zip(judged, lines)}}
