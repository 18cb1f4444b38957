#include "milter/modifications.h"

#include <algorithm>

#include "config/ascii.h"
#include "milter/header_text.h"
#include "milter/recipient_changes.h"
#include "milter/result_headers.h"
#include "rules/action_forms.h"

namespace winnow {
namespace {

void remove_instances(const HeaderCount& header, std::vector<Modification>& out) {
  for (std::size_t instance = header.count; instance > 0; --instance) {
    out.push_back({Modification::Kind::RemoveHeader, header.name, static_cast<std::uint32_t>(instance), ""});
  }
}

void remove_forged(const std::vector<HeaderCount>& forged, std::vector<Modification>& out) {
  for (const HeaderCount& header : forged) remove_instances(header, out);
}

void remove_headers(const Decision& decision, const std::vector<HeaderCount>& removable,
                    std::vector<Modification>& out) {
  for (const HeaderCount& header : removable) {
    const bool is_wanted = std::any_of(decision.actions.begin(), decision.actions.end(), [&](const Action& action) {
      return action.kind == ActionKind::RemoveHeader && equal_ignoring_case(action.name, header.name);
    });
    if (is_wanted) remove_instances(header, out);
  }
}

/// Every tag_subject in its turn; a subject that already begins with a tag keeps just that one.
void tag_subject(const Decision& decision, const AnswerContext& context, std::vector<Modification>& out) {
  std::string subject = kept_value(context.subject.value_or(""));
  bool changed = false;
  for (const Action& action : decision.actions) {
    if (action.kind != ActionKind::TagSubject) continue;
    const std::string tag = header_value(action.text);
    if (tag.empty() || subject.starts_with(tag)) continue;
    subject = subject.empty() ? tag : tag + (tag.ends_with(' ') ? "" : " ") + subject;
    changed = true;
  }
  if (changed) out.push_back({Modification::Kind::ChangeHeader, "Subject", 1, subject});
}

/// Mail of the site's own users goes out without what Winnow found, unless the settings say otherwise.
enum class Showing { Result, Nothing };

void insert_headers(const Judgement& judgement, const Settings& settings, Showing showing,
                    std::vector<Modification>& out) {
  std::vector<ResultHeader> headers;
  if (showing == Showing::Result) headers = result_headers(judgement, settings.headers);
  for (const Action& action : judgement.decision.actions) {
    if (action.kind != ActionKind::AddHeader || !is_field_name(action.name)) continue;
    headers.push_back({action.name, folded(action.name, header_value(action.text))});
  }
  // Position 0 is the only one on which MTAs agree, so the last header goes in first.
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    out.push_back({Modification::Kind::InsertHeader, header->name, 0, header->value});
  }
}

void quarantine(const Decision& decision, std::vector<Modification>& out) {
  if (decision.verdict != Verdict::Quarantine) return;
  std::string reason = "winnow: " + (decision.rule.empty() ? "quarantined" : decision.rule);
  for (const Action& action : decision.actions) {
    if (action.kind == ActionKind::Quarantine && !action.text.empty()) reason = action.text;
  }
  out.push_back({Modification::Kind::Quarantine, "", 0, plain_line(reason, kReasonLimits.bytes)});
}

std::string plain_lines(std::string_view text) {
  std::string lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines += (at == 0 ? "" : "\n") + plain_line(text.substr(at, end - at), kReplyLimits.bytes);
    at = end + 1;
  }
  return lines;
}

/// The reply of a rule when it is well-formed for its kind, else the standard one: MTAs silently drop a 4xx text of a
/// rejection and a 5xx text of a temporary failure.
Reply reply_of(Reply standard, ActionKind kind, const Decision& decision) {
  const char digit = kind == ActionKind::Reject ? '5' : '4';
  for (const Action& action : decision.actions) {
    if (action.kind != kind) continue;
    if (action.reply_code / 100 == digit - '0' && action.reply_code < 600) standard.code = action.reply_code;
    if (action.enhanced_code.starts_with(std::string{digit, '.'})) standard.enhanced_code = action.enhanced_code;
    if (!action.text.empty()) standard.text = plain_lines(action.text);
  }
  return standard;
}

/// What everybody discards still goes to a copy's address, and to recipients who were too many for the rules to see.
bool must_be_kept(const Judgement& judgement) {
  const auto has_copy = [](const RecipientDecision& one) {
    return std::any_of(one.decision.actions.begin(), one.decision.actions.end(),
                       [](const Action& action) { return action.kind == ActionKind::Bcc; });
  };
  return judgement.message.envelope.unseen_recipients > 0 ||
         std::any_of(judgement.recipients.begin(), judgement.recipients.end(), has_copy);
}

Reply refusal(const Judgement& judgement) {
  const Reply reject{Reply::Kind::Reject, 550, "5.7.1", "Message rejected: it looks like spam"};
  const Reply tempfail{Reply::Kind::TempFail, 451, "4.7.1", "Message cannot be accepted now, try again later"};
  const Reply unscanned{Reply::Kind::TempFail, 451, "4.7.1", std::string(kUnscannedReply)};
  if (judgement.fallback) return judgement.fallback->action == OnError::TempFail ? unscanned : Reply{};
  switch (judgement.decision.verdict) {
    case Verdict::Reject:
      return reply_of(reject, ActionKind::Reject, judgement.decision);
    case Verdict::TempFail:
      return reply_of(tempfail, ActionKind::TempFail, judgement.decision);
    case Verdict::Discard:
      return must_be_kept(judgement) ? Reply{} : Reply{Reply::Kind::Discard, 0, "", ""};
    default:
      return {};
  }
}

}  // namespace

std::string_view reply_name(Reply::Kind kind) {
  switch (kind) {
    case Reply::Kind::Accept:
      return "accept";
    case Reply::Kind::Reject:
      return "reject";
    case Reply::Kind::TempFail:
      return "tempfail";
    case Reply::Kind::Discard:
      return "discard";
  }
  return "accept";
}

Answer answer_for(const Judgement& judgement, const Settings& settings, const AnswerContext& context) {
  Answer answer;
  answer.reply = refusal(judgement);
  if (answer.reply.kind != Reply::Kind::Accept) return answer;  // nobody will see the message's header
  const Showing showing =
      context.authenticated && !settings.headers.show_authenticated ? Showing::Nothing : Showing::Result;
  if (showing == Showing::Result) remove_forged(context.forged, answer.modifications);
  remove_headers(judgement.decision, context.removable, answer.modifications);
  tag_subject(judgement.decision, context, answer.modifications);
  insert_headers(judgement, settings, showing, answer.modifications);
  answer.recipients_removed = change_recipients(judgement, answer.modifications);
  quarantine(judgement.decision, answer.modifications);
  return answer;
}

}  // namespace winnow
