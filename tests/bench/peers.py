#!/usr/bin/env python3
"""CPU time per message of Winnow, rspamd and SpamAssassin, one after the other in one run, on the same mail.

usage: peers.py [--bin DIR] [--corpora DIR] [--messages 2000] [--sa-messages 200] [--connections 4] [--only NAME]
exit:  0 measured, 1 failed, 77 nothing to measure with (corpora or model missing)

Called by peers.sh. CPU is utime + stime of all processes of a filter in /proc, its ended children included; start-up,
warm-up and the sender are not in it. Each filter judges by its content alone, without network:
  winnow        through its milter socket, the shipped model and rules
  rspamd        through its milter socket (rspamd_proxy with self-scan), Debian's rules, 1 process; DNS, lists, signatures,
                fuzzy, and what needs redis (its Bayes too) are off
  spamassassin  spamd fed by spamc, whose own CPU does not count; local tests only, without Bayes; fewer messages, because
                it is slow
"""
import argparse
import concurrent.futures
import http.client
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import daemon_cpu
import measured_daemon

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "accuracy"))
import rspamd_rival  # noqa: E402  (how its socket is waited for)
import spamassassin_rival  # noqa: E402  (its settings)

WARM_UP = {"winnow": 2000, "rspamd": 2000, "spamassassin": 10}  # messages; a filter runs for weeks, and mail is not its first
METRICS = "metrics.sock"
SETTLE_SECONDS = 900  # for what a filter prepares after its start: rspamd compiles its patterns

RSPAMD = """
.include "$CONFDIR/common.conf"
options {
  filters = "chartable,regexp";
  pidfile = "%(folder)s/rspamd.pid";
  tempdir = "%(folder)s";
  hs_cache_dir = "%(cache)s";
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.01s; retransmits = 1; }
  local_addrs = ["192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "127.0.0.0/8", "::1"];
}
logging { type = "file"; filename = "%(folder)s/rspamd.log"; level = "warning"; }
worker "rspamd_proxy" {
  bind_socket = "%(folder)s/rspamd.sock mode=0666";
  milter = yes;
  count = 1;
  upstream "local" { default = yes; self_scan = yes; }
}
%(disabled)s
"""
# What asks the network or redis.
RSPAMD_OFF = ["antivirus", "arc", "asn", "clickhouse", "dcc", "dkim", "dkim_signing", "dmarc", "elastic", "external_relay",
              "external_services", "fuzzy_check", "greylist", "hfilter", "history_redis", "ip_score", "known_senders", "mid",
              "mx_check", "neural", "p0f", "ratelimit", "rbl", "replies", "reputation", "rspamd_update", "spamtrap",
              "spf", "url_redirector", "whitelist"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=ROOT / "build/release/bin", type=pathlib.Path)
    parser.add_argument("--corpora", default=ROOT.parent / "shared/corpora", type=pathlib.Path)
    parser.add_argument("--messages", default=2000, type=int)
    parser.add_argument("--sa-messages", default=200, type=int)
    parser.add_argument("--connections", default=4, type=int)
    parser.add_argument("--only", action="append", choices=list(WARM_UP), help="only this filter; may be repeated")
    return parser.parse_args()


def numbers_of(stat):
    """utime, stime, cutime, cstime and the parent of a process or thread."""
    fields = stat.rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]], int(fields[1])


def process_tree(pids):
    """These processes and all that descend from them: {pid: ticks, those of ended children included}."""
    ticks, parents = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                times, parents[int(entry.name)] = numbers_of((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue
            ticks[int(entry.name)] = sum(times)
    tree = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return {pid: ticks[pid] for pid in tree if pid in ticks}


def cpu_seconds(pids):
    return sum(process_tree(pids).values()) / os.sysconf("SC_CLK_TCK")


def memory_mib(pids):
    total = 0
    for pid in process_tree(pids):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found = re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)
        total += int(found.group(1)) if found else 0
    return total / 1024


def model_seconds(folder):
    """What Winnow's model has used so far, reasons included."""
    metrics = http.client.HTTPConnection("localhost")
    metrics.sock = socket.socket(socket.AF_UNIX)
    metrics.sock.connect(str(folder / METRICS))
    metrics.request("GET", "/metrics")
    text = metrics.getresponse().read().decode()
    return float(re.search(r"^winnow_inference_cpu_seconds_total (\S+)", text, re.MULTILINE).group(1))


def settle(pids):
    """Until the filter has been idle for two seconds."""
    end = time.monotonic() + SETTLE_SECONDS
    before = -1.0
    while time.monotonic() < end and (now := cpu_seconds(pids)) - before > 0.02:
        before = now
        time.sleep(2)


class Filter:
    """A filter that listens on `socket`; its processes are started and stopped by their pids."""

    def __init__(self, folder, log):
        self.folder, self.log, self.servers = folder, log, []
        self.socket, self.send = None, None  # the milter's, and how mail is sent otherwise

    def start(self, command, socket):
        self.servers.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log))
        rspamd_rival.wait_for(str(socket), self.servers[-1])

    def pids(self):
        return [server.pid for server in self.servers]

    def stop(self):
        for server in reversed(self.servers):
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def start_winnow(arguments, one):
    settings, one.socket = measured_daemon.write_settings(ROOT, one.folder, metrics=f"unix:{one.folder / METRICS}")
    one.start([arguments.bin / "winnow-milter", "--config", settings], one.socket)


