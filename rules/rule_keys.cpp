#include "rules/rule_keys.h"

#include <utility>

#include "config/units.h"
#include "rules/action_forms.h"
#include "rules/decision.h"
#include "rules/facts.h"
#include "rules/thresholds.h"

namespace winnow {
namespace {

constexpr const char* kConditionMeaning =
    "Joined by and, or, not; compared by ==, !=, <, <=, >, >=, in, matches, contains, starts_with, ends_with. Texts "
    "stand in quotes, numbers have their unit: 90%, 10KiB, 4h. `junk` and `flag` are the thresholds; header(\"Name\"), "
    "feature(\"name\") and sample(10%) ask for more. The facts:";

ValueForm named(std::string name, ValueForm form) {
  form.name = std::move(name);
  return form;
}

/// A text in the language of conditions; what stands in it only `winnow check` knows.
ValueForm condition_form() {
  ValueForm text = any_text_form();
  text.only_text = true;
  ValueForm form = any_of_forms({std::move(text), word_form(yes_no_words())});
  form.meaning = kConditionMeaning;
  for (const FactDeclaration& fact : fact_table()) {
    form.meaning +=
        "\n- " + std::string(fact.name) + " (" + std::string(type_name(fact.type)) + "): " + std::string(fact.meaning);
  }
  return form;
}

ValueForm mode_form() { return word_form(mode_words()); }

/// Values of any name that a condition can write, each a list of entries.
ValueForm lists_form() {
  ValueForm form{.kind = ValueForm::Kind::Table, .may_be_nothing = true};
  form.pattern = "^[A-Za-z_][A-Za-z0-9_.-]{0,63}$";
  form.forms = {named("list", any_of_forms({list_form(any_text_form()), list_file_form()}))};
  form.forms[0].meaning =
      "[one, two] or {file: PATH}. An entry is a text, *.example.org for all names below, .example.org for that name "
      "too, @example.org for all addresses there, a glob with * and ?, or a network such as 192.0.2.0/24.";
  return form;
}

ValueForm address_patterns_form() {
  const std::string local = R"(("[!-)+-?A-~]+"|[!-'+\-.-9=?A-~]+))";  // a quoted one may hold more
  const std::string atom = R"([!-'+\-/-9=?A-~]+)";
  const std::string domain = "(\\[[!-)+-?A-~]+\\]|" + atom + "(\\." + atom + ")*)";
  ValueForm pattern = text_form("^(@(\\*?\\.)?|" + local + "@)" + domain + "$");
  pattern.meaning =
      "user@example.org, @example.org, @*.example.org for all domains below, @.example.org for that domain too.";
  return list_form(named("addresses", std::move(pattern)), 1);
}

ValueForm rules_form() { return list_form(rule_form()); }

ValueForm or_nothing(ValueForm form) {
  form.may_be_nothing = true;
  return form;
}

ValueForm make_override_form() {
  ValueForm form = named(
      "override",
      mapping_form({
          {.name = "for",
           .meaning = "The recipients that it is for; without it every recipient.",
           .form = address_patterns_form()},
          {.name = "from",
           .meaning = "The envelope senders whose mail it is for; without it every sender.",
           .form = address_patterns_form()},
          {.name = "thresholds",
           .meaning = "Thresholds of this mail, instead of those of the file.",
           .form = thresholds_form()},
          {.name = "ceiling",
           .meaning = "Nothing stricter than this is done to this mail.",
           .form = word_form(ceiling_words())},
          {.name = "rules", .meaning = "Rules that are tried before all others for this mail.", .form = rules_form()},
      }));
  form.one_of_each = {{"for", "from"}, {"thresholds", "ceiling", "rules"}};
  return form;
}

ValueForm make_rule_form() {
  return named("rule",
               mapping_form({
                   {.name = "id",
                    .meaning = "Names the rule in headers, logs and statistics; no two rules have the same.",
                    .form = {.kind = ValueForm::Kind::Text, .pattern = "^[A-Za-z0-9_.-]{1,64}$"},
                    .required = true},
                   {.name = "when",
                    .meaning = "The condition under which the rule holds; true for always.",
                    .form = condition_form(),
                    .required = true},
                   {.name = "unless",
                    .meaning = "The condition under which the rule does not hold after all.",
                    .form = condition_form()},
                   {.name = "then",
                    .meaning = "The actions, of which one at most is final: it settles what becomes of the mail.",
                    .form = list_form(action_form(), 1),
                    .required = true},
                   {.name = "continue",
                    .meaning = "Keep the actions, none of them final, and try the next rule.",
                    .form = word_form(yes_no_words()),
                    .fallback = "false"},
                   {.name = "mode",
                    .meaning = "enforce does it; monitor only counts and logs what it would do. Else as the file says.",
                    .form = mode_form()},
               }));
}

ValueForm make_rules_file_form() {
  const Thresholds fallback;
  return or_nothing(mapping_form({
      {.name = "version", .meaning = "Version of the rule language.", .form = word_form({"1"}), .fallback = "1"},
      {.name = "include",
       .meaning = "Rule files that are read before this one; relative to its folder.",
       .form = list_form(any_text_form())},
      {.name = "thresholds",
       .meaning = "What `junk` and `flag` mean in conditions; in one file only.",
       .form = thresholds_form(),
       .fallback = "{junk: " + format_percent(fallback.junk) + ", flag: " + format_percent(fallback.flag) + "}"},
      {.name = "on_disagreement",
       .meaning = "Which verdict a message gets whose recipients want different ones; in one file only.",
       .form = word_form(disagreement_words()),
       .fallback = disagreement_words().front()},
      {.name = "mode",
       .meaning = "enforce, or monitor: the rules of this file are only counted and logged.",
       .form = mode_form(),
       .fallback = mode_words().front()},
      {.name = "overrides",
       .meaning = "What is different for some recipients or senders.",
       .form = or_nothing(list_form(override_form()))},
      {.name = "lists", .meaning = "Named lists for the right side of `in`.", .form = lists_form()},
      {.name = "rules",
       .meaning = "Tried from top to bottom; the first that holds decides.",
       .form = or_nothing(rules_form())},
  }));
}

}  // namespace

