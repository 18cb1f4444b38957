#!/usr/bin/env python3
"""CPU time of the daemon per message, on real mail through the milter socket, split by stage.

usage: daemon_cpu.py --bin DIR --corpora DIR [--messages 2000] [--settings YAML] [--perf FILE]
exit:  0 measured, 1 failed, 77 nothing to measure with (corpora or model missing)

The messages are drawn with a fixed seed from the rows of index.tsv whose split is `test`. CPU time is the daemon's as
`winnow bench` measures it, so start-up, warm-up and the sender are not in it. The stages are wall clock as the daemon
logs them; inference is of a whole batch and divided by its size here.
"""
import argparse
import collections
import csv
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from measured_daemon import MeasuredDaemon

SEED = 20260301
CONNECTIONS = [1, 2, 8, 32]
PROFILED_CONNECTIONS = 8
WARM_UP = 200
SKIPPED = 77
MEBIBYTE = 1 << 20
STAGES = {"parse": "parse_us", "features": "features_us", "queue": "wait_us", "infer": "infer_us", "rules": "rules_us"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="folder of winnow-milter and winnow")
    parser.add_argument("--corpora", required=True, type=pathlib.Path, help="folder of index.tsv and the archives")
    parser.add_argument("--source", default=pathlib.Path(__file__).resolve().parents[2], type=pathlib.Path)
    parser.add_argument("--messages", default=2000, type=int)
    parser.add_argument("--settings", default="", metavar="YAML", help="more settings: 'headers: { reasons: false }'")
    parser.add_argument("--perf", type=pathlib.Path, help="profile one more round into this file")
    return parser.parse_args()


def draw_messages(corpora, count):
    """{corpus: [path, ...]} of `count` messages of the test split."""
    with open(corpora / "index.tsv", newline="") as index:
        rows = [row for row in csv.DictReader(index, delimiter="\t") if row["split"] == "test"]
    chosen = collections.defaultdict(list)
    for row in random.Random(SEED).sample(rows, min(count, len(rows))):
        chosen[row["corpus"]].append(row["path"])
    return chosen


def unpack(corpora, chosen, folder):
    """The chosen files, unpacked, in an order that mixes the corpora."""
    files = []
    for corpus, paths in sorted(chosen.items()):
        target = folder / corpus
        target.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", corpora / f"{corpus}.tar.zst", "-C", target, "-T", "-"], check=True,
                       input="\n".join(paths).encode())
        files += [target / path for path in sorted(paths)]
    random.Random(SEED).shuffle(files)
    return files


def missing(corpora, source):
    """The first of the files that a measurement needs and that is not there, or None."""
    return next((file for file in (corpora / "index.tsv", source / "models/default.pt") if not file.exists()), None)


def on_drawn_messages(arguments, source, run):
    """run(arguments, files, folder) on messages unpacked in a folder that goes with it; the exit code."""
    if lacking := missing(arguments.corpora, source):
        print(f"SKIPPED: {lacking} is missing")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as name:
        folder = pathlib.Path(name)
        files = unpack(arguments.corpora, draw_messages(arguments.corpora, arguments.messages), folder)
        size = sum(file.stat().st_size for file in files)
        print(f"{len(files)} messages of the test split, seed {SEED}, {size / len(files) / 1024:.1f} KiB on average\n", flush=True)
        run(arguments, files, folder)
    return 0


def send(daemon, files, connections):
    return daemon.bench("--connections", connections, "--warm-up", 0, *files)


def mean_stages(lines):
    """Mean microseconds per message of each stage, and the mean batch size, from the daemon's log lines."""
    sums, batches, judged = collections.Counter(), 0, 0
    for line in lines:
        if " judged " not in line:
            continue
        fields = dict(re.findall(r"(\w+)=(\S+)", line))
        batch = max(1, int(fields["batch"]))
        for stage, key in STAGES.items():
            sums[stage] += int(fields[key]) / (batch if stage == "infer" else 1)
        batches += batch
        judged += 1
    return {stage: sums[stage] / judged for stage in STAGES} | {"batch": batches / judged}


def measure(daemon, files, connections):
    """One round over all files as a row of the table."""
    log_start = daemon.log.stat().st_size
    sent = send(daemon, files, connections)
    process = sent["process"]
    with open(daemon.log, "rb") as log:
        log.seek(log_start)
        stages = mean_stages(log.read().decode(errors="replace").splitlines())
    return (f"| {connections} | {sent['messages_per_second']:.0f} | {process['cpu_ms_per_message']:.2f} | "
            + " | ".join(f"{stages[stage]:.0f}" for stage in STAGES)
            + f" | {stages['batch']:.1f} | {process['memory_bytes_end'] / MEBIBYTE:.0f} "
            + f"| {process['memory_bytes_peak'] / MEBIBYTE:.0f} |")


def profile(arguments, daemon, files):
    """One more round, with perf looking on. cpu-clock is there in virtual machines too."""
    arguments.perf.unlink(missing_ok=True)
    profiler = subprocess.Popen(["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", "999", "-p",
                                 str(daemon.process.pid), "-o", arguments.perf], stdin=subprocess.DEVNULL)
    while profiler.poll() is None and not (arguments.perf.exists() and arguments.perf.stat().st_size):
        time.sleep(0.05)
    send(daemon, files, PROFILED_CONNECTIONS)
    profiler.send_signal(signal.SIGINT)
    profiler.wait(120)


def run(arguments, files, folder):
    daemon = MeasuredDaemon(arguments.bin, arguments.source, folder, arguments.settings)
    try:
        print(f"memory after the start: {daemon.memory_mib():.0f} MiB\n")
        send(daemon, files[:WARM_UP], 4)
        print("| connections | messages/s | CPU ms/message | parse us | features us | queue us | inference us | rules us "
              "| batch | RSS MiB | highest RSS MiB |\n|" + "---:|" * 11)
        for connections in CONNECTIONS:
            print(measure(daemon, files, connections), flush=True)
        if arguments.perf:
            profile(arguments, daemon, files)
    finally:
        daemon.stop()


if __name__ == "__main__":
    given = parse_arguments()
    sys.exit(on_drawn_messages(given, given.source, run))
