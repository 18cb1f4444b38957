#!/bin/bash
# Measures how good Winnow's judgements are, beside other filters, and writes the tables of docs/accuracy.md.
#
# usage: tests/bench/accuracy/run.sh [options] [STEP...]
# steps, in this order, all of them by default:
#   shipped     the shipped model on the test split of each corpus
#   in-corpus   for each corpus by itself: trained on its train split, measured on its test split
#   left-out    trained without a group of corpora, calibrated by the other groups, measured on that group
#   on-base     as in-corpus, on top of the model of left-out that never saw the corpus; and what that one then still knows of other mail
#   recent      trained on mail from before a day, measured on mail from that day on
#   rivals      bogofilter, SpamAssassin, rspamd's Bayes and fastText on the mail of in-corpus
#   tables      writes what the steps have measured into docs/accuracy.md
# options:
#   --corpora DIR     folder with index.tsv and the corpora (default: shared/corpora beside the checkout)
#   --output DIR      results; what lies there already is not measured again (default: build/accuracy)
#   --model FILE.pt   the shipped model (default: models/default.pt)
#   --only NAME       only this corpus, group or day; may be repeated
#   --rival NAME      only this rival; may be repeated
#   --sa-train N, --sa-test N   messages of a corpus that SpamAssassin learns (1000) and judges (200), drawn by their hash
#   WINNOW=...        the tool (default: build/release/bin/winnow)
#   SITE_OPTIONS=..., SHIPPED_OPTIONS=...   options of winnow train in in-corpus and on-base, and in left-out and recent
# exit: 0 done, or skipped because corpora or a rival are not there (says which); 1 failed; 2 wrong usage
#
# One process is busy at a time. The corpora are only read; nothing of them but figures leaves the output folder.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)

. "$root/models/default_options.sh"
# How the models are trained.
SITE_OPTIONS=${SITE_OPTIONS:---site}
SHIPPED_OPTIONS=${SHIPPED_OPTIONS:-$default_training $default_mail}

IN_CORPUS="spamassassin csdmc2010-extra lists-sourceforge lists-vger lists-misc"
# Each group is judged by the model that never saw it. Small corpora are measured whole, large ones on their test split.
LEFT_OUT="
spamassassin      spamassassin                                           test
csdmc2010-extra   csdmc2010-extra                                        test
all-lists         lists-misc,lists-sourceforge,lists-vger                test
personal-2025     personal-2025                                          whole
fixtures          fixtures-mixed,fixtures-transactional,newsletters-de   whole
enron-office      enron-office                                           test
phishing-nazario  phishing-nazario                                       test
"
RECENT="2019-01-01 2022-01-01"
RIVALS=(bogofilter rspamd fasttext spamassassin)

usage() { sed -n '4,/^$/{/^#/s/^# \{0,1\}//p}' "$0"; }
wrong_usage() { echo "run.sh: $1; see --help" >&2; exit 2; }
say() { echo "accuracy: $*" >&2; }

corpora=$root/../shared/corpora output=$root/build/accuracy model=$root/models/default.pt
winnow=${WINNOW:-$root/build/release/bin/winnow}
sa_train=1000 sa_test=200
only=() chosen_rivals=() steps=()
while [ $# -gt 0 ]; do
  case $1 in
    --help|-h) usage; exit 0 ;;
    --corpora|--output|--model|--only|--rival|--sa-train|--sa-test)
      [ $# -ge 2 ] || wrong_usage "$1 needs a value"
      case $1 in
        --corpora) corpora=$2 ;;
        --output) output=$2 ;;
        --model) model=$2 ;;
        --only) only+=("$2") ;;
        --rival) chosen_rivals+=("$2") ;;
        --sa-train) sa_train=$2 ;;
        --sa-test) sa_test=$2 ;;
      esac
      shift 2 ;;
    shipped|in-corpus|left-out|on-base|recent|rivals|tables) steps+=("$1"); shift ;;
    *) wrong_usage "unknown argument '$1'" ;;
  esac
