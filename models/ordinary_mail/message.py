"""Content to the octets of a message: headers as mail services and mail programs write them, MIME parts, encodings."""
import base64
import quopri
from email.utils import format_datetime
import datetime

import names
from attachments import attachment, base64_lines, png
from content import LOOKS_OF_PEOPLE
from disguises import hidden_html
from layouts import HtmlPage, Style
from links import LinkMaker
from plain_text import PlainText
from senders import MESSAGE_ID_SHAPES, filled

LOCAL_CHARSETS = {"ja": ["iso-2022-jp"], "zh": ["gb18030"], "pl": ["iso-8859-2"], "cs": ["iso-8859-2", "windows-1250"]}
PERSON_MAILERS = ["Postbox {n1}.{n2}", "Quillmail {n1}.{n1}", "Larkmail (iOS {n2})", "Desk Mail {n2}.0", "Brevity Mail/{n3}"]


def encoded_words(rng, text):
    if text.isascii():
        return text
    use_base64 = rng.random() < 0.5
    words, piece = [], ""
    for char in text:
        if len((piece + char).encode()) > 33:
            words.append(piece)
            piece = ""
        piece += char
    words.append(piece)
    return "\n ".join(_encoded_word(word.encode(), use_base64) for word in words)


def _encoded_word(raw, use_base64):
    if use_base64:
        return f"=?UTF-8?B?{base64.b64encode(raw).decode()}?="
    safe = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "=?utf-8?Q?" + "".join("_" if b == 32 else chr(b) if b in safe else f"={b:02X}" for b in raw) + "?="


