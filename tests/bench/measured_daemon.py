"""The daemon with the shipped model and rules, in a folder of its own, and `winnow bench` against it."""
import json
import pathlib
import re
import resource
import subprocess
import sys
import time


def write_settings(source, folder, more="", metrics=""):
    """Settings with the shipped model and rules of `source`, the socket in `folder`, where metrics are, and `more` YAML;
    both files' paths."""
    settings, socket = folder / "winnow.yaml", folder / "winnow.sock"
    settings.write_text(f"milter: {{ socket: unix:{socket}, socket_group: '' }}\n"
                        f"engine: {{ model: {source / 'models/default.pt'} }}\n"
                        f"rules: [{source / 'config/rules.yaml'}]\n"
                        f"metrics: {{ listen: '{metrics}' }}\nlog: {{ to: stderr }}\n{more}\n")
    return settings, socket


def bench(programs, *arguments):
    """What `winnow bench --json` measured. Messages without an answer are in it, and no reason to end."""
    done = subprocess.run([programs / "winnow", "bench", "--json", *map(str, arguments)], capture_output=True, check=False)
    if not done.stdout:
        sys.exit(f"winnow bench: {done.stderr.decode()}")
    return json.loads(done.stdout)


class MeasuredDaemon:
    """Runs until stop(). Its socket, settings and log lie in `folder`."""

    def __init__(self, programs, source, folder, more_settings=""):
        self.programs = programs
        self.log = folder / "winnow.log"
        self.config, self.socket = write_settings(source, folder, more_settings)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([programs / "winnow-milter", "--config", self.config], stderr=log, stdout=log,
                                            preexec_fn=allow_many_descriptors)
        while not self.socket.exists():
            if self.process.poll() is not None:
                sys.exit(f"the daemon ended:\n{self.log.read_text()}")
            time.sleep(0.05)

    def bench(self, *arguments):
        return bench(self.programs, "--config", self.config, *arguments)

    def memory_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def allow_many_descriptors():
    """As LimitNOFILE of the systemd unit does."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
