"""Reads texts/<language>.txt: what kinds of mail there are in a language, and the lists their phrases draw from.

Form of a file ('#' begins a comment line):
    $closing = Best regards | [Thanks|Thank you]       a list; the same name again adds to it
    == ham sale look=promo weight=3                     a kind: label, name, attributes
    == extra promo                                      lines that mail of a look may have besides, whatever the kind
    S: subject | another        one draw of all S lines       P: preheader, the same       F: display name, the same
    H: heading    T: paragraph    N: small print    B: button    L: link line    E: signature    Q: quoted text
    U3-5: bullet                repeated draws                C: a code in large letters   V: picture with this caption
    K: name = value // name = value      a table of facts     I2-4: item // price          a bill
    G4-6: product // price               a grid of goods      A3-5: headline // teaser     articles
    X: pdf Invoice-{order}      an attachment (pdf, ics, html, zip, docx, gz)
    A line with '?' before it is left out now and then; of neighbouring lines with '~' some are taken, in any order.
Attributes: look=promo|news|notice|letter|office|machine, weight (default 1), host=own|lookalike|unrelated|any, reply=other|own,
            trade=NAME ({noun} then draws from noun.NAME), split=dev (never learnt from).

Fails: PhraseError with file and line.
"""
import re
from dataclasses import dataclass, field
from pathlib import Path

from phrases import PhraseError, alternatives

LINE = re.compile(r"^([?~]*)([A-Z])(?:(\d+)(?:-(\d+))?)?: ?(.*)$")
CODES = "SPFHTNBLEQUCVKIGAX"
LABELS = ("ham", "spam")


@dataclass(frozen=True)
class Line:
    code: str
    cells: tuple            # of lists of parsed alternatives: one, or more where '//' separates
    least: int = 1
    most: int = 1
    optional: bool = False
    loose: bool = False


@dataclass
class Kind:
    label: str
    name: str
    language: str
    attributes: dict
    lines: list = field(default_factory=list)

    @property
    def family(self):
        return f"{self.label}/{self.name}/{self.language}"

    @property
    def weight(self):
        return float(self.attributes.get("weight", 1))

    @property
    def look(self):
        return self.attributes.get("look", "notice")

    def texts(self, code):
        return [option for line in self.lines if line.code == code for option in line.cells[0]]


@dataclass
class Texts:
    language: str
    lists: dict             # name -> parsed alternatives
    kinds: list


def read_texts(file):
    texts = Texts(Path(file).stem, {}, [])
    for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            _read_line(texts, line.rstrip())
        except PhraseError as problem:
            raise PhraseError(f"{file}:{number}: {problem}") from problem
    return texts


def _read_line(texts, line):
    if line.startswith("$"):
        name, _, text = line[1:].partition("=")
        texts.lists.setdefault(name.strip(), []).extend(_options(text))
    elif line.startswith("=="):
        words = line[2:].split()
        if len(words) < 2 or words[0] not in (*LABELS, "extra"):
            raise PhraseError("a kind begins with '== ham|spam|extra NAME'")
        texts.kinds.append(Kind(words[0], words[1], texts.language, dict(w.split("=", 1) for w in words[2:])))
    else:
        match = LINE.match(line)
        if not match or match[2] not in CODES or not texts.kinds:
            raise PhraseError(f"not a line of a kind: {line[:40]!r}")
        marks, code, least, most, text = match.groups()
        cells = tuple(_options(cell) for cell in text.split("//"))
        least = int(least or 1)
        texts.kinds[-1].lines.append(Line(code, cells, least, int(most or least), "?" in marks, "~" in marks))


def _options(text):
    return [_trimmed(option) for option in alternatives(text.strip())]


def _trimmed(nodes):
    nodes = list(nodes)
    if nodes and isinstance(nodes[0], str):
        nodes[0] = nodes[0].lstrip()
    if nodes and isinstance(nodes[-1], str):
        nodes[-1] = nodes[-1].rstrip()
    return nodes


def read_all(folder):
    return [read_texts(file) for file in sorted(Path(folder).glob("*.txt"))]
