#!/usr/bin/env python3
"""How much spam a model still finds when its text is disguised.

usage: tests/bench/accuracy/disguise.py --model FILE [--corpora DIR] [--split dev|test] [--sample N] [--winnow PROGRAM]

Takes a seeded sample of the spam of a split, writes it anew without and with each disguise, and lets `winnow evaluate`
judge it: one row per disguise, recall at 50 % and 90 %. Every message is written by the same code in all rows, so that
only the disguise differs. A long innocent tail is taken from ham of the same split, which the model never saw; so are
the ten words that are repeated a hundred times and the line that a forged answer quotes above its text.
Skips (exit 0) when there are no corpora.
"""
import argparse
import csv
import email
import email.charset
import email.errors
import email.header
import email.policy
import io
import json
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXT_NODE = re.compile(r"(<!--.*?-->|<(?:style|script)\b.*?</(?:style|script)\s*>|<[^>]*>|&#?\w+;)", re.S | re.I)
WORD = re.compile(r"[^\W\d_]{4,}")
# Latin letters and the Cyrillic and Greek ones that look the same.
LOOK_ALIKES = str.maketrans("aceopxyABEHKMOPTX", "асеорхуАВЕНКМОРТХ")
LEET = str.maketrans("aeiosAEIOS", "4310543105")


def zero_width(word, dice):
    at = dice.randrange(1, len(word))
    return word[:at] + dice.choice("\u200b\u200c\u200d\u2060\ufeff") + word[at:]


def look_alikes(word, dice):
    places = [i for i, letter in enumerate(word) if ord(letter.translate(LOOK_ALIKES)) != ord(letter)]
    if not places:
        return word
    at = dice.choice(places)
    return word[:at] + word[at].translate(LOOK_ALIKES) + word[at + 1:]


def leetspeak(word, dice):
    return word.translate(LEET) if dice.random() < 0.3 else word


def spaced_out(word, dice):
    return dice.choice(" .-_").join(word) if dice.random() < 0.2 else word


def split_by_tags(word, dice):
    at = dice.randrange(1, len(word))
    return word[:at] + dice.choice(["<b></b>", "<!-- x -->", "<span></span>", "<i></i>"]) + word[at:]


WORD_DISGUISES = {"zero-width": zero_width, "look-alikes": look_alikes, "leetspeak": leetspeak, "spaced-out": spaced_out}


def of_text(text, disguise, dice):
    return WORD.sub(lambda match: disguise(match.group(), dice), text)


def of_html(html, disguise, dice):
    pieces = TEXT_NODE.split(html)
    return "".join(piece if i % 2 else of_text(piece, disguise, dice) for i, piece in enumerate(pieces))


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>\n")


def paragraph(text, subtype):
    return "<p>" + escaped(text) + "</p>" if subtype == "html" else "\n\n" + text


def text_parts(message):
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart() and part.get_filename() is None:
            if part.get_content_subtype() in ("plain", "html"):
                yield part


def content_of(part):
    raw = part.get_payload(decode=True) or b""
    for charset in (part.get_content_charset(), "utf-8", "latin-1"):
        try:
            return raw.decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")


def write_part(part, text, subtype, transfer="quoted-printable"):
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del part[name]
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    charset = email.charset.Charset("utf-8")
    charset.body_encoding = email.charset.BASE64 if transfer == "base64" else email.charset.QP
    part.set_payload(text.encode("utf-8", "replace").decode("utf-8"), charset)


def rewrite_subject(message, disguise, dice):
    try:
        subject = str(email.header.make_header(email.header.decode_header(message.get("Subject", ""))))
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return
    del message["Subject"]
    message["Subject"] = email.header.Header(of_text(subject, disguise, dice), "utf-8")


def forge_answer(message):
    subject = str(email.header.make_header(email.header.decode_header(message.get("Subject", ""))))
    del message["Subject"], message["In-Reply-To"]
    message["Subject"] = email.header.Header("Re: " + subject, "utf-8")
    message["In-Reply-To"] = "<1@mail.example>"


def disguised(raw, name, dice, tail):
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    if name == "forged answer":
        forge_answer(message)
    if name in WORD_DISGUISES:
        rewrite_subject(message, WORD_DISGUISES[name], dice)
    for part in list(text_parts(message)):
        text, subtype = content_of(part), part.get_content_subtype()
        transfer = "base64" if name == "base64" else "quoted-printable"
        if name in WORD_DISGUISES:
            text = (of_html if subtype == "html" else of_text)(text, WORD_DISGUISES[name], dice)
        elif name == "split by tags":
            if subtype == "plain":
                text, subtype = "<html><body>" + escaped(text) + "</body></html>", "html"
            text = of_html(text, split_by_tags, dice)
        elif name == "innocent tail":
            text += paragraph(tail, subtype)
        elif name == "repeated words":
            text += paragraph(" ".join(tail.split()[:10] * 100), subtype)
        elif name == "forged answer":
            quote = "> " + tail.strip().split("\n")[0][:70] + "\n\n"
            text = (escaped(quote) if subtype == "html" else quote) + text
        elif name == "many links":
            urls = [f"https://en.wikipedia.org/wiki/{number}" for number in range(1, 51)]
            text += "".join(f'<a href="{url}">{url[-2:]}</a> ' if subtype == "html" else "\n" + url for url in urls)
        elif name == "hidden tail" and subtype == "html":
            text += '<div style="display:none">' + escaped(tail) + "</div>"
        write_part(part, text, subtype, transfer)
    return message.as_bytes()


