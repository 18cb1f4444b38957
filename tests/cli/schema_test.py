#!/usr/bin/env python3
"""Holds `winnow schema` against a real validator: the shipped files and good examples pass, wrong ones do not.

usage: schema_test.py --tool WINNOW --source DIR
exit:  0 passed, 1 failed, 77 not possible here (python3-jsonschema or python3-yaml is missing)
"""
import argparse
import json
import pathlib
import subprocess
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOOL = SOURCE = None  # set from the command line

GOOD_SETTINGS = [
    "",
    "milter:\n",  # a group whose keys are all commented out
    "milter: {deadline: 500ms, socket_mode: 0660, skip: [authenticated, 10.0.0.0/8, '::1']}",
    "milter: {trusted_authserv_ids: [mx.example.org, mx]}",
    "engine: {replicas: 4, max_queue_delay: 0, prior_spam: 12.5%, device: 'cuda:1'}",
    "engine: {device: ['cuda:0', 'cuda:1', cpu]}",
    "engine: {replicas: auto, prior_spam: 0.2}\nlog: {addresses: true}\nmetrics: {listen: ''}\nrules: []",
    "engine: {remote: {url: 'http://a:8000', timeout: 1s, ca_file: ''}}",
    "engine: {remote: {url: ['http://a', 'https://b/v'], format: binary}}",
    "engine: {remote: {url: ''}}",
]

BAD_SETTINGS = {
    "an unknown key": "milter: {deadlin: 4s}",
    "an unknown group": "miltr: {deadline: 4s}",
    "a key in another group": "engine: {deadline: 4s}",
    "a duration without a unit": "milter: {deadline: 4}",
    "a size in an unknown unit": "milter: {max_scan_bytes: 1M}",
    "a number out of range": "engine: {max_batch_size: 4096}",
    "a number as a text": "engine: {max_batch_size: many}",
    "a word that is none": "milter: {on_error: reject}",
    "a device that is none": "engine: {device: [cuda:0, gpu]}",
    "a list of no device": "engine: {device: []}",
    "a share above 1": "engine: {prior_spam: 20}",
    "a truth value as a number": "log: {addresses: 1}",
    "one path instead of a list": "rules: rules.yaml",
    "a list as a text": "milter: {socket: [a]}",
    "a server's name with a dot behind it": "milter: {trusted_authserv_ids: [mx.example.org.]}",
    "nothing for a value": "milter: {socket: }",
    "a list instead of a mapping": "[milter]",
    "an unknown key of an inner group": "engine: {remote: {urls: 'http://a'}}",
    "a URL without a scheme": "engine: {remote: {url: 'gpu:8000'}}",
}

RULE = "rules: [{id: a, when: spam >= junk, then: [%s]}]"

GOOD_ACTIONS = [
    "accept", "flag", "junk", "quarantine", "tempfail", "reject", "discard", "junk: {extension: Junk}",
    "redirect: abuse@example.org", "bcc: abuse+copy@example.org", "bcc: 'a.b@[192.0.2.1]'", "quarantine: {}",
    "quarantine: {reason: 'of {from.domain}'}",
    "tempfail: {code: 451, enhanced: 4.7.1, text: later}", "reject: {code: 550, enhanced: 5.7.1, text: \"no\\nnever\"}",
    "reject: {text: 550}", "add_header: {name: X-Site, value: 5}", "add_header: {name: X-Site, value: '{spam:percent}'}",
    "remove_header: X-Other", "tag_subject: '[news] '",
]

BAD_ACTIONS = {
    "an unknown action": "jnk",
    "an action in the wrong case": "Junk",
    "an argument that none takes": "accept: now",
    "a name that needs an argument": "redirect",
    "no argument after the colon": "junk: ",
    "two keys in one action": "junk: {extension: Junk}, flag: {}",
    "an empty action": "{}",
    "a list as an action": "[junk]",
    "an unknown key in an argument": "reject: {txt: no}",
    "a code of another action": "reject: {code: 451}",
    "the code that ends the connection": "tempfail: {code: 421}",
    "a code that is no number": "reject: {code: gone}",
    "an enhanced code of another action": "tempfail: {enhanced: 5.7.1}",
    "a header without a value": "add_header: {name: X-Site}",
    "a header name with a blank": "remove_header: X Site",
    "an address without a domain": "redirect: abuse",
    "an address with two at signs": "redirect: held@@example.org",
    "an address with a dot before its domain": "bcc: a@.example.org",
    "an address with a dot behind its domain": "bcc: a@example.org.",
    "an address with two dots in its domain": "redirect: a@example..org",
    "an address with a star": "redirect: 'a@*.example.org'",
    "an extension with a plus": "junk: {extension: a+b}",
    "a text that is no ASCII": "tag_subject: '\u00fc'",
    "a text of two lines where one fits": "tag_subject: \"a\\nb\"",
    "an empty text": "tag_subject: ''",
}

GOOD_RULES = [
    "",
    "version: 1\nrules:\nlists:\noverrides:\n",
    "include: [more.yaml]\nmode: monitor\non_disagreement: strictest\nthresholds: {junk: 0.95, flag: 50%}",
    "lists: {partners: [example.org, '*.example', 12345], blocked: {file: lists/blocked.txt}}",
    "rules: [{id: 7, when: true, unless: false, then: [tag_subject: x], continue: true, mode: enforce}]",
    "overrides: [{for: ['@shop.example', boss@example.com], thresholds: {junk: 97%}, ceiling: junk}]",
    "overrides: [{from: ['@*.bank.example'], rules: [{id: bank, when: true, then: [accept]}]}]",
]

