#!/usr/bin/env python3
"""Writes invented ordinary mail, wanted and unwanted of the same shapes, for training. Same seed, same octets.

usage: generate.py --output DIR|FILE.tar [--count N] [--seed S] [--kind ham|spam|both] [--language CODE]... [--list-kinds]
  --output PATH    a folder for index.tsv and synthetic-ordinary/{ham,spam}/NNNNNN.eml; with a name ending in .tar the
                   messages go into that archive and index.tsv beside it (call it synthetic-ordinary.tar to train from it)
  --count N        messages (default 16000), half of them ham
  --seed S         default 1
  --kind KIND      only ham or only spam
  --language CODE  only this language; may be repeated
  --list-kinds     what there is: label, kind, language, split
exit: 0 written, 1 a text or the output is wrong, 2 wrong usage
example: generate.py --output /tmp/ordinary && winnow train --index mail/index.tsv --index /tmp/ordinary/index.tsv -o site.pt
"""
import argparse
import hashlib
import io
import random
import sys
import tarfile
from pathlib import Path

from content import Composer
from disguises import disguise
from kinds import LABELS, read_all
from message import MessageWriter
from phrases import PhraseError, Writer
from senders import mail_services, mailboxes, social_hosts

CORPUS = "synthetic-ordinary"
COLUMNS = "corpus path label date bytes sha256 split".split()
ENGLISH_SHARE = 0.6


def split_of(kind):
    """The texts say which families are dev, about one message in ten; a family is never in both splits."""
    return kind.attributes.get("split", "train")


def share_of_look(texts, label, look):
    """Of a language's mail of this label."""
    weights = [(kind.weight, kind.look) for kind in texts.kinds if kind.label == label]
    return sum(weight for weight, its_look in weights if its_look == look) / sum(weight for weight, _ in weights)


class Generator:
    """Messages by number: the number and the seed decide all of a message."""

    def __init__(self, seed, languages=None):
        self.seed = seed
        self.texts = {texts.language: texts for texts in read_all(Path(__file__).parent / "texts")
                      if not languages or texts.language in languages}
        if not self.texts:
            raise PhraseError("no such language")
        world = random.Random(f"{seed} world")
        self.services, self.boxes, self.networks = mail_services(world), mailboxes(world), social_hosts(world)

    def message(self, label, number):
        """-> (octets, kind, date)"""
        rng = random.Random(f"{self.seed} {label} {number}")
        texts = self.texts[self._language(rng)]
        kind = self._kind(rng, texts, label)
        mailbox = rng.choice(self.boxes)
        content = Composer(texts, kind, rng, mailbox).compose()
        if label == "spam":
            pool = [Writer(rng, {}).write(option) for option in texts.lists.get("innocent", [])]
            disguise(rng, content, pool)
        return MessageWriter(rng, content, mailbox, rng.choice(self.services), self.networks).write(), kind, content.date

    def _kind(self, rng, texts, label):
        """The look first, by one distribution for both labels, as far as the language has kinds of it for both: how mail
        looks must not tell which it is."""
        kinds = [kind for kind in texts.kinds if kind.label == label]
        looks = sorted({kind.look for kind in kinds})
        look = rng.choices(looks, [sum(share_of_look(texts, each, look) for each in LABELS) for look in looks])[0]
        kinds = [kind for kind in kinds if kind.look == look]
        return rng.choices(kinds, [kind.weight for kind in kinds])[0]

    def _language(self, rng):
        others = sorted(set(self.texts) - {"en"})
        if "en" in self.texts and (not others or rng.random() < ENGLISH_SHARE):
            return "en"
        return rng.choice(others)


class Folder:
    def __init__(self, path):
        self.root = path
        path.mkdir(parents=True, exist_ok=True)
        self.index = path / "index.tsv"

    def add(self, name, octets, date):
        file = self.root / CORPUS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(octets)

    def close(self):
        pass


class Archive:
    def __init__(self, path):
        self.index = path.parent / "index.tsv"
        self.tar = tarfile.open(path, "w")

    def add(self, name, octets, date):
        member = tarfile.TarInfo(name)
        member.size, member.mtime = len(octets), int(date.timestamp())
        self.tar.addfile(member, io.BytesIO(octets))

    def close(self):
        self.tar.close()


def labels_of(count, kind):
    if kind != "both":
        return [(kind, count)]
    return [("ham", (count + 1) // 2), ("spam", count // 2)]


def write_all(generator, output, count, kind):
    store = Archive(output) if output.suffix == ".tar" else Folder(output)
    corpus = output.stem if output.suffix == ".tar" else CORPUS
    lines = ["\t".join(COLUMNS)]
    for label, share in labels_of(count, kind):
        for number in range(1, share + 1):
            octets, made, date = generator.message(label, number)
            name = f"{label}/{number:06d}.eml"
            store.add(name, octets, date)
            lines.append("\t".join([corpus, name, label, date.strftime("%Y-%m-%dT%H:%M:%SZ"), str(len(octets)),
                                    hashlib.sha256(octets).hexdigest(), split_of(made)]))
    store.close()
    store.index.write_text("\n".join(lines) + "\n", encoding="utf-8")


def arguments(argv):
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0], add_help=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--count", type=int, default=16000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=[*LABELS, "both"], default="both")
    parser.add_argument("--language", action="append")
    parser.add_argument("--list-kinds", action="store_true")
    options = parser.parse_args(argv)
    if not options.list_kinds and (options.output is None or options.count < 1):
        parser.error("--output is needed, and --count of at least 1")
    return options


def main(argv=None):
    options = arguments(argv)
    try:
        generator = Generator(options.seed, options.language)
        if options.list_kinds:
            for texts in generator.texts.values():
                for kind in (kind for kind in texts.kinds if kind.label in LABELS):
                    print(kind.label, kind.name, kind.language, split_of(kind), sep="\t")
            return 0
        write_all(generator, options.output, options.count, options.kind)
    except (OSError, PhraseError) as problem:
        print(f"generate: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
