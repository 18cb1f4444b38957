#!/bin/sh
# Compares Winnow's model with bogofilter that has learnt from the same mail: the train split without phishing-pot.
# Both judge the whole test split; a row per corpus and one for all shows (1-AUC) %, lower is better.
#
# usage: tests/bench/accuracy_vs_bogofilter.sh [--corpora DIR] [--model FILE.pt]
#   --corpora DIR    folder with index.tsv and the corpora (default: shared/corpora beside the checkout)
#   --model FILE.pt  the model to measure (default: models/default.pt)
#   WINNOW=...       the tool (default: build/release/bin/winnow)
# exit: 0 Winnow's figure over all is the lower one, or skipped (says why); 1 it is not, or something failed; 2 wrong usage
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
corpora=$root/../shared/corpora
model=$root/models/default.pt
while [ $# -gt 0 ]; do
  case $1 in
    --corpora) corpora=${2:?--corpora needs a folder}; shift 2 ;;
    --model) model=${2:?--model needs a file}; shift 2 ;;
    *) sed -n '5,9p' "$0" | cut -c3- >&2; exit 2 ;;
  esac
done
winnow=${WINNOW:-$root/build/release/bin/winnow}

skip() { echo "accuracy_vs_bogofilter: skipped: $1" >&2; exit 0; }
[ -f "$corpora/index.tsv" ] || skip "no index.tsv in $corpora"
for tool in bogofilter python3 tar zstd; do
  command -v "$tool" > /dev/null || skip "$tool is not installed"
done
[ -x "$winnow" ] || { echo "accuracy_vs_bogofilter: $winnow is not built" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
"$winnow" evaluate --model "$model" --index "$corpora/index.tsv" --split test --json > "$work/winnow.json"

python3 - "$corpora" "$work" <<'EOF'
import csv, json, os, subprocess, sys

corpora, work = sys.argv[1:]
NEVER_LEARNT = "phishing-pot"  # its licence does not allow commercial use


def rows_of(split):
    with open(os.path.join(corpora, "index.tsv"), newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["split"] == split]


def unpack(names):
    """Paths of the corpora, unpacked into the work folder where they are archives."""
    places = {}
    for name in names:
        places[name] = os.path.join(corpora, name)
        if os.path.isdir(places[name]):
            continue
        places[name] = os.path.join(work, "mail", name)
        os.makedirs(places[name])
        subprocess.run(["tar", "--zstd", "-xf", os.path.join(corpora, name + ".tar.zst"), "-C", places[name]], check=True)
    return places


def bogofilter(options, files):
    lines = "\n".join(files) + "\n"
    command = ["bogofilter", "-d", os.path.join(work, "words"), *options, "-b"]
    done = subprocess.run(command, input=lines, text=True, capture_output=True, errors="replace")
    if done.returncode > 2:  # 0, 1 and 2 are verdicts
        sys.exit("bogofilter failed: " + done.stderr)
    return done.stdout


def score(files):
    """Score of each file. A line of -TT with -b and -v ends in the spamicity."""
    scores = {}
    for line in bogofilter(["-v", "-TT"], files).splitlines():
        name, value = line.rsplit(None, 1)
        scores[name] = float(value)
    return scores


def one_minus_auc(pairs):
    """By ranks, ties counted half: as `winnow evaluate` does."""
    by_score = {}
    for value, is_spam in pairs:
        by_score.setdefault(value, [0, 0])[is_spam] += 1
    spam = sum(counts[1] for counts in by_score.values())
    ham = sum(counts[0] for counts in by_score.values())
    if spam == 0 or ham == 0:
        return None
    wrong = ham_above = 0
    for value in sorted(by_score, reverse=True):
        h, s = by_score[value]
        wrong += s * (ham_above + h / 2)
        ham_above += h
    return wrong / (spam * ham)


def percent(value):
    return "-" if value is None else "%.3f" % (100 * value)


train = [row for row in rows_of("train") if row["corpus"] != NEVER_LEARNT]
test = rows_of("test")
places = unpack(sorted({row["corpus"] for row in train + test}))
path = lambda row: os.path.join(places[row["corpus"]], row["path"])
os.mkdir(os.path.join(work, "words"))
bogofilter(["-s"], [path(row) for row in train if row["label"] == "spam"])
bogofilter(["-n"], [path(row) for row in train if row["label"] == "ham"])
scores = score([path(row) for row in test])
missing = [row for row in test if path(row) not in scores]
if missing:
    sys.exit("bogofilter gave no score for %d messages" % len(missing))

with open(os.path.join(work, "winnow.json")) as file:
    winnow = json.load(file)
print("(1-AUC) %% over the test split; bogofilter learnt from %d messages" % len(train))
print("| corpus                 |  ham | spam | bogofilter |  Winnow |")
print("| ---------------------- | ---: | ---: | ---------: | ------: |")
for corpus in sorted({row["corpus"] for row in test}) + ["all"]:
    chosen = [row for row in test if corpus in ("all", row["corpus"])]
    theirs = one_minus_auc([(scores[path(row)], row["label"] == "spam") for row in chosen])
    figures = winnow["all"] if corpus == "all" else winnow["corpora"][corpus]
    spam = sum(row["label"] == "spam" for row in chosen)
    if (figures["ham"], figures["spam"]) != (len(chosen) - spam, spam):
        sys.exit("winnow judged other mail of " + corpus)
    ours = figures["one_minus_auc"]
    print("| %-22s | %4d | %4d | %10s | %7s |" % (corpus, len(chosen) - spam, spam, percent(theirs), percent(ours)))
print("phishing-pot is learnt from by neither; corpora with one label count in the last row only.")
if ours >= theirs:
    sys.exit("Winnow's figure over all is not the lower one")
EOF
