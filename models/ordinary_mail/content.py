"""What one message says: draws a kind's lines into blocks, with the sender, the recipient and their hosts."""
import datetime
from dataclasses import dataclass

import names
from locales import LOCALES, postal_code, written_date, written_sum
from phrases import Writer

ROLES = {
    "promo": """hello info news newsletter offers contact team marketing mail promo service shop hi support customerservice
             deals editor updates email reply hello noreply no-reply""".split(),
    "news": "newsletter news editor info digest noreply hello update daily team mail redaktion post bulletin".split(),
    "notice": """noreply no-reply donotreply service support orders billing notifications info accounts help hello alerts
              notice customerservice admin mailer auto-confirm team""".split(),
    "letter": ["{first}.{last}", "{first}", "{first}{last}", "{f}{last}", "{last}.{first}", "{first}{n}", "{first}_{last}"],
}
ROLES["office"] = ROLES["letter"]
ROLES["machine"] = """root cron monitor monitoring alerts backup noreply postmaster reports noreply-reports mailer-daemon scanner fax
                      voicemail server nas ups admin logs ci build certificates""".split()

LOOKS_OF_PEOPLE = ("letter", "office")
# Not sent through a mail service: no counted links, no unsubscribe link, no legal notice.
DIRECT_LOOKS = (*LOOKS_OF_PEOPLE, "machine")

OFFICE_HOSTS = 0.6      # share of letters and office mail that comes from a company's own host


@dataclass
class Block:
    code: str
    rows: list              # of lists of cells


@dataclass
class Party:
    name: str
    address: str


@dataclass
class Content:
    subject: str
    preheader: str
    blocks: list
    attachments: list       # of (kind, name)
    sender: Party
    recipient: Party
    reply_to: Party | None
    domain: str             # of the sender
    target: str             # host that links lead to when they are not tracked
    brand: str
    language: str
    look: str
    label: str
    date: datetime.datetime
    footer: dict