def start_rspamd(_, one):
    one.socket = one.folder / "rspamd.sock"
    cache = ROOT / "build/peers/hyperscan"  # compiling them takes minutes
    cache.mkdir(parents=True, exist_ok=True)
    config = one.folder / "rspamd.conf"
    disabled = "\n".join(f"{module} {{ enabled = false; }}" for module in RSPAMD_OFF)
    config.write_text(RSPAMD % {"folder": one.folder, "cache": cache, "disabled": disabled})
    one.start(["rspamd", "--no-fork", "--insecure", "--config", config, f"--var=DBDIR={one.folder}",
               f"--var=RUNDIR={one.folder}", f"--var=LOGDIR={one.folder}"], one.socket)


def start_spamassassin(arguments, one):
    user = ["--username=nobody", "--nouser-config"] if os.getuid() == 0 else ["--nouser-config"]
    settings = (spamassassin_rival.SETTINGS % (0, 0, one.folder)).strip().splitlines()
    spamd = one.folder / "spamd.sock"
    one.folder.chmod(0o755)  # spamd's children are nobody
    one.send = lambda files: send_by_spamc(arguments, spamd, files)
    one.start(["spamd", "--local", f"--socketpath={spamd}", "--socketmode=0666", "--syslog=stderr", *user,
               f"--min-children={arguments.connections}", f"--max-children={arguments.connections}",
               *(f"--cf={line}" for line in settings)], spamd)


def send_by_spamc(arguments, socket, files):
    def send(file):
        with open(file, "rb") as mail:
            subprocess.run(["spamc", "-x", "-U", socket, "-s", str(64 << 20), "-t", "600"], stdin=mail, check=True,
                           stdout=subprocess.DEVNULL)

    with concurrent.futures.ThreadPoolExecutor(arguments.connections) as senders:
        list(senders.map(send, files))


def send_to_milter(arguments, socket, files):
    sent = measured_daemon.bench(arguments.bin, "--socket", f"unix:{socket}", "--connections", arguments.connections,
                                 "--warm-up", 0, *files)
    if sent["failed"]:
        raise RuntimeError(f"{sent['failed']} of {len(files)} messages got no answer")


STARTS = {"winnow": start_winnow, "rspamd": start_rspamd, "spamassassin": start_spamassassin}
NEEDS = {"winnow": [], "rspamd": ["rspamd"], "spamassassin": ["spamd", "spamc"]}


def measure(arguments, name, files):
    """CPU milliseconds per message, messages, MiB, and the share of the model (Winnow only)."""
    with tempfile.TemporaryDirectory(prefix="winnow-peers-") as folder, open(pathlib.Path(folder) / "log", "wb") as log:
        one = Filter(pathlib.Path(folder), log)
        try:
            STARTS[name](arguments, one)
            send = one.send or (lambda of: send_to_milter(arguments, one.socket, of))
            send(files[:WARM_UP[name]])
            settle(one.pids())
            start, model = cpu_seconds(one.pids()), model_seconds(one.folder) if name == "winnow" else 0
            send(files)
            spent = cpu_seconds(one.pids()) - start
            share = (model_seconds(one.folder) - model) / spent if name == "winnow" else None
            return 1000 * spent / len(files), len(files), memory_mib(one.pids()), share
        except (RuntimeError, subprocess.CalledProcessError) as problem:
            log.flush()
            sys.exit(f"{name}: {problem}\n{(pathlib.Path(folder) / 'log').read_text(errors='replace')[-2000:]}")
        finally:
            one.stop()


def run(arguments, files, _):
    print("| filter | messages | CPU ms/message | times Winnow's | memory MiB |\n|---|---:|---:|---:|---:|", flush=True)
    winnow = None
    for name, start in STARTS.items():
        if arguments.only and name not in arguments.only:
            continue
        lacking = [tool for tool in NEEDS[name] if shutil.which(tool) is None]
        if lacking:
            print(f"| {name} | not installed: {', '.join(lacking)} | | | |", flush=True)
            continue
        of = files[:arguments.sa_messages] if name == "spamassassin" else files
        cpu, messages, memory, share = measure(arguments, name, of)
        winnow = cpu if name == "winnow" else winnow
        times = f"{cpu / winnow:.1f}" if winnow else ""
        print(f"| {name} | {messages} | {cpu:.2f} | {times} | {memory:.0f} |", flush=True)
        if share is not None:
            inference = f"Winnow's model, reasons included: {100 * share:.0f} % of its CPU time."
    if winnow:
        print(f"\n{inference}")


if __name__ == "__main__":
    sys.exit(daemon_cpu.on_drawn_messages(parse_arguments(), ROOT, run))