done
[ ${#chosen_rivals[@]} -gt 0 ] || chosen_rivals=("${RIVALS[@]}")
[ ${#steps[@]} -gt 0 ] || steps=(shipped in-corpus left-out on-base recent rivals tables)
index=$corpora/index.tsv
mkdir -p "$output"
output=$(cd "$output" && pwd)

is_wanted() {
  local name
  [ ${#only[@]} -gt 0 ] || return 0
  for name in "${only[@]}"; do [ "$name" != "$1" ] || return 0; done
  return 1
}

# is_open STEP NAME: whether it is wanted and not measured yet.
is_open() {
  is_wanted "$2" && [ ! -f "$output/$1/$2.json" ]
}

# timed STEP NAME COMMAND...: runs it and notes the seconds it took.
timed() {
  local step=$1 name=$2 start=$SECONDS
  shift 2
  say "$step: $name"
  "$@"
  printf '%s\t%s\t%s\n' "$step" "$name" "$((SECONDS - start))" >> "$output/times.tsv"
}

# train FILE.pt OPTION...: unless it is there. The progress of a training without a terminal is silence.
train() {
  local file=$1
  shift
  [ -f "$file" ] || SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1785542400} "$winnow" train --index "$index" -o "$file" "$@" \
    > "${file%.pt}.log"
}

# measure NAME OPTION...: NAME.json and NAME.tsv.
measure() {
  local name=$1
  shift
  "$winnow" evaluate "$@" --json --scores "$name.tsv" > "$name.json.new"
  mv "$name.json.new" "$name.json"
}

shipped() {
  local name=$output/shipped/test
  [ ! -f "$name.json" ] || return 0
  timed shipped test measure "$name" --model "$model" --index "$index" --split test
}

# site_one STEP CORPUS OPTION...: a site's own model of a corpus.
site_one() {
  local name=$output/$1/$2 corpus=$2
  shift 2
  # shellcheck disable=SC2086  # one word an option
  train "$name.pt" --corpus "$corpus" --name "$corpus" $SITE_OPTIONS "$@"
  measure "$name" --model "$name.pt" --index "$index" --corpus "$corpus" --split test
}

in_corpus() {
  local corpus
  for corpus in $IN_CORPUS; do
    if is_open in-corpus "$corpus"; then timed in-corpus "$corpus" site_one in-corpus "$corpus"; fi
  done
}

# Invented ordinary mail, of which the shipped model learns, too.
ordinary_mail() {
  [ -f "$output/ordinary/index.tsv" ] || python3 "$root/models/ordinary_mail/generate.py" --output "$output/ordinary"
}

# left_out_models: one training, which writes a model without each group, calibrated by the other groups.
left_out_models() {
  local groups=() group
  for group in $default_left_out; do groups+=(--leave-out "$group"); done
  # shellcheck disable=SC2086  # one word an option
  train "$output/left-out/model.pt" --index "$output/ordinary/index.tsv" $SHIPPED_OPTIONS "${groups[@]}" \
    --left-out-models "$output/left-out/models"
}

# left_out_one GROUP CORPORA WHERE
left_out_one() {
  local corpus measured=()
  for corpus in ${2//,/ }; do measured+=(--corpus "$corpus"); done
  [ "$3" = whole ] || measured+=(--split "$3")
  measure "$output/left-out/$1" --model "$output/left-out/models/without-${2//,/+}.pt" --index "$index" "${measured[@]}"
}

left_out() {
  local group left where
  ordinary_mail
  [ -f "$output/left-out/model.pt" ] || timed left-out models left_out_models
  while read -r group left where; do
    if is_open left-out "$group"; then timed left-out "$group" left_out_one "$group" "$left" "$where" < /dev/null; fi
  done < <(grep . <<< "$LEFT_OUT")
}

# base_without CORPUS: the model of left-out that never saw it.
base_without() {
  local group
  for group in $default_left_out; do
    case ,$group, in *,"$1",*) echo "$output/left-out/models/without-${group//,/+}.pt" ;; esac
  done
}

# on_base_one CORPUS BASE: also what the model and its base say of everybody's mail, to see what was forgotten.
on_base_one() {
  local elsewhere=$output/on-base/elsewhere
  mkdir -p "$elsewhere"
  site_one on-base "$1" --base "$2"
  measure "$elsewhere/$1-base" --model "$2" --index "$index" --split test --resamples 0
  measure "$elsewhere/$1-site" --model "$output/on-base/$1.pt" --index "$index" --split test --resamples 0
}

on_base() {
  local corpus base
  for corpus in $IN_CORPUS; do
    is_open on-base "$corpus" || continue
    base=$(base_without "$corpus")
    if [ -f "$base" ]; then
      timed on-base "$corpus" on_base_one "$corpus" "$base"
    else
      say "on-base: $corpus skipped: the step left-out has not run"
    fi
  done
}

recent_one() {
  local base=$output/recent/$1
  # shellcheck disable=SC2086
  train "$base.pt" --index "$output/ordinary/index.tsv" --before "$1" --name "before-$1" $SHIPPED_OPTIONS
  measure "$base" --model "$base.pt" --index "$index" --after "$1"
}

recent() {
  local day
  ordinary_mail
  for day in $RECENT; do
    if is_open recent "$day"; then timed recent "$day" recent_one "$day"; fi
  done
}

# What a rival needs beside python3; or why it cannot run.
rival_lacks() {
  local tool needed
  case $1 in
    bogofilter) needed="bogofilter" ;;
    rspamd) needed="rspamd redis-server" ;;
    fasttext) needed="fasttext" ;;
    spamassassin) needed="spamassassin" ;;
    *) wrong_usage "no rival '$1'" ;;
  esac
  for tool in $needed; do command -v "$tool" > /dev/null || echo "$tool"; done
}

