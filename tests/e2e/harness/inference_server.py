#!/usr/bin/env python3
"""An inference server of the Open Inference Protocol v2, with PyTorch; written from the protocol's text, not from Winnow's code.

usage: inference_server.py MODEL.pt [--names winnow|triton] [--json-only] [--certificate PEM --key PEM]
Prints its port. Serves until its standard input ends.

Beside the protocol: POST /test/fault with one of FAULTS, which the next requests for inference meet; GET /test/counts.
"""
import argparse
import http.server
import json
import ssl
import sys
import threading

import torch

FAULTS = ["", "slow", "cut", "shape", "json", "nan", "500", "hang", "labels", "headers", "other_id"]
NAMES = {"winnow": (["tokens", "weights", "offsets", "dense"], "logits"),
         "triton": (["INPUT__0", "INPUT__1", "INPUT__2", "INPUT__3"], "OUTPUT__0")}
TYPES = {"INT64": torch.int64, "FP32": torch.float32}
JSON_LENGTH = "Inference-Header-Content-Length"
SLOW_SECONDS = 3.0


class BadRequest(Exception):
    pass


class State:
    """What the threads of all connections share."""

    def __init__(self, arguments):
        self.model = torch.jit.load(arguments.model).eval()
        self.inputs, self.output = NAMES[arguments.names]
        self.binary = not arguments.json_only
        self.fault = ""
        self.counts = {"json": 0, "binary": 0, "connections": 0}
        self.lock = threading.Lock()
        self.stopping = threading.Event()

    def count(self, what):
        with self.lock:
            self.counts[what] += 1


def tensor_of(description, blobs):
    """One input tensor out of its description; takes its bytes from the front of `blobs`."""
    if description["datatype"] not in TYPES:
        raise BadRequest(f"unknown datatype {description['datatype']}")
    dtype, shape = TYPES[description["datatype"]], description["shape"]
    size = description.get("parameters", {}).get("binary_data_size")
    if size is None:
        tensor = torch.tensor(description["data"], dtype=dtype)
    else:
        taken, blobs[:] = blobs[:size], blobs[size:]
        if len(taken) != size:
            raise BadRequest("the body is shorter than its tensors")
        tensor = torch.frombuffer(bytearray(taken), dtype=dtype) if size else torch.empty(0, dtype=dtype)
    return tensor.reshape(shape)


def infer(state, request, blobs):
    by_name = {one["name"]: tensor_of(one, blobs) for one in request["inputs"]}
    if blobs:
        raise BadRequest("bytes after the last tensor")
    if set(by_name) != set(state.inputs):
        raise BadRequest(f"the inputs are {state.inputs}, not {sorted(by_name)}")
    with torch.inference_mode():
        return state.model(*(by_name[name] for name in state.inputs))


def wants_binary(request, name):
    chosen = next((one for one in request.get("outputs", []) if one["name"] == name), {})
    default = request.get("parameters", {}).get("binary_data_output", False)
    return chosen.get("parameters", {}).get("binary_data", default)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.state.count("connections")

    def log_message(self, *arguments):
        pass

    def send(self, status, value, json_bytes=None):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        if json_bytes is not None:
            self.send_header(JSON_LENGTH, str(json_bytes))
        self.send_header("Content-Type", "application/octet-stream" if json_bytes else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        state = self.server.state
        model = "/v2/models/winnow"
        if self.path == "/v2":
            extensions = ["binary_tensor_data"] if state.binary else []
            self.send(200, {"name": "test server", "version": "1", "extensions": extensions})
        elif self.path in ("/v2/health/live", "/v2/health/ready", model + "/ready"):
            self.send(200, b"")
        elif self.path == model:
            self.send(200, {"name": "winnow", "platform": "pytorch_libtorch",
                            "inputs": [{"name": name} for name in state.inputs], "outputs": [{"name": state.output}]})
        elif self.path == "/test/counts":
            self.send(200, state.counts)
        else:
            self.send(404, {"error": f"nothing at {self.path}"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        state = self.server.state
        if self.path == "/test/fault":
            state.fault = json.loads(body)
            assert state.fault in FAULTS
            self.send(200, {})
        elif self.path != "/v2/models/winnow/infer":
            self.send(404, {"error": f"nothing at {self.path}"})
        elif not self.meets_fault_before():
            try:
                self.answer(body)
            except (BadRequest, KeyError, ValueError, TypeError, RuntimeError) as problem:
                self.send(400, {"error": f"{type(problem).__name__}: {problem}"})

    def answer(self, body):
        state = self.server.state
        json_bytes = self.headers.get(JSON_LENGTH)
        if json_bytes is not None and not state.binary:
            raise BadRequest("no binary tensors here")
        size = len(body) if json_bytes is None else int(json_bytes)
        state.count("json" if json_bytes is None else "binary")
        request = json.loads(body[:size])
        logits = infer(state, request, bytearray(body[size:]))
        self.answer_logits(request, self.with_fault(logits))

    def answer_logits(self, request, logits):
        state = self.server.state
        output = {"name": state.output, "datatype": "FP32", "shape": list(logits.shape)}
        answer = {"model_name": "winnow", "model_version": "1", "outputs": [output]}
        if "id" in request:
            answer["id"] = "elsewhere" if state.fault == "other_id" else request["id"]
        if wants_binary(request, state.output):
            blob = logits.contiguous().numpy().tobytes()
            output["parameters"] = {"binary_data_size": len(blob)}
            text = json.dumps(answer).encode()
            self.send(200, text + blob, len(text))
        else:
            output["data"] = logits.flatten().tolist()
            self.send(200, answer)

    def with_fault(self, logits):
        fault = self.server.state.fault
        if fault == "shape":
            return logits.flatten()[:1]
        if fault == "labels":
            return torch.cat([logits, logits], 1)
        if fault == "nan":
            return torch.full_like(logits, float("nan"))
        return logits

    def meets_fault_before(self):
        """Whether a fault took the place of the answer."""
        state = self.server.state
        if state.fault == "slow":
            state.stopping.wait(SLOW_SECONDS)
            return False
        if state.fault == "500":
            self.send(500, {"error": "out of memory\x1b[1m"})
        elif state.fault == "json":
            self.send(200, b'{"outputs": [{"name": ')
        elif state.fault == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000)
            self.close_connection = True
        elif state.fault == "cut":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"model_name"')
            self.close_connection = True
        elif state.fault == "hang":
            state.stopping.wait()
        else:
            return False
        return True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, arguments):
        self.state = State(arguments)
        super().__init__(("127.0.0.1", 0), Handler)
        if arguments.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(arguments.certificate, arguments.key)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        """A client that goes away is no event here."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--names", choices=sorted(NAMES), default="winnow")
    parser.add_argument("--json-only", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    server = Server(arguments)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.state.stopping.set()
    server.shutdown()


if __name__ == "__main__":
    main()
