"""What senders of spam do to a text so that filters do not read it. Applied to a part of the spam only."""
import html

import names

LOOKALIKES = {"o": "0", "O": "0", "l": "I", "i": "1", "a": "а", "e": "е", "c": "с", "p": "р"}
MARKS = ["➧ ", "!! ", "-> ", "✓ ", "⚠ ", "*** ", "►", "★ ", "[!] "]


def styled(text, base_upper=0x1D5A0, base_lower=0x1D5BA):
    """Letters as mathematical sans-serif symbols."""
    out = []
    for char in text:
        if "A" <= char <= "Z":
            out.append(chr(base_upper + ord(char) - 65))
        elif "a" <= char <= "z":
            out.append(chr(base_lower + ord(char) - 97))
        else:
            out.append(char)
    return "".join(out)


def swapped(rng, text):
    return "".join(LOOKALIKES[c] if c in LOOKALIKES and rng.random() < 0.4 else c for c in text)


def spaced(text):
    return "\u200b".join(text)


def disguise(rng, content, pool):
    """Changes the content in place; pool are innocent sentences of the language."""
    chance = rng.random()
    if chance < 0.72:
        return
    if chance < 0.80:
        content.subject = rng.choice(MARKS) + content.subject
    elif chance < 0.86:
        change = rng.choice([styled, spaced, lambda text: swapped(rng, text)])
        content.subject, content.sender.name = change(content.subject), change(content.sender.name)
    elif chance < 0.90:
        for block in content.blocks:
            block.rows = [[swapped(rng, cell) if rng.random() < 0.4 else cell for cell in row] for row in block.rows]
    elif chance < 0.94:
        content.subject = f"{content.subject} {names.token(rng, rng.randint(5, 9)).lower()}"
    else:
        content.footer["hidden"] = " ".join(rng.choice(pool) for _ in range(rng.randint(4, 14))) if pool else ""


def hidden_html(rng, text):
    css = rng.choice(["display:none", "font-size:0;line-height:0;max-height:0;overflow:hidden", "color:#ffffff;font-size:1px",
                      "position:absolute;left:-9999px;top:-9999px"])
    return f'<div style="{css};">{html.escape(text)}</div>'
