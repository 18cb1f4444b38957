"""Invented mail services, mail servers and mailboxes, made once per seed and used by wanted mail and spam alike."""
from dataclasses import dataclass

import names

LINK_SHAPES = ["/ls/click?upn={t64}", "/c/{t40}", "/e/{h32}/{t12}", "/f/a/{t22}~~/{t40}", "/t/{n6}/{h16}", "/CL0/{t30}/1/{h24}",
               "/track/click/{n8}/{t18}", "/r/?id={h12},{h8},{h6}", "/u/click?_t={h32}&_m={h32}", "/click/{n7}.{n4}/{t40}",
               "/ls/click?upn=u001.{t180}-3D-3D{t6}_{t120}", "/?qs={h80}{h48}", "/f/a/{t22}~~/{t120}~/{t90}", "/CL0/https%3A%2F%2F{t24}%2F{t40}/1/{h24}/{t30}=450",
               "/e3t/Ctc/{t6}+{n3}/{t120}{t64}", "/t/l-l-{t10}-{t10}-{t2}/"]
UNSUBSCRIBE_SHAPES = ["/unsubscribe?u={h16}&id={h10}", "/oc/{t22}", "/wf/unsubscribe?upn={t40}", "/u/{n8}/{t12}",
                      "/subscriptions/unsubscribe?a={t6}&k={h32}", "/optout/{t20}"]
MESSAGE_ID_SHAPES = ["{t22}@{host}", "{date}.{n5}.{n6}@{host}", "{h8}-{h4}-{h4}-{h4}-{h12}@{host}", "{n10}.{n6}.{n12}@{host}",
                     "{date}.{h16}@{host}", "{T24}@{host}", "{n8}.{T12}@{host}", "{h16}-{h8}-{h8}-000000@{host}"]


def filled(rng, shape, **values):
    """'{t12}' letters and digits, '{h8}' hexadecimal, '{n6}' digits, '{T24}' capitals and digits."""
    out, rest = [], shape
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        out.append(before)
        if name in values:
            out.append(str(values[name]))
            continue
        letters = {"t": None, "h": "0123456789abcdef", "n": "0123456789", "T": "ABCDEFGHJKMNPQRSTVWXYZ0123456789"}[name[0]]
        out.append(names.token(rng, int(name[1:]), letters) if letters else names.token(rng, int(name[1:])))
    return "".join(out) + rest


@dataclass(frozen=True)
class MailService:
    name: str
    domain: str
    link: str
    unsubscribe: str
    message_id: str
    headers: tuple          # of (name, shape)
    mailer: str
    shared_links: bool      # links lead to the service, else to a host under the sender's domain


def mail_services(rng, count=24):
    services = []
    for _ in range(count):
        word = names.made_word(rng, 2, 3)
        prefix = f"X-{word.capitalize()}"
        headers = [(f"{prefix}-{tail}", shape) for tail, shape in
                   [("ID", "{n8}-{t10}"), ("Campaign", "{n6}"), ("Account", "{t6}"), ("EID", "{t64}"), ("Sid", "{h24}")]]
        services.append(MailService(word, f"{word}{rng.choice(['mail', 'send', 'mta', '', 'post'])}.{rng.choice(['com', 'net', 'io', 'com'])}",
                                    rng.choice(LINK_SHAPES), rng.choice(UNSUBSCRIBE_SHAPES), rng.choice(MESSAGE_ID_SHAPES),
                                    tuple(rng.sample(headers, rng.randint(1, 4))), f"{word.capitalize()} {rng.randint(1, 9)}.{rng.randint(0, 20)}",
                                    rng.random() < 0.55))
    return services


def social_hosts(rng, count=9):
    """Invented networks that footers link to."""
    return [f"www.{names.made_word(rng)}.{rng.choice(['com', 'com', 'net', 'social'])}" for _ in range(count)]


@dataclass(frozen=True)
class Mailbox:
    address: str
    host: str
    servers: tuple


def mailboxes(rng, count=60):
    boxes = []
    for _ in range(count):
        host = names.unrelated_domain(rng, "en", 0.0)
        local = rng.choice([names.made_word(rng), f"{names.made_word(rng, 1, 2)}.{names.made_word(rng)}", "info", "office",
                            f"{names.made_word(rng)}{rng.randint(1, 99)}"])
        servers = tuple(f"{rng.choice(['mx', 'mail', 'in', 'mx1', 'relay', 'imap', 'hotel', 'gw'])}{rng.choice(['', '1', '2', '-a'])}.{host}"
                        for _ in range(rng.randint(1, 3)))
        boxes.append(Mailbox(f"{local}@{host}", host, servers))
    return boxes