class Composer:
    """One message of one kind. Owns its random.Random."""

    def __init__(self, texts, kind, rng, mailbox):
        self.texts, self.kind, self.rng, self.mailbox = texts, kind, rng, mailbox
        self.locale = LOCALES[texts.language]
        self.date = _some_moment(rng)
        self.trade = kind.attributes.get("trade") or rng.choice(self._trades() or [""])
        self.brand = names.company(rng, self._plain_list(f"trade.{self.trade}"))
        self.first, self.last = self._person()
        self.writer = Writer(rng, self._values())

    def compose(self):
        kind, rng = self.kind, self.rng
        sender, domain, target = self._sender()
        self.writer.values["domain"] = domain
        subject = self._subject()
        blocks, attachments = self._blocks()
        return Content(subject, self._draw("P") if rng.random() < 0.8 else "", blocks, attachments, sender,
                       Party(f"{self.first} {self.last}", self.mailbox.address), self._reply_to(sender), domain, target,
                       self.brand, self.texts.language, kind.look, kind.label, self.date, self._footer())

    # -- values of slots

    def _trades(self):
        return [name[6:] for name in self.texts.lists if name.startswith("trade.")]

    def _plain_list(self, name):
        return ["".join(part for part in option if isinstance(part, str)) for option in self.texts.lists.get(name, [])]

    def _person(self):
        surname = self.rng.choice(self.locale.surnames) if self.locale.surnames else names.surname(self.rng)
        return self.rng.choice(self.locale.first_names), surname

    def _full_name(self):
        first, last = self._person()
        return last + " " + first if self.locale.family_first else f"{first} {last}"

    def _values(self):
        values = dict(self.texts.lists)
        for name, options in self.texts.lists.items():
            if name.endswith("." + self.trade) and self.trade:
                values[name.rsplit(".", 1)[0]] = options
        values |= self._numbers() | self._dates()
        values |= {
            "brand": self.brand, "first": self.first, "last": self.last,
            "name": f"{self.last} {self.first}" if self.locale.family_first else f"{self.first} {self.last}",
            "email": self.mailbox.address, "mailhost": self.mailbox.host, "person": self._full_name,
            "personfirst": lambda: self._person()[0], "personlast": lambda: self._person()[1],
            "company": lambda: names.company(self.rng, self._plain_list(f"trade.{self.rng.choice(self._trades() or [''])}")),
            "word": lambda: names.made_word(self.rng).capitalize(), "hostword": lambda: self.rng.choice(names.HOST_WORDS),
            "city": lambda: self.rng.choice(self.locale.cities), "street": self._street,
            "token": lambda: names.token(self.rng, self.rng.randint(8, 22)),
        }
        return values

    def _numbers(self):
        rng = self.rng
        digits = lambda n: "".join(rng.choice("0123456789") for _ in range(n))
        euros = lambda low, high: lambda: written_sum(rng, self.locale, low * (high / low) ** rng.random())
        order = rng.choice([lambda: digits(7), lambda: "#" + digits(5), lambda: f"{digits(3)}-{digits(7)}",
                            lambda: names.token(rng, 2, "ABCDEFGHKLMNPR") + digits(6), lambda: digits(10)])()
        return {
            "order": order, "id": lambda: digits(rng.randint(5, 10)), "code": lambda: digits(rng.choice([4, 6, 6, 8])),
            "tracking": lambda: names.token(rng, 2, "ABCDEFGHJKLMNPRSTUWXYZ") + digits(rng.randint(9, 14)),
            "coupon": lambda: rng.choice(names.HOST_WORDS).upper() + rng.choice(["", digits(2)]), "four": lambda: digits(4),
            "amount": euros(8, 400), "price": euros(6, 160), "small": euros(1, 9), "large": euros(400, 9000),
            "fortune": euros(200000, 20000000), "bonus": euros(50, 2000),
            "percent": lambda: f"{rng.choice([5, 10, 10, 15, 15, 20, 20, 25, 30, 30, 40, 50, 50, 60, 70])}%",
            "n": lambda: str(rng.randint(2, 9)), "nn": lambda: str(rng.randint(10, 98)), "nnn": lambda: str(rng.randint(100, 999)),
            "thousands": lambda: f"{rng.randint(1, 90)}{self.locale.group or ' '}{digits(3)}",
            "phone": lambda: rng.choice(["+{}{}", "0{}{}", "({}) {}", "{}-{}"]).format(digits(3), digits(3) + "-" + digits(4)),
        }

    def _dates(self):
        rng, day = self.rng, datetime.timedelta(days=1)
        written = lambda low, high: lambda: written_date(self.locale, self.date + day * rng.randint(low, high))
        return {
            "today": written(0, 0), "date": written(1, 30), "past": written(-40, -1), "later": written(20, 330),
            "day": lambda: rng.choice(self.locale.weekdays), "year": str(self.date.year), "nextyear": str(self.date.year + 1),
            "month": lambda: rng.choice(self.locale.months), "thismonth": self.locale.months[self.date.month - 1],
            "time": lambda: f"{rng.randint(7, 21)}:{rng.choice(['00', '00', '15', '30', '30', '45', str(rng.randint(10, 59))])}",
        }

    def _street(self):
        return self.locale.street.format(w=names.made_word(self.rng).capitalize(), n=self.rng.randint(1, 480))

    # -- lines to blocks

    def _subject(self):
        """One draw, in bulk mail now and then two, with an emoji or an exclamation mark."""
        rng, text = self.rng, self._draw("S")
        if self.kind.look not in ("promo", "news"):
            return text
        if len(text) < 45 and rng.random() < 0.45:
            text += rng.choice([" - ", " | ", " + ", ". ", ": "]) + self._draw("S")
        if text[-1].isalnum() and rng.random() < 0.15:
            text += "!"
        if "emoji" in self.texts.lists and rng.random() < 0.2:
            emoji = self.writer.say("{emoji}")
            text = rng.choice([f"{text} {emoji}", f"{emoji} {text}"])
        return text

    def _draw(self, code):
        options = self.kind.texts(code)
        return self.writer.write(self.rng.choice(options)).strip() if options else ""

    def _blocks(self):
        blocks, attachments = [], []
        for line in self._chosen_lines():
            rows = [[self.writer.write(self.rng.choice(cell)).strip() for cell in line.cells]
                    for _ in range(self.rng.randint(line.least, line.most))]
            if line.code == "X":
                attachments += [tuple(row[0].split(" ", 1)) for row in rows]
            else:
                blocks.append(Block(line.code, rows))
        return blocks, attachments

    def _more_lines(self):
        """Sections that any mail of this look may have: bulk mail is long, wanted bulk mail more often."""
        pool = [line for kind in self.texts.kinds if kind.label == "extra" and kind.name == self.kind.look for line in kind.lines]
        most = self.rng.choices([0, 3, 8, 14], (12, 22, 33, 33) if self.kind.label == "ham" else (42, 28, 18, 12))[0]
        return self.rng.sample(pool, min(len(pool), self.rng.randint(most // 2, most)))

    def _chosen_lines(self):
        chosen, loose = [], []
        for line in [*self.kind.lines, *self._more_lines(), None]:
            if line is not None and line.code in "SPF":
                continue
            if line is not None and line.loose:
                loose.append(line)
                continue
            self.rng.shuffle(loose)
            chosen += loose[:self.rng.randint(1, len(loose))] if loose else []
            loose = []
            if line is not None and not (line.optional and self.rng.random() < 0.4):
                chosen.append(line)
        return chosen

    # -- parties

    def _host(self, kind_of_host):
        rng, language = self.rng, self.texts.language
        is_spam = self.kind.label == "spam"
        cheap = 0.30 if is_spam else 0.05
        if kind_of_host == "any":
            weights = (25, 20, 55) if is_spam else (92, 0, 8)
            kind_of_host = rng.choices(["own", "lookalike", "unrelated"], weights)[0]
        if kind_of_host == "own":
            return names.domain_of(rng, self.brand, language, cheap)
        if kind_of_host == "lookalike":
            return names.lookalike_domain(rng, self.brand, language, cheap)
        return names.unrelated_domain(rng, language, cheap)

    def _sender(self):
        rng, look = self.rng, self.kind.look
        is_person = look in LOOKS_OF_PEOPLE
        host = self.kind.attributes.get("host") or ("unrelated" if is_person and rng.random() > OFFICE_HOSTS else "any")
        domain = self._host(host)
        first, last = self._person()
        self.writer.values |= {"sender": f"{first} {last}", "senderfirst": first, "senderlast": last}
        name = self._draw("F") or (f"{first} {last}" if is_person else self.brand)
        local = rng.choice(ROLES[look]).format(first=names.slug(first) or names.made_word(rng), f=names.slug(first)[:1] or "k",
                                               last=names.slug(last) or names.made_word(rng), n=rng.randint(1, 99))
        if not is_person and rng.random() < 0.2:
            local = names.slug(name)[:24] or local
        if self.kind.label == "spam" and rng.random() < 0.15:
            local = names.token(rng, rng.randint(5, 14), "abcdefghijklmnopqrstuvwxyz0123456789")
        sub = rng.choice("mail e news email em send info m post notify mailer".split()) + "." if rng.random() < 0.35 else ""
        sending = domain if is_person else sub + domain
        away = 0.45 if self.kind.label == "spam" else 0.08
        target = self._host("unrelated") if rng.random() < away else domain
        return Party(name, f"{local}@{sending}"), domain, target

    def _reply_to(self, sender):
        rng, wish = self.rng, self.kind.attributes.get("reply")
        if wish == "other":
            name, _, host = sender.address.partition("@")
            return Party(sender.name, f"{names.made_word(rng)}{rng.randint(1, 999)}@{self._host('unrelated')}")
        if rng.random() > 0.55 or sender.address.count("@") != 1:
            return None
        host = sender.address.split("@")[1]
        if rng.random() < 0.12:
            host = self._host("unrelated")
        local = rng.choice([sender.address.split("@")[0], "reply", "support", "reply-" + names.token(rng, 12).lower()])
        return Party(rng.choice([sender.name, ""]), f"{local}@{host}")

    def _footer(self):
        write = lambda name: self.writer.say("{" + name + "}") if name in self.texts.lists else ""
        return {
            "address": f"{self.brand}, {self._street()}, {postal_code(self.rng, self.locale)} {self.rng.choice(self.locale.cities)}",
            "why": write("footer.why"), "unsubscribe": write("footer.unsubscribe"), "preferences": write("footer.preferences"),
            "online": write("footer.online"), "legal": write("footer.legal"), "social": write("footer.social"),
        }


def _some_moment(rng):
    start = datetime.datetime(2019, 1, 1, tzinfo=datetime.timezone.utc)
    return start + datetime.timedelta(seconds=rng.randint(0, int(7.5 * 365 * 86400)))
