#!/usr/bin/env python3
"""JSON against binary tensors: the same batches to the tests' inference server, in turns, within one run.

usage: pool.py --bin DIR [--rounds 5]
exit:  0 measured, 77 nothing to measure with (no python3-torch)

The server is written in Python, whose JSON costs more than that of a server in C++; the client's CPU is Winnow's own.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "e2e"))
sys.dont_write_bytecode = True

from harness import pool, stack  # noqa: E402  (needs the path)

BATCHES = {1: 200, 8: 50, 32: 15}  # messages of a batch: batches of a round


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(client, server, tensors, messages, batches):
    before = cpu_seconds(server.pid)
    run = subprocess.run([client, server.url, tensors, str(messages), str(batches)], check=True, stdout=subprocess.PIPE)
    return {**json.loads(run.stdout), "server_cpu": cpu_seconds(server.pid) - before}


def row(tensors, messages, rounds):
    total = {key: sum(one[key] for one in rounds) for key in rounds[0]}
    per_message = 1e6 / total["messages"]
    return (f"| {messages} | {tensors} | {rounds[0]['bytes'] / messages / 1024:.1f} | {total['messages'] / total['seconds']:.0f} | "
            f"{total['cpu_seconds'] * per_message:.0f} | {total['server_cpu'] * per_message:.0f} | "
            f"{total['p50_us'] / len(rounds):.0f} | {total['p99_us'] / len(rounds):.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="folder of bench_pool")
    parser.add_argument("--rounds", default=5, type=int)
    arguments = parser.parse_args()
    python = pool.python_with_torch()
    if python is None:
        print("SKIPPED: python3-torch is not installed")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="winnow-bench-"))
    try:
        pool.prepare_model(python, stack.Places(SOURCE, arguments.bin), folder / "served.pt")
        server = pool.InferenceServer(python, folder / "served.pt")
        measured = collections.defaultdict(list)
        for number in range(arguments.rounds + 1):
            for messages, batches in BATCHES.items():
                for tensors in ("json", "binary"):
                    result = measure(arguments.bin / "bench_pool", server, tensors, messages, batches)
                    if number > 0:  # the first round warms up
                        measured[messages, tensors].append(result)
        server.stop()
        print("| messages a batch | tensors | KiB/message | messages/s | client CPU us/message | server CPU us/message "
              "| p50 us/batch | p99 us/batch |\n|" + "---:|" * 8)
        for (messages, tensors), rounds in measured.items():
            print(row(tensors, messages, rounds))
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
