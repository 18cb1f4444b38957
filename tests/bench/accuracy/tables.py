#!/usr/bin/env python3
"""Writes the tables of docs/accuracy.md from the results of run.sh, between the page's markers.

usage: tables.py --results DIR --winnow FILE --page FILE.md

A marker is a line <!-- table NAME --> and its end <!-- end NAME -->; the prose around is left alone, and so is a table
whose results are not there. All tables go to DIR/tables.json, too.
"""
import argparse
import csv
import glob
import json
import os
import re
import subprocess
import sys

ENOUGH = 10  # messages of a label, for a share of them to say anything
IN_CORPUS = ["spamassassin", "csdmc2010-extra", "lists-sourceforge", "lists-vger", "lists-misc"]
GROUPS = ["spamassassin", "csdmc2010-extra", "all-lists", "personal-2025", "fixtures", "enron-office", "phishing-nazario"]
# Filters, where their scores lie, and which of them.
RIVALS = [("Winnow", "in-corpus", "model"), ("Winnow, on a base", "on-base", "model"),
          ("bogofilter", "bogofilter", "bayes"), ("rspamd, Bayes", "rspamd", "bayes"),
          ("fastText", "fasttext", "text"), ("SpamAssassin, rules", "spamassassin", "rules"),
          ("SpamAssassin, Bayes", "spamassassin", "bayes")]


def percent(value, digits):
    return "-" if value is None else "%.*f" % (digits, 100 * value)


def with_interval(figures, key, digits):
    text = percent(figures[key], digits)
    if text == "-" or "intervals" not in figures:
        return text
    low, high = figures["intervals"][key]
    return "%s (%s-%s)" % (text, percent(low, digits), percent(high, digits))


def error(figures, step):
    return percent(figures["calibration"][step]["ece"], 2) if "calibration" in figures else "-"


COLUMNS = [("ham", lambda f: str(f["ham"])), ("spam", lambda f: str(f["spam"])),
           ("1-AUC %", lambda f: with_interval(f, "one_minus_auc", 3)),
           ("recall at 0.1 % FP", lambda f: with_interval(f, "recall_at_fpr_0.1%", 1)),
           ("at 1 % FP", lambda f: with_interval(f, "recall_at_fpr_1%", 1)),
           ("recall, p >= 0.5", lambda f: with_interval(f, "recall_50", 1)),
           ("ham, p >= 0.5", lambda f: with_interval(f, "fpr_50", 2)),
           ("ham, p >= 0.9", lambda f: with_interval(f, "fpr_90", 2)),
           ("ECE % before", lambda f: error(f, "before")), ("after calibration", lambda f: error(f, "after")),
           ("at own share of spam", lambda f: error(f, "at_own_prior"))]


