"""Invented names: companies, hosts, senders' addresses, people's surnames. Nothing here names anybody real.

Hosts are built the same way for wanted mail and spam. Only weights differ, where they differ in life: which top-level
domains, and whether a sender's host has to do with its name.
"""

ONSETS = "b br c ch cl d dr f fl g gr h j k kl l m n p pl pr qu r s sk sl st t tr v w z".split()
VOWELS = "a e i o u a e i o ai ea io oo ou".split()
CODAS = ["", "", "", "n", "r", "l", "s", "x", "nd", "rt", "m", "ck", "lt", "th"]

HOST_WORDS = """acorn alder amber anchor apex arch atlas autumn bay beacon birch blue bold bright brook canyon cedar chart
cloud clover coast copper coral core craft crest crown daily dawn delta drift east echo elm ember fair fern field first
flint forest forge fox garden glen gold grand granite green grove harbor haven hazel heath hill home honey horizon
indigo iron island ivy jade juniper keen lake lantern lark leaf light lily linen lotus lumen lunar maple market meadow
mill mint moon moss north nova oak ocean olive open orchard pearl pebble pine pixel plain planet plum point prairie prime
quartz quick quill rain raven red reef ridge river robin rose ruby rush sage sail salt sand sea shore silver sky slate
smart snow solar south spark spring spruce star stone storm stream summer summit sun swift terra thistle tide timber trail
true tulip urban valley vale velvet vine violet vista wave west wild willow wind winter wood wren young zen""".split()

COMMON_TLDS = "com com com com com com com com net org co io".split()
NEW_TLDS = "shop store app news club info online site live life health fun help blog world today email center".split()
CHEAP_TLDS = "xyz top shop online site click buzz cyou icu bar fun live life info club beauty sbs rest help name cc".split()
COUNTRY_TLDS = {"en": "us uk ca au ie".split(), "de": "de de de at ch".split(), "fr": "fr fr fr be ch".split(),
                "es": "es es mx ar cl".split(), "it": ["it"], "pt": "pt com.br com.br com.br".split(),
                "nl": "nl nl nl be".split(), "pl": ["pl"], "cs": ["cz"], "sv": ["se"], "ja": "jp co.jp".split(),
                "zh": "cn com.cn tw com.tw".split(), "da": ["dk"], "fi": ["fi"], "ru": ["ru"], "tr": ["com.tr"]}
COUNTRY_TLDS["en"] = ["us", "co.uk", "co.uk", "ca", "com.au", "ie"]


def syllable(rng):
    return rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)


def made_word(rng, least=2, most=3):
    word = "".join(syllable(rng) for _ in range(rng.randint(least, most)))
    return word[:11]


def surname(rng):
    return made_word(rng, 2, 2).capitalize() + rng.choice(["", "", "", "er", "s", "son", "man", "ley", "ini", "ek", "ski"])


def company(rng, suffixes):
    """suffixes: words of the trade in the language, as 'Kitchen' or 'Apotheke'."""
    stem = rng.choice([lambda: made_word(rng), lambda: made_word(rng, 1, 2), lambda: rng.choice(HOST_WORDS),
                       lambda: rng.choice(HOST_WORDS) + rng.choice(HOST_WORDS),
                       lambda: made_word(rng, 1, 1) + rng.choice(HOST_WORDS)])().capitalize()
    shape = rng.random()
    if shape < 0.4:
        return stem
    if shape < 0.85 and suffixes:
        return f"{stem} {rng.choice(suffixes)}"
    if shape < 0.93:
        return f"{stem} & {rng.choice([surname(rng), rng.choice(HOST_WORDS).capitalize()])}"
    return f"{rng.choice(['The ', ''])}{stem} {rng.choice(['Co.', 'Group', 'Club', 'Collective', 'Studio', 'House'])}"


def slug(text):
    return "".join(c for c in text.lower() if c.isascii() and c.isalnum())


def tld(rng, language, cheap):
    """cheap: probability of a top-level domain that is sold cheaply."""
    chance = rng.random()
    if chance < cheap:
        return rng.choice(CHEAP_TLDS)
    if chance < cheap + 0.25 and language != "en" or chance > 0.93:
        return rng.choice(COUNTRY_TLDS.get(language, ["com"]))
    return rng.choice(NEW_TLDS) if rng.random() < 0.08 else rng.choice(COMMON_TLDS)


def domain_of(rng, name, language, cheap):
    """A host that a sender of this name would have."""
    base = slug(name) or made_word(rng)
    joint = rng.choice(["", "", "", "-"])
    dressed = rng.choice([base] * 6 + [base + joint + "shop", "my" + base, base + joint + "online", "get" + base,
                                       base + joint + "mail", "the" + base])
    return f"{dressed[:24].strip('-')}.{tld(rng, language, cheap)}"


def unrelated_domain(rng, language, cheap):
    base = rng.choice([lambda: made_word(rng, 2, 3), lambda: rng.choice(HOST_WORDS) + rng.choice(HOST_WORDS),
                       lambda: made_word(rng, 1, 2) + rng.choice(HOST_WORDS),
                       lambda: rng.choice(HOST_WORDS) + "-" + made_word(rng, 1, 2),
                       lambda: made_word(rng, 2, 2) + str(rng.randint(1, 99))])()
    return f"{base}.{tld(rng, language, cheap)}"


def lookalike_domain(rng, name, language, cheap):
    """Close to the name and not the name's own."""
    base = slug(name) or made_word(rng)
    word = rng.choice("secure support account login verify billing update service alert notice portal team".split())
    swapped = base.replace("l", "1", 1) if "l" in base else base.replace("o", "0", 1)
    shape = rng.choice([f"{base}-{word}", f"{word}-{base}", f"{base}{word}", swapped, f"{base}{rng.randint(1, 99)}",
                        f"{base}-{word}{rng.randint(1, 9)}"])
    return f"{shape}.{tld(rng, language, cheap)}"


def token(rng, length, letters="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"):
    return "".join(rng.choice(letters) for _ in range(length))


def hexadecimal(rng, length):
    return token(rng, length, "0123456789abcdef")
