"""SpamAssassin without network tests, with and without its Bayes filter.

Its own Perl library is called, as its daemon does, in one process; rules are those of the package.
"""
import math
import os
import subprocess
import tempfile

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spamassassin.pl")
LIMIT = 5.0  # SpamAssassin's own threshold, which is put at 0.5

SETTINGS = """
use_bayes %d
use_bayes_rules %d
bayes_auto_learn 0
bayes_auto_expire 0
bayes_path %s/bayes
use_auto_whitelist 0
dns_available no
skip_rbl_checks 1
"""


def run(folder, use_bayes, lines):
    settings = os.path.join(folder, "settings.cf")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(SETTINGS % (use_bayes, use_bayes, folder))
    done = subprocess.run(["perl", SCRIPT, settings, folder], input="".join(lines), text=True, check=True,
                          stdout=subprocess.PIPE)
    return {name: float(score) for name, score in (line.rsplit("\t", 1) for line in done.stdout.splitlines())}


def as_probability(score):
    return 1 / (1 + math.exp(-(score - LIMIT) / 4))


def judge(learnt, judged, _):
    variants = {}
    with tempfile.TemporaryDirectory() as folder:
        lessons = ["%s\t%s\n" % (label, file) for file, label in learnt]
        questions = ["check\t%s\n" % file for file in judged]
        for variant, use_bayes, lines in (("rules", 0, questions), ("bayes", 1, lessons + questions)):
            scores = run(folder, use_bayes, lines)
            variants[variant] = {file: as_probability(score) for file, score in scores.items()}
    return variants
