#include "milter/message_log.h"

#include <algorithm>
#include <charconv>

#include "config/ascii.h"
#include "config/text_checks.h"
#include "config/units.h"
#include "milter/log.h"

namespace winnow {
namespace {

class Line {
 public:
  Line(std::string_view id, std::string_view event) {
    constexpr std::size_t kUsual = 400;
    text_.reserve(kUsual);
    text_.append(id).append(": ").append(event);
  }
  Line& add(std::string_view key, std::string_view value) {
    text_.append(" ").append(key).append("=").append(value);
    return *this;
  }
  Line& add(std::string_view key, std::uint64_t value) { return add_number(key, value); }
  Line& add(std::string_view key, std::chrono::microseconds value) { return add_number(key, value.count()); }
  std::string take() { return std::move(text_); }

 private:
  template <typename Number>
  Line& add_number(std::string_view key, Number value) {
    char digits[24];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
    return add(key, std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)));
  }

  std::string text_;
};

void add_recipient_changes(Line& line, const Answer& answer) {
  const auto added = std::count_if(answer.modifications.begin(), answer.modifications.end(),
                                   [](const auto& one) { return one.kind == Modification::Kind::AddRecipient; });
  if (added > 0) line.add("recipients_added", static_cast<std::uint64_t>(added));
  if (answer.recipients_removed > 0) line.add("recipients_removed", answer.recipients_removed);
}

/// "gone:discard:2,away:redirect:1": what other rules than the message's did, and for how many recipients.
std::vector<std::string> other_decisions(const Judgement& judgement) {
  std::vector<std::string> others;
  for (const RecipientDecision& one : judgement.recipients) {
    const Decision& decision = one.decision;
    if (decision.rule == judgement.decision.rule && decision.verdict == judgement.decision.verdict) continue;
    others.push_back((decision.rule.empty() ? "-" : decision.rule) + ":" + std::string(verdict_name(decision.verdict)) +
                     (decision.wanted ? "(wanted-" + std::string(verdict_name(*decision.wanted)) + ")" : "") + ":" +
                     std::to_string(one.recipients.size()));
  }
  return others;
}

void add_judgement(Line& line, const Judgement& judgement, const Answer& answer) {
  const Decision& decision = judgement.decision;
  line.add("verdict", verdict_name(decision.verdict));
  line.add("p",
           judgement.probabilities.empty() ? "-" : format_rounded_down(judgement.probabilities.front().probability, 3));
  line.add("rule", decision.rule.empty() ? "-" : word(decision.rule));
  line.add("action", reply_name(answer.reply.kind));
  line.add("batch", judgement.batch_size);
  line.add("wait_us", judgement.timings.queue).add("infer_us", judgement.timings.infer);
  line.add("model", word(judgement.model));
  if (!judgement.stand_in_cause.empty()) line.add("stand_in", std::string(judgement.stand_in_cause));
  line.add("parse_us", judgement.timings.parse).add("features_us", judgement.timings.features);
  line.add("rules_us", judgement.timings.rules);
  if (judgement.timings.reasons.count() > 0) line.add("reasons_us", judgement.timings.reasons);
  if (judgement.reasons_result.value_or(ReasonsResult::Given) != ReasonsResult::Given)
    line.add("reasons", reasons_result_name(*judgement.reasons_result));
  if (!decision.monitored.empty()) line.add("monitored", word_list(decision.monitored));
  if (decision.wanted) line.add("wanted", verdict_name(*decision.wanted));
  if (judgement.disagreement) line.add("disagreement", "yes");
  const std::vector<std::string> others = other_decisions(judgement);
  if (!others.empty()) line.add("others", word_list(others));
  add_recipient_changes(line, answer);
  if (judgement.message.shape.limits_hit) line.add("limits_hit", "yes");
  if (judgement.gtube) line.add("gtube", "yes");
}

void add_fallback(Line& line, const Fallback& fallback, std::chrono::microseconds total) {
  line.add("cause", score_error_name(fallback.cause));
  line.add("action", on_error_name(fallback.action));
  line.add("waited_us", total);
  if (!fallback.detail.empty()) line.add("detail", quote(fallback.detail));
}

void add_envelope(Line& line, const Session& session) {
  const Envelope& envelope = session.input().envelope;
  line.add("client", envelope.client_ip.empty() ? "unknown" : word(envelope.client_ip));
  line.add("recipients", envelope.recipients.size());
  if (!session.snapshot()->settings.log.addresses) return;
  line.add("from", quote(envelope.mail_from, kMaxQuotedAddress));
  if (!envelope.recipients.empty()) line.add("to", quote_list(envelope.recipients));
}

void add_session(Line& line, const Session& session) {
  const MailInput& input = session.input();
  line.add("size", input.full_size);
  if (input.truncated) line.add("truncated", "yes");
  std::size_t forged = session.forged_left();
  for (const HeaderCount& header : session.forged()) forged += header.count;
  if (forged > 0) line.add("forged", forged);
  if (session.forged_left() > 0) line.add("forged_left", session.forged_left());
  add_envelope(line, session);
}

}  // namespace

std::string log_id(std::string_view queue_id) {
  const bool plausible =
      !queue_id.empty() && queue_id.size() <= 64 &&
      std::all_of(queue_id.begin(), queue_id.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
  return plausible ? std::string(queue_id) : "NOQUEUE";
}

std::string judged_line(std::string_view queue_id, const Judgement& judgement, const Answer& answer,
                        const Session& session, std::chrono::microseconds total) {
  Line line(log_id(queue_id), judgement.fallback ? "fallback" : "judged");
  if (judgement.fallback) {
    add_fallback(line, *judgement.fallback, total);
  } else {
    add_judgement(line, judgement, answer);
    line.add("total_us", total);
  }
  add_session(line, session);
  return line.take();
}

std::string skipped_line(std::string_view queue_id, const Session& session) {
  Line line(log_id(queue_id), "skipped");
  line.add("reason", session.skipped_by() == SkipEntry::Authenticated ? "authenticated" : "network");
  add_envelope(line, session);
  return line.take();
}

}  // namespace winnow