BAD_RULES = {
    "an unknown key": "rule: []",
    "another version": "version: 2",
    "an unknown mode": "mode: watch",
    "an unknown word": "on_disagreement: middle",
    "a threshold without a percent sign": "thresholds: {junk: 90}",
    "an unknown threshold": "thresholds: {jnk: 90%}",
    "rules as a mapping": "rules: {id: a}",
    "a rule without an id": "rules: [{when: true, then: [accept]}]",
    "a rule without a when": "rules: [{id: a, then: [accept]}]",
    "a rule without a then": "rules: [{id: a, when: true}]",
    "a then that is no list": "rules: [{id: a, when: true, then: accept}]",
    "an empty then": "rules: [{id: a, when: true, then: []}]",
    "an empty when": "rules: [{id: a, when: '', then: [accept]}]",
    "a when that is a number": "rules: [{id: a, when: 5, then: [accept]}]",
    "an id with blanks": "rules: [{id: a b, when: true, then: [accept]}]",
    "an unknown key in a rule": "rules: [{id: a, wen: true, when: true, then: [accept]}]",
    "a continue that is no truth value": "rules: [{id: a, when: true, then: [accept], continue: 1}]",
    "an override for nobody": "overrides: [{ceiling: junk}]",
    "an override for an empty list": "overrides: [{for: [], ceiling: junk}]",
    "an override that changes nothing": "overrides: [{for: ['@example.org']}]",
    "an unknown ceiling": "overrides: [{for: ['@example.org'], ceiling: discard}]",
    "a pattern without an at sign": "overrides: [{for: [example.org], ceiling: junk}]",
    "one pattern instead of a list": "overrides: [{for: '@example.org', ceiling: junk}]",
    "a list's name with a blank": "lists: {a b: [x]}",
    "a list that is a text": "lists: {a: x}",
    "an unknown key in a list": "lists: {a: {fil: x}}",
    "an include that is no list": "include: a.yaml",
}


def schema_of(which):
    return json.loads(subprocess.run([TOOL, "schema", which], check=True, capture_output=True, text=True).stdout)


def problems_of(schema, text):
    return [f"{list(error.path)}: {error.message}"
            for error in jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(text))]


def subschemas(schema):
    yield schema
    for value in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(value, (dict, list)):
            yield from subschemas(value)


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.settings, cls.rules = schema_of("settings"), schema_of("rules")

    def check(self, schema, good, bad):
        for text in good:
            with self.subTest(good=text):
                self.assertEqual(problems_of(schema, text), [])
        for what, text in bad.items():
            with self.subTest(bad=what):
                self.assertNotEqual(problems_of(schema, text), [], text)

    def test_schemas_are_valid_draft_07(self):
        for schema in (self.settings, self.rules):
            self.assertEqual(schema["$schema"], "http://json-schema.org/draft-07/schema#")
            jsonschema.Draft7Validator.check_schema(schema)

    def test_shipped_files_pass_and_name_their_schema(self):
        for name, schema in ("winnow", self.settings), ("rules", self.rules):
            text = (SOURCE / "config" / f"{name}.yaml").read_text(encoding="utf-8")
            self.assertEqual(problems_of(schema, text), [], name)
            self.assertEqual(text.split("\n")[0],
                             f"# yaml-language-server: $schema=/usr/share/winnow/schema/{name}.schema.json")

    def test_settings_are_told_from_wrong_ones(self):
        self.check(self.settings, GOOD_SETTINGS, BAD_SETTINGS)

    def test_rules_are_told_from_wrong_ones(self):
        self.check(self.rules, GOOD_RULES, BAD_RULES)

    def test_actions_are_told_from_wrong_ones(self):
        def item(action):
            return action if ":" not in action else "{" + action + "}"
        self.check(self.rules, [RULE % item(a) for a in GOOD_ACTIONS], {w: RULE % item(a) for w, a in BAD_ACTIONS.items()})

    def test_good_actions_are_of_every_kind(self):
        alone, with_argument = self.rules["definitions"]["action"]["anyOf"]
        used = {action.partition(":")[0] for action in GOOD_ACTIONS}
        self.assertEqual(used, set(alone["enum"]) | set(with_argument["properties"]))

    def test_every_key_is_described(self):
        for schema in (self.settings, self.rules):
            for part in subschemas(schema):
                for name, key in (part.get("properties", {}) if isinstance(part, dict) else {}).items():
                    self.assertTrue(key.get("description"), name)

    def test_every_default_passes(self):
        for schema in (self.settings, self.rules):
            for part in subschemas(schema):
                if isinstance(part, dict) and "default" in part:
                    part = dict(part, definitions=schema.get("definitions", {}))
                    self.assertEqual(list(jsonschema.Draft7Validator(part).iter_errors(part["default"])), [], part)

    def test_an_unknown_schema_is_wrong_usage(self):
        run = subprocess.run([TOOL, "schema", "rule"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean 'rules'?", run.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    TOOL, SOURCE = arguments.tool, arguments.source
    unittest.main(argv=sys.argv[:1])
