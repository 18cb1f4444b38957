#!/usr/bin/env python3
"""The pages for administrators say what Postfix on Debian needs, and which settings need a restart."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def page(name):
    return (ROOT / name).read_text().replace("\\-", "-")


def lines_that_begin(text, word):
    return [line.strip() for line in text.splitlines() if line.strip().startswith(word)]


class Pages(unittest.TestCase):
    # A path outside of the chroot, where Debian's smtpd finds nothing.
    def test_the_manual_shows_postfix_the_socket_of_the_snippet(self):
        snippet = lines_that_begin(page("packaging/postfix/main.cf.snippet"), "smtpd_milters = ")
        self.assertEqual(lines_that_begin(page("packaging/man/winnow-milter.8"), "smtpd_milters = "), snippet)

    def test_the_manual_makes_the_folder_and_the_setting_of_the_readme(self):
        manual, readme = page("packaging/man/winnow-milter.8"), page("README.md")
        for line in ("install -d -o winnow -g postfix -m 0750 /var/spool/postfix/winnow",
                     "socket: unix:/var/spool/postfix/winnow/winnow.sock"):
            self.assertIn(line, manual)
            self.assertIn(line, readme)

    # They told to reload after every change.
    def test_the_settings_that_need_a_restart_are_named_where_a_reload_is(self):
        names = re.findall(r'note\(.*"([a-z_.]+)"\)', page("milter/reloader.cpp"))
        self.assertGreaterEqual(len(names), 5)
        for name in ("packaging/man/winnow.yaml.5", "config/winnow.yaml"):
            about_reload = page(name)[page(name).index("systemctl reload winnow"):][:500]
            for setting in names:
                with self.subTest(page=name, setting=setting):
                    self.assertIn(setting, about_reload)
            self.assertIn("systemctl restart winnow", about_reload)


if __name__ == "__main__":
    unittest.main()
