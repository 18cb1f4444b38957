"""engine.remote against an inference server written for the test: same probabilities, and every fault ends in a verdict."""
import json
import math
import re
import shutil
import subprocess
import unittest

from harness import pool, stack
from harness.stack import make_root
from harness.winnow import Winnow

DEADLINE_SECONDS = 4.0
# What the server does wrong, and the word of it in the log.
FAULTS = {"slow": "timeout", "hang": "timeout", "cut": "cut", "shape": "answer", "labels": "answer", "json": "answer",
          "nan": "answer", "other_id": "answer", "headers": "answer", "500": "status"}
NOBODY = "http://127.0.0.1:1"


def remote(url, **more):
    # A busy machine must not look like a slow server.
    settings = {"url": url, "timeout": "2s", **more}
    settings = ", ".join(f"{key}: {json.dumps(str(value))}" for key, value in settings.items())
    return f"  remote: {{ {settings} }}\n"


class PoolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = pool.python_with_torch()
        if cls.python is None:
            raise unittest.SkipTest("python3-torch is not installed")
        cls.root = make_root()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.served = cls.root / "served.pt"
        pool.prepare_model(cls.python, stack.PLACES, cls.served)
        cls.mails = sorted((stack.PLACES.source / "tests" / "data" / "mail").glob("*.eml"))

    def server(self, *options):
        server = pool.InferenceServer(self.python, self.served, *options)
        self.addCleanup(server.stop)
        return server

    def settings(self, engine_text=""):
        file = self.root / f"{self.id().rpartition('.')[2]}.yaml"
        file.write_text(f"engine:\n  model: {stack.PLACES.model}\n{engine_text}"
                        f"rules: [{stack.PLACES.shipped_rules}]\nmetrics: {{ listen: '' }}\n")
        return file

    def tool(self, *arguments):
        return subprocess.run([stack.PLACES.tool, *arguments], capture_output=True, text=True, timeout=300)

    def probabilities(self, engine_text=""):
        run = self.tool("classify", "--json", "--config", self.settings(engine_text), *self.mails)
        self.assertEqual(run.stderr, "")
        return {line["file"]: line["probability"] for line in map(json.loads, run.stdout.splitlines())}

    def daemon(self, engine_text, program=None):
        type(self).daemons = getattr(self, "daemons", 0) + 1
        daemon = Winnow(stack.PLACES, self.root / f"daemon{self.daemons}", engine_text=engine_text, daemon=program)
        daemon.start()
        self.addCleanup(daemon.stop)
        return daemon

    def judge(self, daemon):
        """Sends a mail; its log line as a dictionary."""
        before = len(daemon.log_lines(" judged | fallback "))
        sent = self.tool("send", "--socket", f"unix:{daemon.socket}", "--json", self.mails[-1])
        self.assertEqual(sent.returncode, 0, sent.stderr + daemon.log.read_text())
        line = daemon.wait_for_log(" judged | fallback ", before)
        return {"event": "judged" if " judged " in line else "fallback", **dict(re.findall(r"(\w+)=(\S+)", line))}

    def expected(self):
        """The probability that the model here gives the mail of judge(), as the log writes it: rounded down."""
        if not hasattr(type(self), "_expected"):
            probability = self.probabilities()[str(self.mails[-1])]["spam"]
            type(self)._expected = f"{math.floor(probability * 1000) / 1000:.3f}"
        return self._expected

    def check_stands_in(self, daemon, cause):
        judged = self.judge(daemon)
        self.assertEqual(judged["event"], "judged")
        self.assertEqual(judged.get("stand_in"), cause)
        self.assertEqual(judged["p"], self.expected())
        self.assertLess((int(judged["wait_us"]) + int(judged["infer_us"])) / 1e6, DEADLINE_SECONDS)


class Conformance(PoolTest):
    def check_same_probabilities(self, server, **more):
        here = self.probabilities()
        there = self.probabilities(remote(server.url, timeout="30s", **more))
        self.assertEqual(len(here), len(self.mails))
        for file, by_label in here.items():
            for label, probability in by_label.items():
                self.assertAlmostEqual(there[file][label], probability, delta=1e-5, msg=f"{file} {label}")

    def test_json_gives_the_same_probabilities(self):
        server = self.server()
        self.check_same_probabilities(server, format="json")
        counts = server.counts()
        self.assertGreaterEqual(counts["json"], len(self.mails))
        self.assertEqual(counts["binary"], 0)

    def test_binary_tensors_give_the_same_probabilities(self):
        server = self.server()
        self.check_same_probabilities(server, format="auto")
        counts = server.counts()
        self.assertGreaterEqual(counts["binary"], len(self.mails))
        self.assertEqual(counts["json"], 0)

    def test_a_server_without_binary_tensors_and_with_tritons_names_is_asked_in_json(self):
        server = self.server("--json-only", "--names", "triton")
        self.check_same_probabilities(server, names="triton")
        self.assertGreaterEqual(server.counts()["json"], len(self.mails))

    def test_connections_are_kept(self):
        server = self.server()
        daemon = self.daemon(remote(server.url, connections=1))
        self.judge(daemon)
        before = server.counts()
        for _ in range(5):
            self.judge(daemon)
        after = server.counts()
        self.assertEqual(after["binary"], before["binary"] + 5)
        self.assertLessEqual(after["connections"], before["connections"] + 1)  # that of the question itself


