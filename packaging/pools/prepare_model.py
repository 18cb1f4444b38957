#!/usr/bin/env python3
"""Makes of a Winnow model the file that an inference server loads.

usage: prepare_model.py MODEL.pt SERVED.pt
Needs PyTorch. Winnow's models are stored small and unpack themselves when Winnow calls their prepare(); an inference
server does not know that method, so it is called here, once, and the result stored. It judges the same, and is larger.
A TorchScript file is a program: take models from people you trust.
"""
import sys

import torch


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    extra = {"winnow.json": ""}
    model = torch.jit.load(sys.argv[1], map_location="cpu", _extra_files=extra).eval()
    if hasattr(model, "prepare"):
        model.prepare()
    torch.jit.save(model, sys.argv[2], _extra_files=extra)


if __name__ == "__main__":
    main()
