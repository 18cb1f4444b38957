"""Phrases: text with choices and slots, expanded by a seeded random generator.

    [Thank you|Thanks] for your order {order}     a choice; choices nest
    {product}       a fresh draw from the list named product, or a value of the message (brand, first, order ...)
    {product:1}     the same draw wherever it stands in this message

Fails: a slot that nothing fills raises PhraseError with its name. Deterministic for a given random.Random.
"""


class PhraseError(ValueError):
    """A text that cannot be read or expanded."""


def parse(text):
    """Text -> list of str, ("slot", name, key) and ("choice", [lists])."""
    nodes, at = _parse_sequence(text, 0, "")
    if at != len(text):
        raise PhraseError(f"unexpected {text[at]!r} in {text!r}")
    return nodes


def alternatives(text):
    """'a | b | [c|d]' -> the parsed alternatives of the top level."""
    _, options, at = _parse_choice(text, 0, end="")
    if at != len(text):
        raise PhraseError(f"unexpected {text[at]!r} in {text!r}")
    return options


def _parse_sequence(text, at, stops):
    nodes, plain = [], []
    while at < len(text) and text[at] not in stops:
        char = text[at]
        if char not in "[{":
            if char == "]" or char == "}":
                raise PhraseError(f"{char!r} without its opening in {text!r}")
            plain.append(char)
            at += 1
            continue
        if plain:
            nodes.append("".join(plain))
            plain = []
        node, at = _parse_slot(text, at) if char == "{" else _parse_nested(text, at)
        nodes.append(node)
    if plain:
        nodes.append("".join(plain))
    return nodes, at


def _parse_slot(text, at):
    end = text.find("}", at)
    if end < 0:
        raise PhraseError(f"slot without end in {text!r}")
    name, _, key = text[at + 1:end].partition(":")
    return ("slot", name, key), end + 1


def _parse_nested(text, at):
    _, options, at = _parse_choice(text, at + 1, end="]")
    if at >= len(text):
        raise PhraseError(f"choice without end in {text!r}")
    return ("choice", options), at + 1


def _parse_choice(text, at, end):
    options = []
    while True:
        nodes, at = _parse_sequence(text, at, "|" + end)
        options.append(nodes)
        if at >= len(text) or text[at] != "|":
            return "choice", options, at
        at += 1


class Writer:
    """Expands phrases for one message. values: name -> str, function of no argument, or list of parsed phrases."""

    def __init__(self, rng, values):
        self.rng = rng
        self.values = values
        self.kept = {}

    def write(self, nodes):
        return "".join(node if isinstance(node, str) else self._expand(node) for node in nodes)

    def say(self, text):
        return self.write(parse(text))

    def _expand(self, node):
        if node[0] == "choice":
            return self.write(self.rng.choice(node[1]))
        _, name, key = node
        if not key:
            return self._value(name)
        if (name, key) not in self.kept:
            self.kept[name, key] = self._value(name)
        return self.kept[name, key]

    def _value(self, name):
        value = self.values.get(name)
        if value is None:
            raise PhraseError(f"nothing fills {{{name}}}")
        if callable(value):
            return value()
        return value if isinstance(value, str) else self.write(self.rng.choice(value))
