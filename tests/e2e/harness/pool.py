"""Inference servers under test, their certificates, and the model as they load it."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def python_with_torch():
    """An interpreter that has PyTorch; Debian's package is for Debian's own Python. None without one."""
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        if pathlib.Path(python).exists():
            found = subprocess.run([python, "-c", "import torch"], stderr=subprocess.DEVNULL, env=plain_environment())
            if found.returncode == 0:
                return python
    return None


def plain_environment():
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


def prepare_model(python, places, target):
    subprocess.run([python, places.source / "packaging" / "pools" / "prepare_model.py", places.model, target], check=True,
                   env=plain_environment())


class InferenceServer:
    def __init__(self, python, model, *options):
        self._process = subprocess.Popen([python, HERE / "inference_server.py", model, *options], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, env=plain_environment())
        self.port = int(self._process.stdout.readline())
        self.pid = self._process.pid
        self.url = f"http://127.0.0.1:{self.port}"

    def fault(self, name):
        request = urllib.request.Request(self.url + "/test/fault", json.dumps(name).encode())
        urllib.request.urlopen(request, timeout=30).read()

    def counts(self):
        with urllib.request.urlopen(self.url + "/test/counts", timeout=30) as answer:
            return json.load(answer)

    def stop(self):
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def make_certificate(folder, name, subject_names, authority=None):
    """A key and a certificate, signed by `authority` (a pair as this returns) or by itself."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    command = [shutil.which("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", certificate]
    if authority:
        command += ["-CA", authority[1], "-CAkey", authority[0], "-addext", f"subjectAltName={subject_names}",
                    "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return key, certificate