const std::vector<std::string>& mode_words() {
  static const std::vector<std::string> words{"enforce", "monitor"};
  return words;
}

const std::vector<std::string>& disagreement_words() {
  static const std::vector<std::string> words{"mildest", "strictest"};
  return words;
}

const std::vector<std::string>& ceiling_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> names;
    for (const Verdict verdict :
         {Verdict::Accept, Verdict::Flag, Verdict::Junk, Verdict::Quarantine, Verdict::TempFail, Verdict::Reject}) {
      names.emplace_back(verdict_name(verdict));
    }
    return names;
  }();
  return words;
}

const std::vector<std::string>& yes_no_words() {
  static const std::vector<std::string> words{"true", "false"};
  return words;
}

const ValueForm& rules_file_form() {
  static const ValueForm form = make_rules_file_form();
  return form;
}

const ValueForm& thresholds_form() {
  static const ValueForm form =
      named("thresholds",
            mapping_form({
                {.name = "junk", .meaning = "Probability of spam from which mail is junk.", .form = percent_form(0, 1)},
                {.name = "flag",
                 .meaning = "Probability of spam from which mail is flagged; not above junk.",
                 .form = percent_form(0, 1)},
            }));
  return form;
}

const ValueForm& list_file_form() {
  static const ValueForm form = mapping_form({
      {.name = "file",
       .meaning = "A text file of entries, one a line; relative to this file's folder.",
       .form = any_text_form(),
       .required = true},
  });
  return form;
}

const ValueForm& override_form() {
  static const ValueForm form = make_override_form();
  return form;
}

const ValueForm& rule_form() {
  static const ValueForm form = make_rule_form();
  return form;
}

}  // namespace winnow
