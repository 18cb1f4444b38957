// What editors are told of rule files, held against what the readers take.
#include "rules/rule_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rules/action_forms.h"
#include "rules/rule_loader.h"
#include "tests/support/fits_form.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

Diagnostics problems_of(const std::string& text) {
  Diagnostics problems;
  load_rule_texts({{"/nowhere/a.yaml", text}}, problems);
  return problems;
}

/// A file whose one rule has this action, and a final one beside it where it needs that.
std::string rule_with(ActionKind kind, const std::string& action) {
  return "rules: [{id: a, when: true, then: [" + action + (is_final(kind) ? "" : ", accept") + "]}]";
}

/// A mapping, and the text of a file in which it stands; '%' is where its entries go.
struct Place {
  std::string name;
  const ValueForm& form;
  std::string file;
  std::vector<std::string> good = {};  // entries without which the reader complains
};

std::vector<Place> places() {
  static const ScratchFolder folder;
  static const std::string list_file = folder.write("list.txt", "example.org\n").string();
  std::vector<Place> all{
      {"rules file", rules_file_form(), "{%}"},
      {"thresholds", thresholds_form(), "thresholds: {%}"},
      {"list", list_file_form(), "lists: {a: {%}}", {"file: " + list_file}},
      {"override", override_form(), "overrides: [{%}]", {"for: ['@example.org']", "ceiling: junk"}},
      {"rule", rule_form(), "rules: [{%}]", {"id: a", "when: true", "then: [accept]"}},
  };
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const ActionForm& action = form_of(static_cast<ActionKind>(i));
    if (!action.argument || action.argument->kind != ValueForm::Kind::Mapping) continue;
    const std::string name(action_name(action.kind));
    all.push_back({name, *action.argument, rule_with(action.kind, "{" + name + ": {%}}")});
    if (action.kind == ActionKind::Junk) all.back().good = {"extension: Junk"};
    if (action.kind == ActionKind::AddHeader) all.back().good = {"name: X-A", "value: a"};
  }
  return all;
}

std::string with_entries(const Place& place, const std::string& entries) {
  std::string text = place.file;
  return text.replace(text.find('%'), 1, entries);
}

/// The good entries but for the one with this key.
std::string good_entries_without(const Place& place, const std::string& key) {
  std::string entries;
  for (const std::string& entry : place.good) {
    if (!entry.starts_with(key + ":")) entries += (entries.empty() ? "" : ", ") + entry;
  }
  return entries;
}

/// Which of these keys stands among the good entries; "" for none.
std::string good_key_of(const Place& place, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const std::string& entry : place.good) {
      if (entry.starts_with(name + ":")) return name;
    }
  }
  return {};
}

const KeyForm& key_of(const ValueForm& mapping, std::string_view name) {
  for (const KeyForm& key : mapping.keys) {
    if (key.name == name) return key;
  }
  ADD_FAILURE() << "no key " << name;
  return mapping.keys.front();
}

/// No value of any key is a list of lists of lists, so a reader that looks at the key complains there.
TEST(RuleKeys, AreEachReadAndNotOnlyPassedOver) {
  for (const Place& place : places()) {
    for (const KeyForm& key : place.form.keys) {
      const std::string entry = key.name + ": [[[x]]]";
      const std::string others = good_entries_without(place, key.name);
      const std::string text = with_entries(place, entry + (others.empty() ? "" : ", ") + others);
      const std::size_t value_column = text.find(entry) + key.name.size() + 3;
      bool at_value = false;
      const Diagnostics problems = problems_of(text);
      for (const Diagnostic& one : problems.entries()) {
        EXPECT_EQ(one.text.find("unknown key"), std::string::npos) << place.name << ": " << one.text;
        at_value = at_value || (one.where.column >= value_column && one.where.column < value_column + 3);
      }
      EXPECT_TRUE(at_value) << place.name << ": " << key.name << "\n" << problems.to_string();
    }
  }
}

TEST(RuleKeys, AreTheOnlyOnesOfEachMapping) {
  for (const Place& place : places()) {
    const std::string shown = problems_of(with_entries(place, "nonsuch: x")).to_string();
    EXPECT_NE(shown.find("unknown key 'nonsuch'"), std::string::npos) << place.name;
  }
}

TEST(RuleKeys, AreRequiredExactlyWhereTheReaderMissesThem) {
  for (const Place& place : places()) {
    const Diagnostics problems = problems_of(with_entries(place, good_entries_without(place, "nonsuch")));
    EXPECT_EQ(problems.error_count(), 0u) << place.name << problems.to_string();
    for (const KeyForm& key : place.form.keys) {
      const auto& groups = place.form.one_of_each;
      const bool one_of_a_group = std::any_of(groups.begin(), groups.end(), [&](const std::vector<std::string>& names) {
        return key.name == good_key_of(place, names);
      });
      const bool missed = problems_of(with_entries(place, good_entries_without(place, key.name))).error_count() > 0;
      EXPECT_EQ(missed, key.required || one_of_a_group) << place.name << ": " << key.name;
    }
  }
}

TEST(RuleKeys, EachHaveAMeaning) {
  for (const Place& place : places()) {
    for (const KeyForm& key : place.form.keys) EXPECT_TRUE(key.meaning.ends_with(".")) << key.name;
  }
}

