#!/usr/bin/env python3
"""Counts what separates ham from spam in generated mail although the shapes should be alike, and names it.

usage: balance.py DIR [--least N] [--ratio X]
  DIR        what generate.py wrote
  --least N  only what occurs in at least N messages (default 5 in 100)
  --ratio X  name what is X times as frequent in one label (default 3)
exit: 0 nothing of the shape separates, 1 something does (one line each; words are shown and do not count)
"""
import argparse
import collections
import email
import re
import sys
from pathlib import Path

SHOWN_WORDS = 15


def traits(raw):
    """-> set of (class, value): header names, part types, encodings, charsets, HTML tags, words of the HTML."""
    message = email.message_from_bytes(raw)
    out = {("header", name.lower()) for name in message.keys()}
    for part in message.walk():
        out.add(("type", part.get_content_type()))
        out.add(("encoding", str(part.get("Content-Transfer-Encoding", "")).lower()))
        out.add(("charset", str(part.get_content_charset())))
        if part.get_content_type() in ("text/html", "text/plain"):
            text = (part.get_payload(decode=True) or b"").decode(part.get_content_charset() or "utf-8", "replace").lower()
            out |= {("tag", tag) for tag in re.findall(r"<([a-z0-9:]+)", text)}
            out |= {("host", host) for host in re.findall(r"https?://([^/\s\"'>)]+)", text)}
            out |= {("word", word) for word in re.findall(r"[^\W\d_]{3,}", re.sub(r"<[^>]*>|https?://\S+", " ", text))}
    return out


def counts(folder):
    found, totals = collections.defaultdict(lambda: {"ham": 0, "spam": 0}), {"ham": 0, "spam": 0}
    for label in totals:
        for file in sorted(Path(folder).glob(f"*/{label}/*.eml")):
            totals[label] += 1
            for trait in traits(file.read_bytes()):
                found[trait][label] += 1
    return found, totals


def separating(found, totals, least, ratio):
    """-> [(how many times, trait, ham, spam)], the strongest first."""
    out = []
    for trait, seen in found.items():
        if seen["ham"] + seen["spam"] < least:
            continue
        ham, spam = ((seen[label] + 1) / (totals[label] + 2) for label in ("ham", "spam"))
        times = max(ham / spam, spam / ham)
        if times >= ratio:
            out.append((times, trait, seen["ham"], seen["spam"]))
    return sorted(out, reverse=True)


def main(argv=None):
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--least", type=int)
    parser.add_argument("--ratio", type=float, default=3.0)
    options = parser.parse_args(argv)
    found, totals = counts(options.folder)
    if not all(totals.values()):
        print(f"balance: {options.folder} does not hold both labels", file=sys.stderr)
        return 1
    least = options.least or max(10, sum(totals.values()) // 20)
    strong = separating(found, totals, least, options.ratio)
    of_shape = [row for row in strong if row[1][0] != "word"]
    for times, (group, value), ham, spam in of_shape + [row for row in strong if row[1][0] == "word"][:SHOWN_WORDS]:
        print(f"{group:9} {value:30} ham {ham:6} spam {spam:6}  x{times:.1f}")
    return 1 if of_shape else 0


if __name__ == "__main__":
    sys.exit(main())
