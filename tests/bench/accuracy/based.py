#!/usr/bin/env python3
"""What `winnow train --base` makes of a few hundred messages of a site, beside the base alone and the messages alone.

usage: tests/bench/accuracy/based.py --base FILE [--corpus NAME] [--messages N] [--corpora DIR] [--winnow PROGRAM]

The base must not have learnt the corpus: run.sh left-out leaves such models in build/accuracy/left-out/models. The messages are drawn by their
hash from the train split, half of each label; measured is the test split. Prints a table. Skips (exit 0) when there are no corpora.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import figures
import mail

ROOT = Path(__file__).resolve().parents[3]
FIGURES = ["one_minus_auc", "recall_at_fpr_1%", "fpr_50", "fpr_90"]


def draw(corpora, corpus, messages, folder):
    """Writes the drawn messages into folder/ham and folder/spam."""
    mail.clean(corpora, corpus, os.path.join(folder, "all"))
    for row in mail.sample(mail.rows_of(os.path.join(corpora, "index.tsv"), corpus, ("train",)), messages):
        place = os.path.join(folder, row["label"])
        os.makedirs(place, exist_ok=True)
        shutil.copy(os.path.join(folder, "all", row["path"]), place)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True)
    parser.add_argument("--corpus", default="spamassassin")
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--corpora", default=str(ROOT.parent / "shared" / "corpora"))
    parser.add_argument("--winnow", default=str(ROOT / "build" / "release" / "bin" / "winnow"))
    options = parser.parse_args()
    if not os.path.exists(os.path.join(options.corpora, "index.tsv")):
        sys.exit(print("based.py: skipped: no index.tsv in " + options.corpora, file=sys.stderr))
    print("| model | 1-AUC % | recall at 1 % FP | ham, p >= 0.5 | ham, p >= 0.9 | ECE % |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        draw(options.corpora, options.corpus, options.messages, folder)
        learnt = ["--spam", os.path.join(folder, "spam"), "--ham", os.path.join(folder, "ham")]
        models = {"the base": (options.base, None),
                  "the base and %d messages" % options.messages: (os.path.join(folder, "based.pt"), ["--base", options.base]),
                  "the base and %d messages (`--site`)" % options.messages: (os.path.join(folder, "both.pt"),
                                                                             ["--base", options.base, "--site"]),
                  "%d messages alone (`--site`)" % options.messages: (os.path.join(folder, "alone.pt"), ["--site"])}
        for name, (model, how) in models.items():
            if how:
                subprocess.run([options.winnow, "train", *how, *learnt, "-o", model], check=True, stdout=subprocess.DEVNULL)
            auc, *rest = figures.of_model(options.winnow, model, os.path.join(options.corpora, "index.tsv"), options.corpus, FIGURES)
            print("| %s | %.3f | %.1f | %.2f | %.2f | %.2f |" % (name, 100 * auc, *(100 * value for value in rest)))


if __name__ == "__main__":
    main()
