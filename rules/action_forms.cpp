#include "rules/action_forms.h"

#include <array>
#include <cassert>
#include <utility>

namespace winnow {
namespace {

using Actions = std::array<ActionForm, kActionKinds>;

/// Printable ASCII; the line ends at the end of a block scalar do not count.
ValueForm printable_form(TextLimits limits) {
  const std::string line = "[ -~]{0," + std::to_string(limits.bytes) + "}";
  const std::string more = limits.lines == 1 ? "" : "(\\n" + line + "){0," + std::to_string(limits.lines - 1) + "}";
  ValueForm form = any_text_form();
  form.pattern = "^" + line + more + "\\n*$";
  return form;
}

ValueForm header_name_form() { return text_form("^[!-9;-~]{1,64}$"); }

/// One '@', no '*', and no dot too many behind it.
ValueForm address_form() {
  const std::string letters = R"(!#-'+\-/0-9=?A-\[\]-~)", label = "[" + letters + "]+";
  return text_form("^[." + letters + "]+@" + label + R"((\.)" + label + ")*$");
}

KeyForm text_key(std::string name, std::string meaning, TextLimits limits, std::string fallback = "") {
  return {.name = std::move(name),
          .meaning = std::move(meaning) + " Facts may stand in it: {from.domain}.",
          .form = printable_form(limits),
          .fallback = std::move(fallback)};
}

/// {code, enhanced, text} of a reply whose codes begin with `digit`; 421 would end the client's other mail, too.
ValueForm reply_form(ActionKind kind, char digit) {
  const Action standard = standard_action(kind);
  const double first = (digit - '0') * 100;
  ValueForm code = digit == '4' ? any_of_forms({integer_form(first, 420), integer_form(422, first + 59)})
                                : integer_form(first, first + 59);
  return mapping_form({
      {.name = "code",
       .meaning = std::string("The reply's code, ") + digit + "xx.",
       .form = std::move(code),
       .fallback = std::to_string(standard.reply_code)},
      {.name = "enhanced",
       .meaning = std::string("Its enhanced code, ") + digit + ".SUBJECT.DETAIL (RFC 3463).",
       .form = text_form(std::string("^") + digit + "\\.[0-9]{1,3}\\.[0-9]{1,3}$"),
       .fallback = standard.enhanced_code},
      text_key("text", "What the sender reads.", kReplyLimits, standard.text),
  });
}

ValueForm junk_form() {
  const std::string pattern = "^[A-Za-z0-9_.-]{1," + std::to_string(kMaxExtensionBytes) + "}$";
  return mapping_form({{.name = "extension",
                        .meaning = "The mail goes to user+EXTENSION@ instead of user@.",
                        .form = {.kind = ValueForm::Kind::Text, .pattern = pattern},
                        .required = true}});
}

ValueForm header_form() {
  KeyForm value = text_key("value", "The value, one line.", kHeaderValueLimits);
  value.required = true;
  return mapping_form({{.name = "name",
                        .meaning = "The header's name; not one that a message has only once, nor Winnow's own.",
                        .form = header_name_form(),
                        .required = true},
                       std::move(value)});
}

ActionForm alone(ActionKind kind, std::string meaning) { return {kind, std::move(meaning), true, std::nullopt, ""}; }

Actions all_actions() {
  using Kind = ActionKind;
  const ValueForm reason =
      mapping_form({text_key("reason", "What the MTA logs; 'rule ID' without it.", kReasonLimits)});
  return {
      alone(Kind::Accept, "Deliver the mail."),
      alone(Kind::Flag, "Deliver it with the header that marks it as suspect."),
      {Kind::Junk, "Deliver it with the headers by which it is filed into the Junk folder.", true, junk_form(),
       "junk: {extension: Junk}"},
      {Kind::Redirect, "Send it to this address instead of the recipient.", false, address_form(),
       "redirect: user@example.org"},
      {Kind::Quarantine, "Hold it in the MTA's queue.", true, reason, "quarantine: {reason: \"...\"}"},
      {Kind::TempFail, "Refuse it for now; the sender tries again.", true, reply_form(Kind::TempFail, '4'),
       "tempfail: {code: 451, enhanced: 4.7.1, text: \"...\"}"},
      {Kind::Reject, "Refuse it; the sender is told.", true, reply_form(Kind::Reject, '5'),
       "reject: {code: 550, enhanced: 5.7.1, text: \"...\"}"},
      alone(Kind::Discard, "Take it and throw it away; nobody is told."),
      {Kind::AddHeader, "Add a header.", false, header_form(), "add_header: {name: ..., value: ...}"},
      {Kind::RemoveHeader, "Remove all headers of this name.", false, header_name_form(), "remove_header: X-Name"},
      {Kind::TagSubject, "Put a text before the subject; facts may stand in it: {spam}.", false,
       printable_form(kSubjectTagLimits), "tag_subject: \"...\""},
      {Kind::Bcc, "Send a copy to this address, too.", false, address_form(), "bcc: user@example.org"},
  };
}

const Actions& action_table() {
  static const Actions actions = all_actions();
  return actions;
}

}  // namespace

const ActionForm& form_of(ActionKind kind) {
  const ActionForm& form = action_table()[static_cast<std::size_t>(kind)];
  assert(form.kind == kind);
  return form;
}

ValueForm action_form() {
  ValueForm names = word_form({});
  ValueForm with_argument = mapping_form({});
  with_argument.exactly_one_key = true;
  for (const ActionForm& action : action_table()) {
    const std::string name(action_name(action.kind));
    if (action.stands_alone) {
      names.words.push_back(name);
      names.word_meanings.push_back(action.meaning);
    }
    if (action.argument)
      with_argument.keys.push_back({.name = name, .meaning = action.meaning, .form = *action.argument});
  }
  ValueForm form = any_of_forms({std::move(names), std::move(with_argument)});
  form.name = "action";
  return form;
}

}  // namespace winnow
