#!/usr/bin/env python3
"""Compares options of `winnow train` for a site's own mail, without looking at the test split.

usage: tests/bench/accuracy/site_options.py [--corpus NAME]... [--corpora DIR] [--winnow PROGRAM] [-- OPTIONS...]

Each OPTIONS is one argument with options of winnow train, as '--site --batch-size 64' ('--site' by default). The train and dev
splits of a corpus are put in order of time and cut three times into what is learnt, held out and judged, with a gap before
what is judged: mail of the months after next is what a model is for, and inside the same months all options look alike.
Prints a row for each OPTIONS and corpus: means over the cuts. Skips (exit 0) when there are no corpora.
"""
import argparse
import csv
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import figures
import mail

ROOT = Path(__file__).resolve().parents[3]
CUTS = [(0.15, 0.25, 0.30), (0.25, 0.35, 0.60), (0.40, 0.50, 0.75)]  # ends of learnt and held out, begin of judged
FIGURES = ["one_minus_auc", "recall_at_fpr_0.1%", "recall_at_fpr_1%", "fpr_90"]


def split_at(place, cut):
    """None in the gap."""
    learnt, held_out, judged = cut
    if place >= judged:
        return "test"
    if place >= held_out:
        return None
    return "train" if place < learnt else "dev"


def write_index(file, rows, cut):
    """The rows, in order of time, with the splits of this cut."""
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
        writer.writeheader()
        for number, row in enumerate(rows):
            split = split_at(number / len(rows), cut)
            if split:
                writer.writerow({**row, "split": split})


def measure(winnow, corpora, corpus, options):
    rows = sorted(mail.rows_of(os.path.join(corpora, "index.tsv"), corpus, ("train", "dev")), key=lambda row: row["date"])
    found = []
    for cut in CUTS:
        with tempfile.TemporaryDirectory() as folder:
            archive = os.path.join(corpora, corpus + ".tar.zst")
            source = archive if os.path.exists(archive) else os.path.join(corpora, corpus)
            os.symlink(source, os.path.join(folder, os.path.basename(source)))
            index, model = os.path.join(folder, "index.tsv"), os.path.join(folder, "site.pt")
            write_index(index, rows, cut)
            subprocess.run([winnow, "train", *shlex.split(options), "--index", index, "-o", model], check=True,
                           stdout=subprocess.DEVNULL)
            found.append(figures.of_model(winnow, model, index, corpus, FIGURES))
    return [100 * sum(column) / len(column) for column in zip(*found)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("options", nargs="*", default=["--site"], metavar="OPTIONS")
    parser.add_argument("--corpus", action="append")
    parser.add_argument("--corpora", default=str(ROOT.parent / "shared" / "corpora"))
    parser.add_argument("--winnow", default=str(ROOT / "build" / "release" / "bin" / "winnow"))
    arguments = parser.parse_args()
    if not os.path.exists(os.path.join(arguments.corpora, "index.tsv")):
        sys.exit(print("site_options.py: skipped: no index.tsv in " + arguments.corpora, file=sys.stderr))
    print("| options | corpus | 1-AUC % | recall at 0.1 % FP | at 1 % FP | ham, p >= 0.9 | ECE % |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for options in arguments.options:
        for corpus in arguments.corpus or ["lists-misc", "spamassassin"]:
            means = measure(arguments.winnow, os.path.abspath(arguments.corpora), corpus, options)
            print("| `%s` | %s | %.3f | %.1f | %.1f | %.2f | %.2f |" % (options, corpus, *means), flush=True)


if __name__ == "__main__":
    main()