DISGUISES = ["none", *WORD_DISGUISES, "split by tags", "innocent tail", "repeated words", "hidden tail", "forged answer",
             "many links", "base64"]


def read_rows(corpora, wanted):
    with open(corpora / "index.tsv", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if wanted(row)]


def read_mail(corpora, rows):
    """{(corpus, path): octets}, an archive at a time."""
    mail = {}
    for corpus in sorted({row["corpus"] for row in rows}):
        paths = {row["path"] for row in rows if row["corpus"] == corpus}
        unpacked = subprocess.run(["zstd", "-dcq", str(corpora / f"{corpus}.tar.zst")], check=True, capture_output=True)
        with tarfile.open(fileobj=io.BytesIO(unpacked.stdout)) as archive:
            for member in archive:
                if member.name.removeprefix("./") in paths:
                    mail[corpus, member.name.removeprefix("./")] = archive.extractfile(member).read()
    return mail


def tails_from(mail):
    texts = []
    for raw in mail.values():
        for part in text_parts(email.message_from_bytes(raw)):
            if part.get_content_subtype() == "plain":
                texts.append(content_of(part)[:6000])
    return [text for text in texts if len(text) > 1500]


def write_sets(folder, spam, tails, seed):
    lines = ["corpus\tpath\tlabel\tsplit"]
    for name in DISGUISES:
        corpus = name.replace(" ", "-")
        (folder / corpus).mkdir()
        for number, key in enumerate(sorted(spam)):
            dice = random.Random(f"{seed} {key}")
            try:
                octets = disguised(spam[key], name, dice, dice.choice(tails))
            except (LookupError, UnicodeError, ValueError, KeyError, TypeError):
                continue  # Python cannot write it anew; then it is missing in the other rows, too
            (folder / corpus / f"{number:05}.eml").write_bytes(octets)
    kept = set.intersection(*({p.name for p in (folder / name.replace(" ", "-")).iterdir()} for name in DISGUISES))
    for name in DISGUISES:
        corpus = name.replace(" ", "-")
        lines += [f"{corpus}\t{file}\tspam\ttest" for file in sorted(kept)]
    (folder / "index.tsv").write_text("\n".join(lines) + "\n")
    return len(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora")
    parser.add_argument("--split", default="test", choices=["dev", "test"])
    parser.add_argument("--sample", type=int, default=150, help="spam of each corpus (default 150)")
    parser.add_argument("--winnow", default=str(ROOT / "build/release/bin/winnow"))
    arguments = parser.parse_args()
    if not (arguments.corpora / "index.tsv").is_file():
        print(f"disguise: skipped: no index.tsv in {arguments.corpora}", file=sys.stderr)
        return 0
    seed = 20261121
    dice = random.Random(seed)
    rows = read_rows(arguments.corpora, lambda row: row["split"] == arguments.split and row["label"] == "spam")
    chosen = []
    for corpus in sorted({row["corpus"] for row in rows}):
        of_corpus = [row for row in rows if row["corpus"] == corpus]
        chosen += dice.sample(of_corpus, min(arguments.sample, len(of_corpus)))
    ham = read_rows(arguments.corpora, lambda row: row["split"] == arguments.split and row["corpus"] == "spamassassin"
                    and row["label"] == "ham")
    with tempfile.TemporaryDirectory() as folder:
        tails = tails_from(read_mail(arguments.corpora, dice.sample(ham, 200)))
        kept = write_sets(Path(folder), read_mail(arguments.corpora, chosen), tails, seed)
        answer = subprocess.run([arguments.winnow, "evaluate", "--json", "--model", arguments.model, "--index",
                                 f"{folder}/index.tsv"], check=True, capture_output=True, text=True)
    figures = json.loads(answer.stdout)["corpora"]
    plain = figures["none"]["recall_50"]
    print(f"{kept} spam of the {arguments.split} split, at most {arguments.sample} of a corpus\n")
    print("| disguise | recall at 50 % | change | recall at 90 % |\n| --- | ---: | ---: | ---: |")
    for name in DISGUISES:
        row = figures[name.replace(" ", "-")]
        print(f"| {name} | {100 * row['recall_50']:.1f} | {100 * (row['recall_50'] - plain):+.1f} | "
              f"{100 * row['recall_90']:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