TEST(ActionForms, SayWhichNamesStandAlone) {
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const auto kind = static_cast<ActionKind>(i);
    const Diagnostics problems = problems_of(rule_with(kind, std::string(action_name(kind))));
    EXPECT_EQ(problems.error_count() == 0, form_of(kind).stands_alone) << action_name(kind) << problems.to_string();
  }
}

TEST(ActionForms, HaveAnExampleThatCanBeReadWhereTheyTakeAnArgument) {
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    const auto kind = static_cast<ActionKind>(i);
    const ActionForm& form = form_of(kind);
    EXPECT_EQ(form.argument.has_value(), !form.example.empty()) << action_name(kind);
    const std::string written = form.argument ? form.example : std::string(action_name(kind)) + ": x";
    const Diagnostics problems = problems_of(rule_with(kind, "{" + written + "}"));
    EXPECT_EQ(problems.error_count() == 0, form.argument.has_value()) << written << problems.to_string();
  }
}

struct Spelling {
  std::string name;
  const ValueForm& form;
  std::string file;  // '%' is where the text goes
  std::vector<std::string> texts;
};

/// A pattern is written by hand beside the reader's own check: each text must fit both or neither.
TEST(RuleKeys, HavePatternsThatFitWhatTheReaderTakes) {
  const ValueForm& addresses = key_of(override_form(), "for").form.forms.front();
  const ValueForm& extension = key_of(*form_of(ActionKind::Junk).argument, "extension").form;
  const Spelling spellings[] = {
      {"id",
       key_of(rule_form(), "id").form,
       "rules: [{id: '%', when: true, then: [accept]}]",
       {"a", "a-b_c.D9", "a b", "a/b", "ä", std::string(64, 'a'), std::string(65, 'a')}},
      {"threshold",
       key_of(thresholds_form(), "junk").form,
       "thresholds: {junk: '%', flag: 0}",
       {"90%", "99.9%", "100%", "100.0%", "101%", "0.9", "1", "0", "1.5", "90", "007%", "-1%", "9 %", "%"}},
      {"for",
       addresses,
       "overrides: [{for: ['%'], ceiling: junk}]",
       {"a@example.org",
        "@example.org",
        "@*.example.org",
        "@.example.org",
        "example.org",
        "a@",
        "*@example.org",
        "@*.*.example.org",
        "a b@example.org",
        "@a*.example.org",
        "\"a@b\"@example.org",
        "@*.",
        "<joe@example.org>",
        "joe@.example.org",
        "@example.org.",
        "@*.example.org.",
        "@a..b",
        "joe,ann@example.org",
        "@a;b",
        "\"a,b\"@example.org",
        "joe@[IPv6:2001:db8::1]",
        "@[192.0.2.1]",
        "a.b-c+d@x-y.example",
        "joe@example.org:25"}},
      {"extension",
       extension,
       "rules: [{id: a, when: true, then: [{junk: {extension: '%'}}]}]",
       {"Junk", "J.u_n-k1", "a+b", "a b", std::string(32, 'a'), std::string(33, 'a')}},
      {"redirect",
       *form_of(ActionKind::Redirect).argument,
       "rules: [{id: a, when: true, then: [{redirect: '%'}]}]",
       {"a@example.org", "a+b@example.org", "a@b@example.org", "a", "@example.org", "a@", "<a@example.org>",
        "a b@example.org"}},
      {"remove_header",
       *form_of(ActionKind::RemoveHeader).argument,
       "rules: [{id: a, when: true, then: [{remove_header: '%'}, accept]}]",
       {"X-A", "X A", "X:A", "Übel", std::string(64, 'X'), std::string(65, 'X')}},
      {"tag_subject",
       *form_of(ActionKind::TagSubject).argument,
       "rules: [{id: a, when: true, then: [{tag_subject: '%'}, accept]}]",
       {"[x] ", "ü", std::string(100, 'a'), std::string(101, 'a')}},
  };
  for (const Spelling& spelling : spellings) {
    for (const std::string& text : spelling.texts) {
      std::string file = spelling.file;
      const Diagnostics problems = problems_of(file.replace(file.find('%'), 1, text));
      EXPECT_EQ(problems.error_count() == 0, fits_form(text, spelling.form)) << spelling.name << ": " << text;
    }
  }
}

TEST(RuleKeys, KnowTheCodesThatRepliesMayHave) {
  for (const ActionKind kind : {ActionKind::Reject, ActionKind::TempFail}) {
    const ValueForm& reply = *form_of(kind).argument;
    for (const char* key : {"code", "enhanced"}) {
      for (const char* text :
           {"421", "420", "451", "459", "460", "550", "559", "560", "250", "5.7.1", "4.7.1", "5.7", "5.7000.1"}) {
        const std::string action = "{" + std::string(action_name(kind)) + ": {" + key + ": " + text + "}}";
        const std::string file = rule_with(kind, action);
        EXPECT_EQ(problems_of(file).error_count() == 0, fits_form(text, key_of(reply, key).form)) << file;
      }
    }
  }
}

TEST(RuleKeys, TellEditorsEveryFact) {
  const std::string& meaning = key_of(rule_form(), "when").form.meaning;
  for (const FactDeclaration& fact : fact_table()) {
    EXPECT_NE(meaning.find("\n- " + std::string(fact.name) + " ("), std::string::npos) << fact.name;
  }
}

}  // namespace
}  // namespace winnow
