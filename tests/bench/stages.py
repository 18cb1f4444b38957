#!/usr/bin/env python3
"""CPU time of each stage of a message's path by size class, with what the machine could do at best: bench_stages on real mail.

usage: stages.py [--bin DIR] [--corpora DIR] [--messages 3000] [--digest | --callgrind STAGE]
exit:  0 measured, 1 failed, 77 nothing to measure with (corpora or model missing)

The mail is drawn as daemon_cpu.py does. Time is that of the thread, in one process, without the queue and the socket;
each stage runs five times on a message and the fastest counts, so caches are warm. The limit of a stage is computed from
what this machine needs, measured in the same run:
  session, parse, HTML   its octets copied once
  features               the text copied once, and one hash for each token of the message
  inference              one row of the table read for each token
  rules                  the header block copied once
  reply and log line     what is written, copied once
--digest prints one number over all messages, features and answers, which no change for speed may change. --callgrind
prints the instructions of one stage for each message, and the functions that have most of them: the count is the same
each time, whatever else the machine does.
"""
import argparse
import pathlib
import re
import subprocess
import sys

import daemon_cpu
from measured_daemon import write_settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOWN = 40


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path, help="folder of bench_stages")
    parser.add_argument("--corpora", default=ROOT.parent / "shared/corpora", type=pathlib.Path)
    parser.add_argument("--messages", default=3000, type=int)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--digest", action="store_true", help="print digests instead of times")
    mode.add_argument("--callgrind", metavar="STAGE", help="count the instructions of this stage, named as in the table")
    return parser.parse_args()


def count_instructions(command, stage, mail, count, folder):
    """By callgrind, of the one pass over all messages."""
    out = folder / "callgrind.out"
    counted = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--log-file=/dev/null",
                              "--collect-atstart=no", "--toggle-collect=winnow::bench::run_once*", *command, "--once",
                              stage], input=mail)
    if counted.returncode != 0:
        sys.exit(counted.returncode)
    table = subprocess.run(["callgrind_annotate", "--threshold=100", out], capture_output=True, text=True,
                           check=True).stdout
    total = int(re.search(r"([\d,]+) .*PROGRAM TOTALS", table).group(1).replace(",", ""))
    print(f"{stage}: {total / count:.0f} instructions per message")
    print("\n".join(line for line in table.splitlines() if "%)" in line)[:SHOWN * 200])


def run(arguments, files, folder):
    settings, _ = write_settings(ROOT, folder)
    mail = "\n".join(map(str, files)).encode()
    command = [arguments.bin / "bench_stages", settings]
    if arguments.callgrind:
        count_instructions(command, arguments.callgrind, mail, len(files), folder)
        return
    subprocess.run(command + (["--digest"] if arguments.digest else []), input=mail, check=True)


if __name__ == "__main__":
    sys.exit(daemon_cpu.on_drawn_messages(parse_arguments(), ROOT, run))
