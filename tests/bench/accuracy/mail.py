#!/usr/bin/env python3
"""Labelled mail as other filters want it: one file a message, without the verdicts of earlier filters.

usage: mail.py clean --corpora DIR --corpus NAME --output DIR
"""
import argparse
import csv
import hashlib
import os
import re
import subprocess
import tempfile

# What earlier filters wrote. Winnow never looks at it; to other filters it would tell the answer.
VERDICT_HEADER = re.compile(
    rb"(?i)^(x-spam|x-spamd|x-rspamd|x-foff-|x-ms-exchange-organization-scl|x-microsoft-antispam|x-forefront-antispam|"
    rb"x-sid-|x-va-spam|x-rc-spam|xstatus|xlevel|xchecker-version|x-mailman-rule-|x-crm114-|x-greylist|x-policyd-weight|"
    rb"x-kasloop|x-ymailisg|x-barracuda-|x-ironport-|x-amavis|x-bogosity|x-virus|x-antispam|x-proofpoint-|"
    rb"x-brightmail-|x-caa-spam|x-mbo-spam)[^:]*:")
SUBJECT_TAG = re.compile(rb"(?i)^(subject:\s*)((\[spam\]|\*{3,}\s*spam\s*\*{3,})\s*)+")


def without_verdicts(octets):
    """The message without such header fields and subject tags. Line ends stay as they are."""
    end = re.search(rb"\r?\n\r?\n", octets)
    head, body = (octets[:end.start()], octets[end.start():]) if end else (octets, b"")
    fields = re.split(rb"(?m)^(?![ \t])", head)  # a field with its folded lines
    kept = [SUBJECT_TAG.sub(rb"\1", field) for field in fields if not VERDICT_HEADER.match(field)]
    # The separator begins with the last field's line end, and what ended it must not be doubled when that was dropped.
    return b"".join(kept).rstrip(b"\r\n") + body


def rows_of(index, corpus, splits):
    """Rows of the index as dictionaries, in its order."""
    with open(index, newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row["corpus"] == corpus and row["split"] in splits]


def sample(rows, most):
    """At most so many (0: all), half of each label where there are enough of both.

    By a hash of the content, so that each run and each filter gets the same ones.
    """
    if most <= 0 or len(rows) <= most:
        return rows
    by_hash = sorted(rows, key=lambda row: hashlib.sha256(("sample-1" + row["sha256"]).encode()).digest())
    spam = [row for row in by_hash if row["label"] == "spam"]
    ham = [row for row in by_hash if row["label"] == "ham"]
    of_spam = min(len(spam), max(most // 2, most - len(ham)))
    chosen = {row["path"] for row in spam[:of_spam] + ham[:most - of_spam]}
    return [row for row in rows if row["path"] in chosen]


def clean_tree(source, target):
    for folder, _, files in os.walk(source):
        place = os.path.join(target, os.path.relpath(folder, source))
        os.makedirs(place, exist_ok=True)
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                octets = without_verdicts(file.read())
            with open(os.path.join(place, name), "wb") as file:
                file.write(octets)


def clean(corpora, corpus, output):
    """Writes the cleaned corpus, unless it is there."""
    if os.path.isdir(output):
        return
    folder, temporary = os.path.join(corpora, corpus), output + ".new"
    with tempfile.TemporaryDirectory() as unpacked:
        if not os.path.isdir(folder):
            subprocess.run(["tar", "--zstd", "-xf", folder + ".tar.zst", "-C", unpacked], check=True)
            folder = unpacked
        clean_tree(folder, temporary)
    os.rename(temporary, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["clean"])
    parser.add_argument("--corpora", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    os.makedirs(os.path.dirname(os.path.abspath(arguments.output)), exist_ok=True)
    clean(arguments.corpora, arguments.corpus, arguments.output)


if __name__ == "__main__":
    main()