class MessageWriter:
    def __init__(self, rng, content, mailbox, service, networks):
        self.rng, self.content, self.mailbox, self.service = rng, content, mailbox, service
        self.is_bulk = content.look in ("promo", "news") or content.look == "notice" and rng.random() < 0.75
        self.links = LinkMaker(rng, content, service, networks)

    def write(self):
        body = self._body()
        headers = self._trace() + self._own_headers()
        text = "".join(f"{name}: {value}\n" for name, value in headers) + "\n".join(body) + "\n"
        raw = text.encode("utf-8", "surrogateescape")
        return raw.replace(b"\n", b"\r\n") if self.rng.random() < 0.5 else raw

    # -- body: lists of lines, the first ones being the part's own headers

    def _body(self):
        part = self._text_parts()
        files = [attachment(self.rng, self.content, kind, name) for kind, name in self.content.attachments]
        if files:
            part = self._multipart("mixed", [part] + [self._file(*file) for file in files])
        return part

    def _text_parts(self):
        rng, look = self.rng, self.content.look
        shape = rng.choices(["alternative", "html", "plain", "related"], {"promo": (74, 22, 2, 2), "news": (74, 17, 7, 2), "notice": (52, 30, 16, 2),
                                                                          "letter": (42, 8, 50, 0), "office": (45, 6, 46, 3), "machine": (8, 14, 78, 0)}[look])[0]
        if shape == "plain":
            return self._text("plain", PlainText(rng, self.content, self.links).write())
        page = HtmlPage(rng, self.content, self.links, Style.drawn(rng, look)).write()
        if self.content.footer.get("hidden"):
            page = page.replace("</body>", hidden_html(rng, self.content.footer["hidden"]) + "</body>")
        written = self._text("html", page)
        if shape == "html":
            return written
        if shape == "alternative" and rng.random() < 0.06:
            return self._multipart("alternative", [written])
        twin = PlainText(rng, self.content, self.links).write() if rng.random() < 0.93 else self.content.subject + "\n"
        parts = self._multipart("alternative", [self._text("plain", twin), written])
        return self._multipart("related", [parts, self._file("image001.png", "image/png", png(rng))]) if shape == "related" else parts

    def _text(self, subtype, text):
        rng = self.rng
        charset = rng.choice(LOCAL_CHARSETS.get(self.content.language, ["iso-8859-1"])) if rng.random() < 0.08 else "utf-8"
        try:
            raw = text.encode(charset)
        except UnicodeEncodeError:
            charset, raw = "utf-8", text.encode()
        long_lines = max(map(len, raw.split(b"\n"))) > 900
        choices = ["quoted-printable", "quoted-printable", "base64"] + ([] if long_lines else ["8bit", "7bit"] if raw.isascii() else ["8bit"])
        coding = "7bit" if charset == "iso-2022-jp" and not long_lines else rng.choice(choices)
        if coding == "base64":
            lines = base64_lines(raw)
        elif coding == "quoted-printable":
            lines = quopri.encodestring(raw).decode("ascii").rstrip("\n").split("\n")
        else:
            lines = raw.decode("utf-8", "surrogateescape").rstrip("\n").split("\n")
        shown = rng.choice([charset, charset.upper(), f'"{charset}"'])
        return [f"Content-Type: text/{subtype}; charset={shown}", f"Content-Transfer-Encoding: {coding}", "", *lines]

    def _multipart(self, subtype, parts):
        boundary = filled(self.rng, self.rng.choice(["b1_{h32}", "--=_Part_{n6}_{n9}.{n13}", "{h28}", "=_{t24}", "----=_NextPart_{h8}", "Apart-{t18}", "_{n8}.{T10}"]))
        lines = [f'Content-Type: multipart/{subtype}; boundary="{boundary}"', ""]
        for part in parts:
            lines += ["--" + boundary, *part]
        return lines + ["--" + boundary + "--", ""]

    def _file(self, name, declared, data):
        shown = name if name.isascii() else f"document.{name.rsplit('.', 1)[-1]}"
        extra = "; method=REQUEST" if declared == "text/calendar" else ""
        return [f'Content-Type: {declared}{extra}; name="{shown}"', "Content-Transfer-Encoding: base64",
                f'Content-Disposition: attachment; filename="{shown}"', "", *base64_lines(data)]

    # -- headers

    def _trace(self):
        rng, content = self.rng, self.content
        sending = content.sender.address.split("@")[1]
        self.envelope = filled(rng, rng.choice(["bounce-{n6}-{n8}", "bounces+{n8}-{h4}", "{t20}", content.sender.address.split("@")[0], "return"])) + "@" + \
            rng.choice([sending, f"{rng.choice(['bounce', 'em', 'mta', 'b'])}.{content.domain}", self.service.domain] if self.is_bulk else [sending])
        client = f"{rng.choice(['mta', 'o', 'mail', 'out', 'smtp', 'a'])}{rng.randint(1, 240)}.{self.service.domain if self.is_bulk else content.domain}"
        out = [("Return-Path", f"<{self.envelope}>")]
        hops = [client, *self.mailbox.servers]
        moment = content.date + datetime.timedelta(seconds=2 * len(hops))
        for sender, receiver in reversed(list(zip(hops, hops[1:]))):
            address = ".".join(str(rng.randint(1, 250)) for _ in range(4))
            out.append(("Received", f"from {sender} ({sender} [{address}])\n\tby {receiver} with {rng.choice(['ESMTPS', 'ESMTP', 'ESMTPS'])} id {names.token(rng, 12)}\n"
                                    f"\tfor <{content.recipient.address}>; {format_datetime(moment)}"))
            moment -= datetime.timedelta(seconds=rng.randint(1, 3))
        out += self._signatures(sending)
        return out

    def _signatures(self, sending):
        rng, content = self.rng, self.content
        signers = [rng.choice([content.domain, sending])] if rng.random() < 0.88 else []
        if self.is_bulk and rng.random() < 0.4:
            signers.append(self.service.domain)
        results = "".join(f";\n\tdkim=pass header.d={signer} header.s={names.token(rng, 4).lower()}" for signer in signers)
        spf = rng.choices(["pass", "softfail", "none"], (94, 2, 4))[0]
        out = [("Authentication-Results", f"{self.mailbox.servers[-1]};\n\tspf={spf} smtp.mailfrom={self.envelope}{results}")] if rng.random() < 0.8 else []
        for signer in signers:
            out.append(("DKIM-Signature", f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={signer}; s={names.token(rng, 5).lower()};\n\th=From:Subject:Date:To:Message-ID;\n"
                                          f"\tbh={names.token(rng, 43)}=;\n\tb={names.token(rng, 70)}\n\t {names.token(rng, 70)}=="))
        return out

    def _own_headers(self):
        rng, content = self.rng, self.content
        headers = [("From", self._party(content.sender)), ("To", self._recipient()), ("Subject", encoded_words(rng, content.subject)), ("Date", self._date()),
                   ("MIME-Version", "1.0"), ("Message-ID", self._message_id())]
        if content.reply_to:
            headers.append(("Reply-To", self._party(content.reply_to)))
        headers += self._bulk_headers() if self.is_bulk else self._person_headers()
        rng.shuffle(headers)
        return headers

    def _party(self, party):
        name = party.name
        if not name:
            return party.address
        if not name.isascii():
            return f"{encoded_words(self.rng, name)} <{party.address}>"
        quoted = any(c in name for c in ',.()@:;<>[]"') or self.rng.random() < 0.5
        shown = '"' + name.replace('"', "'") + '"' if quoted else name
        return f"{shown} <{party.address}>"

    def _recipient(self):
        rng, content = self.rng, self.content
        if content.label == "spam" and content.look in LOOKS_OF_PEOPLE and rng.random() < 0.15:
            return rng.choice(["undisclosed-recipients:;", "Recipients <" + content.sender.address + ">"])
        return rng.choice([content.recipient.address, f"<{content.recipient.address}>", self._party(content.recipient)])

    def _date(self):
        zone = datetime.timezone(datetime.timedelta(hours=self.rng.choice([0, 0, 0, 1, 2, -5, -6, -7, -8, 9 if self.content.language == "ja" else 1])))
        return format_datetime(self.content.date.astimezone(zone))

    def _message_id(self):
        rng = self.rng
        host = rng.choice([self.content.domain, self.content.sender.address.split("@")[1], self.service.domain if self.is_bulk else self.content.domain])
        shape = rng.choice([self.service.message_id if self.is_bulk else "{t22}@{host}", rng.choice(MESSAGE_ID_SHAPES)])
        return f"<{filled(rng, shape, host=host, date=self.content.date.strftime('%Y%m%d%H%M%S'))}>"

    def _bulk_headers(self):
        rng, out = self.rng, []
        if rng.random() < 0.75:
            mail = f"<mailto:unsubscribe-{names.token(rng, 16)}@{rng.choice([self.service.domain, self.content.domain])}>"
            web = f"<{self.links.leave()}>"
            out.append(("List-Unsubscribe", rng.choice([web, f"{mail},\n {web}", web + ",\n " + mail, mail])))
            if rng.random() < 0.7:
                out.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        if rng.random() < 0.35:
            out.append(("Feedback-ID", filled(rng, "{n6}:{n6}:{t8}:" + self.service.name)))
        if rng.random() < 0.15:
            out.append(("List-ID", f"<{names.token(rng, 10).lower()}.{self.service.domain}>"))
        if rng.random() < 0.12:
            out.append(("Precedence", "bulk"))
        if rng.random() < 0.2:
            out.append(("X-Mailer", self.service.mailer))
        if rng.random() < 0.15:
            out.append(("X-Report-Abuse", f"Please report abuse to abuse@{self.service.domain}"))
        return out + [(name, filled(rng, shape)) for name, shape in self.service.headers if rng.random() < 0.8]

    def _person_headers(self):
        rng, out = self.rng, []
        if rng.random() < 0.5 and self.content.look in LOOKS_OF_PEOPLE:
            out.append((rng.choice(["X-Mailer", "User-Agent"]), filled(rng, rng.choice(PERSON_MAILERS))))
        if rng.random() < 0.3:
            out.append(("Content-Language", self.content.language))
        is_answer = self.content.subject.split(":")[0].lower() in ("re", "aw", "sv", "rif", "res", "antw", "odp") or any(b.code == "Q" for b in self.content.blocks)
        if is_answer and rng.random() < (0.9 if self.content.label == "ham" else 0.3):
            parent = f"<{names.token(rng, 20)}@{self.mailbox.host}>"
            out += [("In-Reply-To", parent), ("References", parent)]
        return out