# rival_one RIVAL CORPUS: its scores of the corpus's test split, then the figures of these scores.
rival_one() {
  local base=$output/rivals/$1/$2 file
  python3 "$here/rivals.py" "$1" --mail "$output/mail/$2" --corpus "$2" --index "$index" --output "$base" \
    --max-train "$([ "$1" = spamassassin ] && echo "$sa_train" || echo 0)" \
    --max-test "$([ "$1" = spamassassin ] && echo "$sa_test" || echo 0)"
  for file in "$base".*.scores.tsv; do
    "$winnow" evaluate --from-scores "$file" --json > "${file%.scores.tsv}.json"
  done
}

rivals() {
  local rival corpus lacks
  for rival in "${chosen_rivals[@]}"; do
    lacks=$(rival_lacks "$rival")
    if [ -n "$lacks" ]; then say "rivals: $rival skipped: not installed: $lacks"; continue; fi
    for corpus in $IN_CORPUS; do
      is_wanted "$corpus" || continue
      ! compgen -G "$output/rivals/$rival/$corpus.*.json" > /dev/null || continue
      mkdir -p "$output/rivals/$rival"
      python3 "$here/mail.py" clean --corpora "$corpora" --corpus "$corpus" --output "$output/mail/$corpus"
      timed rivals "$rival-$corpus" rival_one "$rival" "$corpus"
    done
  done
}

tables() {
  python3 "$here/tables.py" --results "$output" --winnow "$winnow" --page "$root/docs/accuracy.md"
}

if [ ! -f "$index" ]; then say "skipped: no index.tsv in $corpora"; exit 0; fi
[ -x "$winnow" ] || { say "$winnow is not built (cmake --preset release && cmake --build --preset release)"; exit 1; }
mkdir -p "$output"/{shipped,in-corpus,left-out,on-base,recent,rivals}
for step in "${steps[@]}"; do "${step//-/_}"; done
