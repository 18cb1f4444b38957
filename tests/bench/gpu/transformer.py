#!/usr/bin/env python3
"""A model that is too much for a CPU: a transformer of random weights over a message's tokens, to measure what a GPU gives.

usage: transformer.py FITTING.pt OUT.pt [--layers 4] [--width 256] [--tokens 512] [--half]
exit:  0 written

Its manifest is FITTING.pt's, so Winnow runs it as any model of one's own. It knows nothing of mail.
"""
import argparse
import json
import zipfile

import torch
from torch import Tensor, nn

ROWS = 1 << 15
HEAD_WIDTH = 64


class Layer(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.heads = width // HEAD_WIDTH
        self.before_attention, self.before_network = nn.LayerNorm(width), nn.LayerNorm(width)
        self.queries_keys_values, self.together = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, absent: Tensor) -> Tensor:
        messages, places, width = x.size(0), x.size(1), x.size(2)
        split = self.queries_keys_values(self.before_attention(x)).view(messages, places, 3, self.heads, width // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4).unbind(0)
        likeness = torch.matmul(queries, keys.transpose(2, 3)) * (width // self.heads) ** -0.5
        attention = torch.softmax(likeness.masked_fill(absent.unsqueeze(1).unsqueeze(1), -1e4), -1)
        x = x + self.together(torch.matmul(attention, values).transpose(1, 2).reshape(messages, places, width))
        return x + self.narrow(torch.relu(self.wide(self.before_network(x))))


class SetTransformer(nn.Module):
    def __init__(self, layers: int, width: int, tokens: int, dense: int, labels: int):
        super().__init__()
        self.most = tokens
        self.table = nn.Parameter(torch.randn(ROWS, width))
        self.layers = nn.ModuleList(Layer(width) for _ in range(layers))
        self.out = nn.Linear(width + dense, labels)

    def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
        tokens, weights = torch.cat([tokens, tokens.new_zeros([1])]), torch.cat([weights, weights.new_zeros([1])])
        ends = torch.cat([offsets[1:], offsets.new_full([1], tokens.size(0) - 1)])
        places = torch.arange(self.most, device=tokens.device).unsqueeze(0)
        absent = places >= (ends - offsets).unsqueeze(1)
        at = (offsets.unsqueeze(1) + places).masked_fill(absent, tokens.size(0) - 1)
        x = torch.embedding(self.table, tokens[at].remainder(self.table.size(0))) * weights[at].unsqueeze(2)
        for layer in self.layers:
            x = layer(x, absent)
        mean = x.masked_fill(absent.unsqueeze(2), 0.0).sum(1) / self.most
        return self.out(torch.cat([mean, dense], 1))


def manifest_of(path):
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/extra/winnow.json"))
        return json.loads(archive.read(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fitting")
    parser.add_argument("out")
    parser.add_argument("--layers", default=4, type=int)
    parser.add_argument("--width", default=256, type=int, help=f"a multiple of {HEAD_WIDTH}")
    parser.add_argument("--tokens", default=512, type=int, help="of a message, at most")
    parser.add_argument("--half", action="store_true", help="in half precision on a GPU")
    options = parser.parse_args()
    torch.manual_seed(1)
    manifest = manifest_of(options.fitting)
    manifest["name"] = f"transformer-{options.layers}x{options.width}"
    manifest["half"] = options.half
    model = SetTransformer(options.layers, options.width, options.tokens, len(manifest["features"]["dense"]),
                           len(manifest["labels"]))
    torch.jit.script(model).save(options.out, _extra_files={"winnow.json": json.dumps(manifest)})


if __name__ == "__main__":
    main()