def load(results, *names):
    """The JSON of `winnow evaluate`, or None when it has not been measured."""
    try:
        with open(os.path.join(results, *names), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def figure_rows(named_figures):
    """A heading and a row of all columns for each (name, figures)."""
    if not named_figures:
        return None
    rows = [["corpus"] + [name for name, _ in COLUMNS]]
    return rows + [[name] + [text(figures) for _, text in COLUMNS] for name, figures in named_figures]


def of_corpora(evaluation):
    return sorted(evaluation["corpora"].items()) if evaluation else []


def shipped(results):
    return figure_rows(of_corpora(load(results, "shipped", "test.json")))


def in_corpus(results, step):
    found = ((corpus, load(results, step, corpus + ".json")) for corpus in IN_CORPUS)
    return figure_rows([(corpus, evaluation["all"]) for corpus, evaluation in found if evaluation])


def mean(figures, key):
    """In percent, each corpus counting the same."""
    values = [f[key] for f in figures if f[key] is not None]
    return "%.1f" % (100 * sum(values) / len(values))


def elsewhere(results):
    """What a site's model says of the mail of corpora that it was not trained on, and what its base says of it."""
    rows = [["trained on", "ham, p >= 0.5", "base", "ham, p >= 0.9", "base", "recall, p >= 0.5", "base"]]
    for corpus in IN_CORPUS:
        judged = [load(results, "on-base", "elsewhere", "%s-%s.json" % (corpus, which)) for which in ("site", "base")]
        if None in judged:
            continue
        others = [[f for name, f in of_corpora(one) if name != corpus] for one in judged]
        rows.append([corpus] + [mean([f for f in figures if f[label] >= ENOUGH], key)
                                for key, label in (("fpr_50", "ham"), ("fpr_90", "ham"), ("recall_50", "spam"))
                                for figures in others])
    return rows if len(rows) > 1 else None


def left_out(results):
    return figure_rows([named for group in GROUPS for named in of_corpora(load(results, "left-out", group + ".json"))])


def recent(results):
    named = []
    for file in sorted(glob.glob(os.path.join(results, "recent", "*.json"))):
        day = os.path.basename(file)[:-len(".json")]
        named += [("%s, from %s on" % (corpus, day), figures) for corpus, figures in of_corpora(load(file))]
    return figure_rows(named)


def short_path(path):
    """ham/000001.eml of whatever stands before it: a folder or an archive's name."""
    return "/".join(re.split("[/:]", path)[-2:])


def scores_file(results, rival, variant, corpus):
    if variant == "model":
        return os.path.join(results, rival, corpus + ".tsv")
    return os.path.join(results, "rivals", rival, "%s.%s.scores.tsv" % (corpus, variant))


def read_scores(file):
    if not os.path.exists(file):
        return None
    with open(file, newline="", encoding="utf-8") as lines:
        return {short_path(row["path"]): row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def evaluate(winnow, rows, scratch):
    with open(scratch, "w", encoding="utf-8") as out:
        out.write("corpus\tpath\tlabel\tprobability\n")
        for path, row in rows.items():
            out.write("%s\t%s\t%s\t%s\n" % (row["corpus"], path, row["label"], row["probability"]))
    done = subprocess.run([winnow, "evaluate", "--from-scores", scratch, "--json"], check=True, capture_output=True)
    os.unlink(scratch)
    return json.loads(done.stdout)["all"]


def rival_rows(results, winnow, key, digits, on_sample):
    """Filters as rows, corpora as columns; each corpus on the same messages for all: those of the sample, or all."""
    heading, columns = ["filter"], []
    for corpus in IN_CORPUS:
        scores = {name: read_scores(scores_file(results, rival, variant, corpus)) for name, rival, variant in RIVALS}
        sample = scores["SpamAssassin, Bayes"] if on_sample else scores["bogofilter"]
        if not sample:
            continue
        column = {}
        for name, rows in scores.items():
            if rows and set(sample) <= set(rows):
                chosen = {path: rows[path] for path in sample}
                column[name] = with_interval(evaluate(winnow, chosen, os.path.join(results, "scratch.tsv")), key, digits)
        heading.append("%s (%d)" % (corpus, len(sample)))
        columns.append(column)
    if not columns:
        return None
    names = [name for name, _, _ in RIVALS if any(name in column for column in columns)]
    return [heading] + [[name] + [column.get(name, "-") for column in columns] for name in names]


def times(results):
    """Minutes of each step. What was measured again counts with its last time."""
    try:
        with open(os.path.join(results, "times.tsv"), encoding="utf-8") as file:
            last = {(step, name): int(took) for step, name, took in csv.reader(file, delimiter="\t")}
    except FileNotFoundError:
        return None
    seconds = {}
    for (step, name), took in last.items():
        step = step if step != "rivals" else "rivals: " + name.split("-")[0]
        seconds[step] = seconds.get(step, 0) + took
    rows = [["step", "minutes"]] + [[step, "%.1f" % (took / 60)] for step, took in seconds.items()]
    return rows + [["all", "%.1f" % (sum(seconds.values()) / 60)]]


def markdown(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))) + " |" for row in rows]
    rule = "| " + " | ".join("-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)) + " |"
    return "\n".join([lines[0], rule] + lines[1:]) + "\n"


def insert(page, name, table):
    marked = re.compile(r"(<!-- table %s -->\n).*?(<!-- end %s -->)" % (name, name), re.S)
    if not marked.search(page):
        sys.exit("tables.py: the page has no markers for the table " + name)
    return marked.sub(lambda match: match.group(1) + table + match.group(2), page)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--results", "--winnow", "--page"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    results, winnow = options.results, options.winnow
    tables = {"shipped": shipped(results), "in-corpus": in_corpus(results, "in-corpus"),
              "on-base": in_corpus(results, "on-base"), "elsewhere": elsewhere(results), "left-out": left_out(results),
              "recent": recent(results),
              "rivals-auc": rival_rows(results, winnow, "one_minus_auc", 3, False),
              "rivals-recall": rival_rows(results, winnow, "recall_at_fpr_0.1%", 1, False),
              "sample-auc": rival_rows(results, winnow, "one_minus_auc", 3, True),
              "sample-recall": rival_rows(results, winnow, "recall_at_fpr_1%", 1, True),
              "times": times(results)}
    with open(options.page, encoding="utf-8") as file:
        page = file.read()
    for name, rows in tables.items():
        if rows:
            page = insert(page, name, markdown(rows))
    with open(options.page, "w", encoding="utf-8") as file:
        file.write(page)
    with open(os.path.join(results, "tables.json"), "w", encoding="utf-8") as file:
        json.dump(tables, file, indent=1)


if __name__ == "__main__":
    main()
