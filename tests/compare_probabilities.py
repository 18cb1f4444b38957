#!/usr/bin/env python3
"""Compares two outputs of `winnow classify --json`: the same messages, the same labels, the same probabilities.

usage: compare_probabilities.py [--limit X] HERE.jsonl THERE.jsonl
  --limit X  the largest difference that passes (default 1e-5)
exit: 0 all within the limit, 1 not (one line each), 2 wrong usage
"""
import argparse
import json
import sys


def probabilities(path):
    """-> {(file, label): probability}. A message that was not judged is an error."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            judged = json.loads(line)
            if judged["error"] or not judged["probability"]:
                raise SystemExit(f"{path}: {judged['file']} was not judged: {judged['error']}")
            for label, probability in judged["probability"].items():
                found[judged["file"], label] = probability
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=1e-5)
    parser.add_argument("here")
    parser.add_argument("there")
    arguments = parser.parse_args()
    here, there = probabilities(arguments.here), probabilities(arguments.there)
    if not here or here.keys() != there.keys():
        print(f"not the same messages and labels: {len(here)} here, {len(there)} there, "
              f"{len(here.keys() & there.keys())} of them the same")
        return 1
    differences = sorted(((abs(here[key] - there[key]), key) for key in here), reverse=True)
    beyond = [(difference, key) for difference, key in differences if not difference <= arguments.limit]
    for difference, (file, label) in beyond:
        print(f"{file}: {label} {here[file, label]:.7f} here, {there[file, label]:.7f} there, differs by {difference:.2g}")
    largest, (file, label) = differences[0]
    print(f"{len({file for file, _ in here})} messages, {len(here)} probabilities: {len(beyond)} differ by more than "
          f"{arguments.limit:g}; the largest difference is {largest:.3g} ({label} of {file})")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
