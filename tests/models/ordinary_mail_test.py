#!/usr/bin/env python3
"""The generator of ordinary mail: what it promises in models/ordinary_mail/README.md."""
import contextlib
import csv
import email
import hashlib
import io
import pathlib
import random
import sys
import tarfile
import tempfile
import unittest
from email import policy

GENERATOR = pathlib.Path(__file__).resolve().parents[2] / "models" / "ordinary_mail"
sys.path.insert(0, str(GENERATOR))
sys.dont_write_bytecode = True

import balance  # noqa: E402
import generate  # noqa: E402
from disguises import spaced, styled  # noqa: E402
from kinds import read_all, read_texts  # noqa: E402
from locales import LOCALES  # noqa: E402
from message import encoded_words  # noqa: E402
from phrases import PhraseError, Writer, alternatives, parse  # noqa: E402

MESSAGES = 160


class Phrases(unittest.TestCase):
    def test_draws_only_what_is_offered(self):
        writer = Writer(random.Random(1), {"who": "Ann"})
        drawn = {writer.say("[Hi|Hello [dear|good]] {who}!") for _ in range(200)}
        self.assertEqual(drawn, {"Hi Ann!", "Hello dear Ann!", "Hello good Ann!"})

    def test_says_the_same_twice_where_a_key_stands(self):
        writer = Writer(random.Random(1), {"word": alternatives("a|b|c|d|e|f|g|h")})
        for _ in range(20):
            first, second = writer.say("{word:1} {word:1}").split()
            self.assertEqual(first, second)

    def test_refuses_broken_brackets_and_unknown_slots(self):
        for text in ("[a|b", "a]", "{a", "a}"):
            with self.subTest(text), self.assertRaises(PhraseError):
                parse(text)
        with self.assertRaisesRegex(PhraseError, "nothing"):
            Writer(random.Random(1), {}).say("{nothing}")


class Texts(unittest.TestCase):
    def test_name_file_and_line_of_what_cannot_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "en.txt")
            file.write_text("== ham order\nS: fine\nwhat is this\n", encoding="utf-8")
            with self.assertRaisesRegex(PhraseError, "en.txt:3"):
                read_texts(file)

    def test_of_every_language_have_both_labels_and_a_locale(self):
        for texts in read_all(GENERATOR / "texts"):
            with self.subTest(texts.language):
                self.assertEqual({kind.label for kind in texts.kinds} - {"extra"}, {"ham", "spam"})
                self.assertEqual({generate.split_of(kind) for kind in texts.kinds if kind.label == "ham"}, {"train", "dev"})
                self.assertIn(texts.language, LOCALES)

    def test_of_every_kind_can_be_written_whatever_is_drawn(self):
        generator = generate.Generator(7)
        for texts in generator.texts.values():
            for kind in (kind for kind in texts.kinds if kind.label in ("ham", "spam")):
                for attempt in range(4):
                    with self.subTest(kind=kind.family, attempt=attempt):
                        content = generate.Composer(texts, kind, random.Random(attempt), generator.boxes[0]).compose()
                        self.assertTrue(content.subject)
                        self.assertTrue(content.blocks)


class Looks(unittest.TestCase):
    def test_are_as_frequent_in_ham_as_in_spam(self):
        generator = generate.Generator(5, ["en"])
        drawn = {label: [generator.message(label, number)[1].look for number in range(300)] for label in ("ham", "spam")}
        for look in set(drawn["ham"] + drawn["spam"]):
            with self.subTest(look):
                ham, spam = (drawn[label].count(look) / 300 for label in ("ham", "spam"))
                self.assertAlmostEqual(ham, spam, delta=0.08)


class Index(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.status = generate.main(["--output", str(cls.root), "--count", str(MESSAGES), "--seed", "3"])
        with open(cls.root / "index.tsv", encoding="utf-8", newline="") as file:
            cls.rows = list(csv.DictReader(file, delimiter="\t"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def file(self, row):
        return self.root / row["corpus"] / row["path"]

    def test_has_the_columns_of_every_index_and_half_of_each_label(self):
        self.assertEqual(self.status, 0)
        self.assertEqual(list(self.rows[0]), "corpus path label date bytes sha256 split".split())
        self.assertEqual([row["label"] for row in self.rows].count("ham"), MESSAGES // 2)
        self.assertEqual(len(self.rows), MESSAGES)

    def test_tells_size_and_hash_of_the_files_beside_it(self):
        for row in self.rows:
            octets = self.file(row).read_bytes()
            self.assertEqual((str(len(octets)), hashlib.sha256(octets).hexdigest()), (row["bytes"], row["sha256"]), row["path"])

    def test_never_names_split_test_and_keeps_families_apart(self):
        self.assertEqual({row["split"] for row in self.rows}, {"train", "dev"})
        with contextlib.redirect_stdout(io.StringIO()) as listed:
            self.assertEqual(generate.main(["--list-kinds"]), 0)
        families = [line.rsplit("\t", 1) for line in listed.getvalue().splitlines()]
        self.assertEqual(len({family for family, _ in families}), len(families))

    def test_messages_parse_without_defects(self):
        for row in self.rows:
            with self.subTest(row["path"]):
                message = email.message_from_bytes(self.file(row).read_bytes(), policy=policy.default)
                for part in message.walk():
                    self.assertEqual(part.defects, [])
                    if part.get_content_maintype() == "text":
                        self.assertTrue(part.get_content().strip())
                for name in ("From", "To", "Subject", "Date", "Message-ID", "Received"):
                    self.assertTrue(message[name], name)

    def test_messages_are_all_different(self):
        self.assertEqual(len({row["sha256"] for row in self.rows}), MESSAGES)

    def test_shapes_do_not_separate_the_labels(self):
        found, totals = balance.counts(self.root)
        strong = balance.separating(found, totals, MESSAGES // 3, 3.0)
        self.assertEqual([row for row in strong if row[1][0] in ("header", "type", "encoding", "charset", "tag")], [])


class Determinism(unittest.TestCase):
    def test_same_seed_writes_the_same_archive(self):
        with tempfile.TemporaryDirectory() as folder:
            archives = [pathlib.Path(folder, f"{name}.tar") for name in "ab"]
            for archive in archives:
                self.assertEqual(generate.main(["--output", str(archive), "--count", "20", "--seed", "5"]), 0)
            self.assertEqual(archives[0].read_bytes(), archives[1].read_bytes())
            with tarfile.open(archives[0]) as tar:
                self.assertEqual(len(tar.getnames()), 20)

    def test_a_message_does_not_depend_on_the_others(self):
        one, other = generate.Generator(2), generate.Generator(2)
        one.message("ham", 1)
        self.assertEqual(one.message("spam", 9)[0], other.message("spam", 9)[0])

    def test_another_seed_writes_other_mail(self):
        self.assertNotEqual(generate.Generator(1).message("ham", 1)[0], generate.Generator(2).message("ham", 1)[0])


class Wording(unittest.TestCase):
    def test_encoded_words_come_back_as_they_were(self):
        for text in ("plain", "Zażółć gęślą jaźń " * 6, "日本語の件名" * 9, "🎁 gift"):
            for seed in range(4):
                message = email.message_from_string(f"Subject: {encoded_words(random.Random(seed), text)}\n\n", policy=policy.default)
                self.assertEqual(message["Subject"].strip(), text.strip())

    def test_disguises_keep_the_text_legible(self):
        self.assertEqual(spaced("pills").replace("\u200b", ""), "pills")
        self.assertNotEqual(styled("pills"), "pills")


if __name__ == "__main__":
    unittest.main()
