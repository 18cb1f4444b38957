"""Blocks to plain text: the twin of an HTML part, or the whole of a plain message."""
import textwrap

from content import DIRECT_LOOKS


class PlainText:
    def __init__(self, rng, content, links):
        self.rng, self.content, self.links = rng, content, links
        self.width = rng.choice([0, 0, 72, 76, 78])
        self.link_form = rng.choice(["{text}: {url}", "{text}\n{url}", "[{text}]({url})", "{text} ( {url} )", "{text} <{url}>", "{url}"])

    def write(self):
        content, rng = self.content, self.rng
        has_footer = content.look not in DIRECT_LOOKS
        parts = [self._block(block) for block in content.blocks]
        if has_footer:
            parts += self._footer()
        if content.preheader and has_footer and rng.random() < 0.3:
            parts.insert(0, content.preheader + rng.choice(["", " \u200c" * rng.randint(5, 40), "\u034f \u200c " * rng.randint(5, 30)]))
        return "\n\n".join(part for part in parts if part) + "\n"

    def _footer(self):
        foot, rng = self.content.footer, self.rng
        out = [rng.choice(["--", "-" * 40, "_" * 30, "* * *", ""])]
        out += [self._wrapped(foot[name]) for name in ("why", "legal", "address") if foot[name] and rng.random() < 0.7]
        if foot["unsubscribe"] and (self.content.look != "notice" or rng.random() < 0.4):
            out.append(self._linked(foot["unsubscribe"], self.links.leave()))
        return out

    def _wrapped(self, text):
        return textwrap.fill(text, self.width, break_long_words=False) if self.width else text

    def _linked(self, text, url):
        return self.link_form.format(text=text, url=url)

    def _block(self, block):
        rows, code = block.rows, block.code
        if code in "BL":
            return "\n".join(self._linked(row[0], self.links.click()) for row in rows)
        if code == "V":
            return self._linked(rows[0][0], self.links.click()) if self.rng.random() < 0.5 else ""
        if code == "U":
            mark = self.rng.choice(["* ", "- ", "• "])
            return "\n".join(mark + row[0] for row in rows)
        if code == "Q":
            return "\n".join("> " + line for row in rows for line in textwrap.wrap(row[0], 70))
        if code == "K":
            return "\n".join(cell.replace("=", ":", 1).replace(" :", ":") for cell in rows[0])
        if code == "A":
            return "\n\n".join("\n".join([row[0], *row[1:], self.links.click()]) for row in rows)
        if code in "GI":
            return "\n".join("  ".join(row) for row in rows)
        if code == "H" and self.rng.random() < 0.3:
            return rows[0][0].upper()
        return "\n\n".join(self._wrapped(row[0]) for row in rows)
