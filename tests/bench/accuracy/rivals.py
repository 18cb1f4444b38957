#!/usr/bin/env python3
"""Lets another filter learn a corpus's train and dev splits and judge its test split.

usage: rivals.py RIVAL --mail DIR --corpus NAME --index FILE --output BASE [--max-train N] [--max-test N]

RIVAL is bogofilter, rspamd, fasttext or spamassassin. Writes BASE.VARIANT.scores.tsv, a table for
`winnow evaluate --from-scores`; for filters whose score is no probability it only keeps the order, and their own
threshold lies at 0.5. The dev split is learnt from, too, because Winnow chooses and calibrates by it.
"""
import argparse
import math
import os
import subprocess
import tempfile

import fasttext_rival
import mail
import rspamd_rival
import spamassassin_rival


def bogofilter(learnt, judged, _):
    """Spamicity, a probability."""
    with tempfile.TemporaryDirectory() as words:
        def call(options, files):
            done = subprocess.run(["bogofilter", "-d", words, *options, "-b"], input="\n".join(files) + "\n", text=True,
                                  capture_output=True, errors="replace", check=False)
            if done.returncode > 2:  # 0, 1 and 2 are verdicts
                raise RuntimeError("bogofilter failed: " + done.stderr)
            return done.stdout

        for option, label in (("-s", "spam"), ("-n", "ham")):
            call([option], [file for file, of in learnt if of == label])
        # A line of -TT with -b and -v is the file's name and the spamicity.
        scores = dict(line.rsplit(None, 1) for line in call(["-v", "-TT"], judged).splitlines())
    return {"bayes": {file: float(score) for file, score in scores.items()}}


RIVALS = {"bogofilter": bogofilter, "rspamd": rspamd_rival.judge, "fasttext": fasttext_rival.judge,
          "spamassassin": spamassassin_rival.judge}


def write_scores(file, rows, scores, path_of):
    with open(file, "w", encoding="utf-8") as out:
        out.write("corpus\tpath\tlabel\tprobability\n")
        for row in rows:
            probability = scores[path_of(row)]
            if not 0 <= probability <= 1 or math.isnan(probability):
                raise RuntimeError("no probability for " + row["path"])
            out.write("%s\t%s\t%s\t%.17g\n" % (row["corpus"], row["path"], row["label"], probability))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rival", choices=sorted(RIVALS))
    for option in ("--mail", "--corpus", "--index", "--output"):
        parser.add_argument(option, required=True)
    parser.add_argument("--max-train", type=int, default=0, help="messages learnt at most; 0 = all")
    parser.add_argument("--max-test", type=int, default=0, help="messages judged at most; 0 = all")
    arguments = parser.parse_args()

    def path_of(row):
        return os.path.join(arguments.mail, row["path"])

    train = mail.sample(mail.rows_of(arguments.index, arguments.corpus, ("train", "dev")), arguments.max_train)
    test = mail.sample(mail.rows_of(arguments.index, arguments.corpus, ("test",)), arguments.max_test)
    # The last one is a folder for what a next run may use again.
    variants = RIVALS[arguments.rival]([(path_of(row), row["label"]) for row in train], [path_of(row) for row in test],
                                       os.path.dirname(os.path.abspath(arguments.output)))
    for variant, scores in variants.items():
        write_scores("%s.%s.scores.tsv" % (arguments.output, variant), test, scores, path_of)


if __name__ == "__main__":
    main()