class Faults(PoolTest):
    def test_every_fault_of_the_server_ends_in_a_verdict_within_the_deadline(self):
        server = self.server()
        daemon = self.daemon(remote(server.url, connections=1))
        for fault, cause in FAULTS.items():
            with self.subTest(fault=fault):
                server.fault(fault)
                self.check_stands_in(daemon, cause)
                server.fault("")
                self.assertNotIn("stand_in", self.judge(daemon))

    def test_a_pool_that_is_gone_is_left_alone_and_taken_up_again(self):
        server = self.server()
        daemon = self.daemon(remote(server.url, connections=1))
        server.fault("500")
        for _ in range(3):
            self.check_stands_in(daemon, "status")
        self.check_stands_in(daemon, "open")
        self.assertEqual(daemon.log.read_text().count("stand-in begins: cause=status: "), 1)
        server.fault("")
        for _ in range(200):  # until the pause of the breaker is over
            if "stand_in" not in self.judge(daemon):
                return
        self.fail(daemon.log.read_text())

    def test_a_pool_that_cannot_be_reached_is_a_warning_at_the_start(self):
        daemon = self.daemon(remote(NOBODY))
        self.assertTrue(daemon.log_lines("engine.remote: warning: cannot connect to 127.0.0.1:1"))
        self.check_stands_in(daemon, "refused")
        check = self.tool("check", "--config", self.settings(remote(NOBODY)))
        self.assertEqual(check.returncode, 0)
        self.assertIn("engine.remote: warning: cannot connect to 127.0.0.1:1", check.stderr + check.stdout)

    def test_another_server_of_the_pool_answers_for_one_that_is_gone(self):
        server = self.server()
        daemon = self.daemon(f"  remote: {{ url: ['{NOBODY}', '{server.url}'], timeout: 2s }}\n")
        for _ in range(4):
            self.assertNotIn("stand_in", self.judge(daemon))

    def test_without_libtorch_here_the_pool_judges_alone(self):
        server = self.server()
        program = self.root / "alone" / "bin" / "winnow-milter"
        program.parent.mkdir(parents=True)
        shutil.copy2(stack.PLACES.daemon, program)
        daemon = self.daemon(remote(server.url), program)
        if not daemon.log_lines("warning: model: cannot stand in for the pool: libwinnow-torch.so is not there"):
            self.skipTest("the plugin is installed on this machine")
        judged = self.judge(daemon)
        self.assertEqual((judged["event"], judged["p"]), ("judged", self.expected()))
        self.assertNotIn("stand_in", judged)
        server.fault("500")
        self.assertEqual(self.judge(daemon)["event"], "fallback")


class Tls(PoolTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.root / "tls"
        cls.folder.mkdir()
        cls.authority = pool.make_certificate(cls.folder, "authority", "")
        cls.stranger = pool.make_certificate(cls.folder, "stranger", "")

    def tls_server(self, subject_names):
        key, certificate = pool.make_certificate(self.folder, "server", subject_names, self.authority)
        server = self.server("--certificate", certificate, "--key", key)
        return f"https://127.0.0.1:{server.port}"

    def test_a_server_of_the_right_authority_and_name_judges(self):
        daemon = self.daemon(remote(self.tls_server("IP:127.0.0.1"), ca_file=self.authority[1]))
        self.assertNotIn("stand_in", self.judge(daemon))

    def test_a_server_of_another_authority_gets_no_mail(self):
        daemon = self.daemon(remote(self.tls_server("IP:127.0.0.1"), ca_file=self.stranger[1]))
        self.check_stands_in(daemon, "tls")

    def test_a_server_of_another_name_gets_no_mail(self):
        daemon = self.daemon(remote(self.tls_server("DNS:other.example,IP:127.0.0.2"), ca_file=self.authority[1]))
        self.check_stands_in(daemon, "tls")

