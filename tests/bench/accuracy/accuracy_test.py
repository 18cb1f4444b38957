"""Tests of the accuracy benchmark's own steps; the filters it runs are not needed."""
import csv
import os
import tempfile
import unittest

import fasttext_rival
import mail
import rspamd_rival
import site_options
import tables

HEAD = b"Received: from a.example\r\n\tby b.example\r\n"


class VerdictsTest(unittest.TestCase):
    def test_removes_verdict_fields_with_their_folded_lines(self):
        octets = HEAD + b"X-Spam-Status: Yes,\r\n\tscore=9\r\nX-RSPAMD-Score: 1\r\nSubject: hello\r\n\r\nX-Spam-Flag: body\r\n"
        self.assertEqual(mail.without_verdicts(octets), HEAD + b"Subject: hello\r\n\r\nX-Spam-Flag: body\r\n")

    def test_ends_the_head_once_when_its_last_field_goes(self):
        self.assertEqual(mail.without_verdicts(b"Subject: a\nX-Spam-Flag: YES\n\nbody\n"), b"Subject: a\n\nbody\n")

    def test_takes_tags_off_the_subject(self):
        self.assertEqual(mail.without_verdicts(b"Subject: *****SPAM***** [SPAM] pills\n\n"), b"Subject: pills\n\n")

    def test_leaves_other_mail_as_it_is(self):
        for octets in (HEAD + b"Subject: spam\r\n\r\nbody\r\n", b"Subject: only a head\n", b"", b"no head at all"):
            self.assertEqual(mail.without_verdicts(octets).rstrip(b"\r\n"), octets.rstrip(b"\r\n"))


class CutsTest(unittest.TestCase):
    def test_judges_only_mail_that_is_later_than_what_was_learnt_and_held_out(self):
        rows = [{"path": str(day), "split": "train"} for day in range(100)]
        for cut in site_options.CUTS:
            with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
                site_options.write_index(file.name, rows, cut)
                days = {}
                for row in csv.DictReader(file, delimiter="\t"):
                    days.setdefault(row["split"], []).append(int(row["path"]))
            self.assertLess(max(days["train"]), min(days["dev"]))
            self.assertLess(max(days["dev"]), min(days["test"]))


class SampleTest(unittest.TestCase):
    def rows(self, ham, spam):
        return [{"path": "%s/%d" % (label, i), "label": label, "sha256": "%s%d" % (label, i)}
                for label, count in (("ham", ham), ("spam", spam)) for i in range(count)]

    def labels(self, rows):
        return [sum(row["label"] == label for row in rows) for label in ("ham", "spam")]

    def test_takes_half_of_each_label(self):
        self.assertEqual(self.labels(mail.sample(self.rows(100, 100), 40)), [20, 20])

    def test_fills_up_with_the_label_there_is_more_of(self):
        self.assertEqual(self.labels(mail.sample(self.rows(100, 5), 40)), [35, 5])
        self.assertEqual(self.labels(mail.sample(self.rows(5, 100), 40)), [5, 35])

    def test_is_the_same_whatever_the_order(self):
        rows = self.rows(50, 50)
        self.assertEqual({row["path"] for row in mail.sample(rows, 20)},
                         {row["path"] for row in mail.sample(rows[::-1], 20)})

    def test_takes_all_when_no_limit_is_given(self):
        self.assertEqual(len(mail.sample(self.rows(3, 4), 0)), 7)


class FastTextTest(unittest.TestCase):
    def test_reads_subject_and_visible_text(self):
        text = fasttext_rival.text_of(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nContent-Type: text/html\n\n"
                                      b"<style>p {}</style><p>caf&eacute;</p><script>run()</script>")
        self.assertEqual(text.split(), ["Grüße", "café"])

    def test_survives_a_charset_that_is_none(self):
        self.assertIn("word", fasttext_rival.text_of(b"Content-Type: text/plain; charset=nonsense\n\nword"))

    def test_turns_both_labels_into_one_probability(self):
        self.assertAlmostEqual(fasttext_rival.spam_probability("__label__ham 0.75 __label__spam 0.25"), 0.25)
        self.assertLess(fasttext_rival.spam_probability("__label__ham 1.00001 __label__spam 1e-07"), 1e-6)


class RspamdTest(unittest.TestCase):
    def test_undoes_the_scaling_of_the_symbols_score(self):
        for p in (0.01, 0.3, 0.8, 1.0):
            name, weight = ("BAYES_SPAM", 5.0) if p > 0.5 else ("BAYES_HAM", -3.0)
            answer = {"symbols": {name: {"score": weight * abs((p - 0.5) * 2) ** 8}}}
            self.assertAlmostEqual(rspamd_rival.probability(answer), p)
        self.assertEqual(rspamd_rival.probability({"symbols": {}}), 0.5)


class TablesTest(unittest.TestCase):
    def test_replaces_only_what_stands_between_the_markers(self):
        page = "before\n<!-- table a -->\nold\n<!-- end a -->\nafter\n<!-- table b -->\nkept\n<!-- end b -->\n"
        self.assertEqual(tables.insert(page, "a", "| new |\n"), page.replace("old", "| new |"))

    def test_refuses_a_page_without_the_marker(self):
        with self.assertRaises(SystemExit):
            tables.insert("prose\n", "a", "| new |\n")

    def test_knows_the_same_message_in_a_folder_and_in_an_archive(self):
        self.assertEqual(tables.short_path("/mail/x.tar.zst:ham/1.eml"), tables.short_path("/tmp/x/ham/1.eml"))

    def test_shows_a_dash_where_there_is_no_figure(self):
        self.assertEqual(tables.with_interval({"a": None, "intervals": {"a": [None, None]}}, "a", 1), "-")
        self.assertEqual(tables.with_interval({"a": 0.5, "intervals": {"a": [0.25, 0.75]}}, "a", 1), "50.0 (25.0-75.0)")

    def test_sums_the_last_time_of_each_step(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "times.tsv"), "w", encoding="utf-8") as file:
                csv.writer(file, delimiter="\t").writerows([["rivals", "rspamd-x-y", 900],
                                                            ["rivals", "rspamd-x-y", 60],
                                                            ["rivals", "rspamd-z", 30], ["recent", "2019-01-01", 30]])
            self.assertEqual(tables.times(folder)[1:], [["rivals: rspamd", "1.5"], ["recent", "0.5"], ["all", "2.0"]])


if __name__ == "__main__":
    unittest.main()
