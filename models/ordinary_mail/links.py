"""Where the links and pictures of one message lead: the sender's host, a host under it, or the mail service's."""
import names
from content import DIRECT_LOOKS
from senders import LINK_SHAPES, UNSUBSCRIBE_SHAPES, filled

PATHS = """collections products blog news shop account orders track help pages events tickets article story sale new-arrivals
gifts recipes offers settings profile confirm verify billing invoice booking support campaign landing p view download docs
login update calendar reviews wishlist cart member rewards survey promo details""".split()


class LinkMaker:
    def __init__(self, rng, content, service, networks):
        self.rng, self.content, self.service, self.networks = rng, content, service, networks
        is_direct = content.look in DIRECT_LOOKS
        self.scheme = "http" if rng.random() < (0.12 if content.label == "ham" else 0.2) else "https"
        self.is_tracked = not is_direct and rng.random() < (0.75 if content.label == "ham" else 0.5)
        self.site = rng.choice(["", "www.", "www.", "shop.", "app.", "my."]) + content.target
        self.tracker = self._tracker()
        self.pictures = rng.choice([f"https://cdn.{content.target}", f"https://img.{service.domain}",
                                    f"https://{rng.choice(['images', 'static', 'assets', 'media', 'i'])}.{content.target}",
                                    f"{self.scheme}://{self.site}"])
        self.click_shape = rng.choice([service.link, rng.choice(LINK_SHAPES)])
        self.leave_shape = rng.choice([service.unsubscribe, rng.choice(UNSUBSCRIBE_SHAPES)])
        self.random_path = content.label == "spam" and rng.random() < 0.4 or rng.random() < 0.05

    def _tracker(self):
        if self.service.shared_links:
            return f"{self.rng.choice(['u', 'click', 'track', 'ct', 'links', 'r'])}{self.rng.randint(1, 9999)}.{self.service.domain}"
        if self.rng.random() < 0.2:
            return f"{self.rng.choice(['ablink', 'click', 'links'])}.{self.rng.choice(['mail', 'email', 'e'])}.{self.rng.choice(['news', 'info', 'm'])}.{self.content.target}"
        return f"{self.rng.choice('click links url email go t e trk link ablink clicks'.split())}.{self.content.target}"

    def direct(self):
        rng = self.rng
        if self.random_path:
            return f"{self.scheme}://{self.site}/{names.token(rng, rng.randint(6, 40))}"
        parts = rng.sample(PATHS, rng.randint(0, 2))
        if rng.random() < 0.6:
            parts.append("-".join(rng.choice(names.HOST_WORDS) for _ in range(rng.randint(1, 3))))
        query = rng.choice(["", "", f"?utm_source=email&utm_medium=email&utm_campaign={rng.choice(names.HOST_WORDS)}_{rng.randint(1, 99)}",
                            f"?id={names.token(rng, 8)}", f"?ref={rng.choice(['mail', 'newsletter', 'em'])}&c={rng.randint(100, 99999)}"])
        return f"{self.scheme}://{self.site}/{'/'.join(parts)}{query}"

    def click(self):
        if not self.is_tracked:
            return self.direct()
        return f"{self.scheme}://{self.tracker}{filled(self.rng, self.click_shape)}"

    def leave(self):
        host = self.tracker if self.is_tracked else self.site
        return f"{self.scheme}://{host}{filled(self.rng, self.leave_shape)}"

    def network(self):
        """A page of the sender elsewhere; mail services track such links only sometimes."""
        if self.is_tracked and self.rng.random() < 0.5:
            return self.click()
        return f"https://{self.rng.choice(self.networks)}/{names.slug(self.content.brand) or 'page'}/"

    def picture(self):
        rng = self.rng
        tail = rng.choice([f"{names.token(rng, 20).lower()}.{rng.choice(['png', 'jpg', 'gif'])}", f"{names.hexadecimal(rng, 32)}.png",
                           f"{rng.choice(names.HOST_WORDS)}-{rng.choice(names.HOST_WORDS)}.jpg?width={rng.randint(200, 1200)}"])
        return f"{self.pictures}/{rng.choice(['images', 'files', 'email', 'a', 'content', 'company/' + names.token(rng, 6)])}/{tail}"

    def pixel(self):
        host = self.tracker if self.is_tracked else self.site
        return f"{self.scheme}://{host}/{self.rng.choice(['wf/open', 'o', 'open', 'p', 'track/open', 'b'])}/{names.token(self.rng, 24)}.gif"
