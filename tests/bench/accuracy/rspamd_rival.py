"""rspamd's Bayes filter alone: its controller on a private socket, its tokens in a private redis.

All else of rspamd is left out: no rules, no network. The learn condition of the default configuration is left out, too:
it skips what the filter already knows, and here it shall learn all that the others learn.
"""
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

START_SECONDS = 600  # on a busy machine; it compiles a list of top-level domains
MAX_REFUSED = 0.005  # of the mail to learn: what it takes for no mail at all
SPAM_WEIGHT, HAM_WEIGHT = 5.0, -3.0

CONFIGURATION = """
options {
  pidfile = "%(folder)s/rspamd.pid";
  filters = "";
  tempdir = "%(folder)s";
  hs_cache_dir = "%(cache)s";
  dns { nameserver = ["127.0.0.1:1"]; }
  max_message = 8mb;
}
logging { type = "file"; filename = "%(folder)s/rspamd.log"; level = "warning"; }
worker "controller" {
  bind_socket = "%(folder)s/controller.sock mode=0600";
  count = 1;
  secure_ip = ["127.0.0.1"];
}
metric "default" {
  actions { reject = 1000; }
  group "statistics" {
    symbol "BAYES_SPAM" { weight = %(spam)s; }
    symbol "BAYES_HAM" { weight = %(ham)s; }
  }
}
classifier "bayes" {
  tokenizer { name = "osb"; }
  backend = "redis";
  servers = "%(folder)s/redis.sock";
  new_schema = true;
  min_tokens = 11;
  min_learns = 10;
  statfile { symbol = "BAYES_HAM"; spam = false; }
  statfile { symbol = "BAYES_SPAM"; spam = true; }
}
"""


class LocalConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(folder, path, file):
    connection = LocalConnection(os.path.join(folder, "controller.sock"))
    with open(file, "rb") as mail:
        connection.request("POST", path, body=mail.read())
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text


def wait_for(path, process):
    """Until the socket answers; a process that has ended will never open it."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("%s ended with %d" % (process.args[0], process.returncode))
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.connect(path)
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("%s did not start" % process.args[0])


def start(folder, cache, servers):
    """Appends to servers what runs, so that it is stopped even when the next one does not start."""
    with open(os.path.join(folder, "rspamd.conf"), "w", encoding="utf-8") as file:
        file.write(CONFIGURATION % {"folder": folder, "cache": cache, "spam": SPAM_WEIGHT, "ham": HAM_WEIGHT})
    commands = {
        "redis.sock": ["redis-server", "--port", "0", "--unixsocket", os.path.join(folder, "redis.sock"), "--save", "",
                       "--appendonly", "no", "--dir", folder],
        "controller.sock": ["rspamd", "--no-fork", "--insecure", "--config", os.path.join(folder, "rspamd.conf")],
    }
    for name, command in commands.items():
        servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for(os.path.join(folder, name), servers[-1])


def probability(answer):
    """The symbol's score is its weight times ((p - 0.5) * 2) ** 8; none means that the filter is undecided."""
    for name, weight, sign in (("BAYES_SPAM", SPAM_WEIGHT, 1), ("BAYES_HAM", HAM_WEIGHT, -1)):
        if name in answer["symbols"]:
            certainty = min(1.0, max(0.0, answer["symbols"][name]["score"] / weight))
            return 0.5 + sign * certainty ** 0.125 / 2
    return 0.5


def judge(learnt, judged, keep):
    cache = os.path.join(os.path.abspath(keep), "hyperscan")
    os.makedirs(cache, exist_ok=True)
    scores, refused = {}, []
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        try:
            start(folder, cache, servers)
            for file, label in learnt:
                status, answer = ask(folder, "/learnspam" if label == "spam" else "/learnham", file)
                if status not in (200, 204, 208):  # 204 and 208: too few tokens, or learnt before
                    refused.append("%s: %d %s" % (file, status, answer))
            if refused:
                print("rspamd did not learn %d messages" % len(refused), file=sys.stderr)
            if len(refused) > MAX_REFUSED * len(learnt):
                raise RuntimeError("rspamd did not learn %d messages, such as %s" % (len(refused), refused[0]))
            for file in judged:
                status, answer = ask(folder, "/checkv2", file)
                if status != 200:
                    raise RuntimeError("rspamd did not judge %s: %d %s" % (file, status, answer))
                scores[file] = probability(json.loads(answer))
        finally:
            for server in reversed(servers):
                server.terminate()
                server.wait()
    return {"bayes": scores}
