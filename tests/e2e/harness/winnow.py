"""The daemon under test: its settings and rules, its start, death and reload, its log and memory."""
import pathlib
import re
import signal
import subprocess

from harness.wait import until

SETTINGS = """
milter:
  socket: unix:{socket}
  socket_mode: "0660"
  socket_group: postfix
engine:
  model: {model}
{engine}rules: [{rules}]
metrics: {{ listen: "" }}
log: {{ to: stderr }}
"""

READY = r"\bready: socket="


class Winnow:
    """`rules_text` None means the shipped rules; `engine_text` is more of the engine's settings, indented; `daemon` may be a
    copy of the program elsewhere."""

    def __init__(self, places, root, rules_text=None, engine_text="", daemon=None):
        self.root = pathlib.Path(root)
        self.socket = self.root / "run" / "winnow.sock"
        self.log = self.root / "winnow.log"
        self.config = self.root / "winnow.yaml"
        self.rules = self.root / "rules.yaml"
        self._places = places
        self._rules_text = rules_text
        self._engine_text = engine_text
        self._daemon = daemon or places.daemon
        self._process = None

    def start(self):
        self.root.mkdir(mode=0o755, exist_ok=True)
        self.root.chmod(0o755)
        self.socket.parent.mkdir(mode=0o755, exist_ok=True)
        if self._rules_text is None:
            self._rules_text = self._places.shipped_rules.read_text()
        if not self.rules.exists():
            self.write_rules(self._rules_text)
        self.config.write_text(SETTINGS.format(socket=self.socket, model=self._places.model, rules=self.rules,
                                               engine=self._engine_text))
        starts = len(self.log_lines(READY))
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen([str(self._daemon), "--config", str(self.config)],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: self.log_lines(READY)[starts:] or not self.running(), "winnow-milter to be ready", seconds=60)
        if not self.running():
            raise AssertionError(f"winnow-milter ended at start with {self._process.returncode}:\n{self.log.read_text()}")

    def stop(self):
        """SIGTERM, as systemd does; the exit status."""
        if self._process is None:
            return None
        self.send(signal.SIGTERM)
        return self.wait()

    def kill(self):
        """SIGKILL: gone in the middle of whatever it did."""
        self.send(signal.SIGKILL)
        return self.wait()

    def send(self, signal_number):
        self._process.send_signal(signal_number)

    def wait(self, seconds=30):
        status = self._process.wait(seconds)
        self._process = None
        return status

    def running(self):
        return self._process is not None and self._process.poll() is None

    def write_rules(self, text):
        """All of the new file at once, as an editor or a configuration tool puts it there."""
        new = self.rules.with_suffix(".new")
        new.write_text(text)
        new.replace(self.rules)

    def log_lines(self, pattern):
        """Log lines in which the pattern is found."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def wait_for_log(self, pattern, beyond=0, seconds=30):
        """Waits for more than `beyond` lines with the pattern; the newest of them."""
        return until(lambda: self.log_lines(pattern)[beyond:], f"log line {pattern!r}", seconds)[-1]

    def resident_mib(self, field="VmRSS"):
        """Memory of the process: VmRSS now, VmHWM at its highest."""
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE).group(1)) / 1024
