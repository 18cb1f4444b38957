#include "milter/mail_service.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "milter/message_log.h"
#include "milter/prometheus_text.h"
#include "milter/reasons.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

// Reading is work for the processor alone. With two large messages for each, to hand over turns cost a tenth of the throughput
// under load, with four nothing. Smaller ones are read within milliseconds however many there are, and would lose a third.
const std::size_t kMaxReaders = 4 * std::max(1U, std::thread::hardware_concurrency());
constexpr std::size_t kLargeMessage = 64u << 10;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// Only mail that is delivered with a mark has somebody who reads what spoke for it.
bool has_reader(const Judgement& judgement, const Session& session) {
  const HeaderSettings& headers = session.snapshot()->settings.headers;
  if (judgement.fallback || !headers.reasons) return false;
  if (session.authenticated() && !headers.show_authenticated) return false;
  const Verdict verdict = judgement.decision.verdict;
  return verdict >= Verdict::Flag && verdict <= Verdict::Quarantine;
}

/// The judgement of a message that is not even looked at.
Judgement unjudged(const Snapshot& snapshot, ScoreError cause, OnError action, std::string why) {
  Judgement judgement;
  judgement.model = snapshot.engine->manifest().name;
  judgement.fallback = Fallback{cause, action, std::move(why)};
  return judgement;
}

AnswerContext context_of(const Session& session) {
  return {session.authenticated(), session.forged(), session.subject(), session.removable()};
}

Reply bare_reply(OnError action) noexcept {
  Reply reply;
  reply.kind = action == OnError::Accept ? Reply::Kind::Accept : Reply::Kind::TempFail;
  return reply;
}

/// Where memory may have run out: the message's answer counts, not who hears of it.
template <typename Step>
void try_to(Step&& step) noexcept {
  try {
    step();
  } catch (const std::exception&) {
  }
}

}  // namespace

MailService::MailService(std::shared_ptr<const Snapshot> snapshot, Log& log, Metrics& metrics)
    : log_(log), metrics_(metrics), snapshot_(std::move(snapshot)), stand_in_notice_(log) {}

std::shared_ptr<const Snapshot> MailService::snapshot() const {
  const MutexLock lock(mutex_);
  return snapshot_;
}

void MailService::replace(std::shared_ptr<const Snapshot> snapshot) {
  const MutexLock lock(mutex_);
  snapshot_.swap(snapshot);  // the old one, when nobody else has it, goes after the lock is given back
}

std::shared_ptr<const Snapshot> MailService::snapshot_for(const Session& session) const {
  return session.in_message() ? session.snapshot() : snapshot();
}

std::string MailService::metrics_text() const {
  return metrics_.text() + family("winnow_queue_messages", "gauge", "Messages that wait for a batch of the model") +
         sample("winnow_queue_messages", static_cast<double>(snapshot()->engine->queue_length())) +
         family("winnow_in_flight", "gauge", "Messages that are being judged") +
         sample("winnow_in_flight", static_cast<double>(in_flight_.count()));
}

Judgement MailService::judge_within_limits(const Session& session, const StillWanted& on_wait,
                                           Clock::time_point start) {
  const Snapshot& snapshot = *session.snapshot();
  const MilterSettings& settings = snapshot.settings.milter;
  const Activity place(in_flight_, settings.max_in_flight);
  if (closed_) return unjudged(snapshot, ScoreError::Stopped, settings.on_error, "the daemon is stopping");
  if (!place) {
    return unjudged(snapshot, ScoreError::Busy, settings.on_overload, "max_in_flight messages are under way");
  }
  ActivityCount* const readers = session.input().raw.size() > kLargeMessage ? &readers_ : nullptr;
  return judge(snapshot, session.input(), {start + settings.deadline, on_wait, readers, kMaxReaders});
}

void MailService::add_reasons(const Session& session, Clock::time_point start, Judgement& judgement) {
  if (!has_reader(judgement, session)) return;
  judgement.reasons_result = ReasonsResult::Busy;
  const Activity place(explanations_, kMaxExplanations);
  if (!place) return;
  const Snapshot& snapshot = *session.snapshot();
  const Clock::time_point asked = Clock::now();
  Reasons found = find_reasons(*snapshot.engine, judgement.message, start + snapshot.settings.milter.deadline);
  judgement.reasons_result = found.result;
  judgement.reasons = std::move(found.strongest);
  judgement.inference_cpu += found.cpu;
  judgement.timings.reasons = since(asked);
}

void MailService::note(const Judgement& judgement, std::chrono::microseconds total) {
  if (judgement.fallback) {
    metrics_.fallback(*judgement.fallback);
  } else {
    metrics_.judged(judgement, total);
    stand_in_notice_.saw(judgement.stand_in_cause, Clock::now());
  }
}

void MailService::note_refused(std::string_view queue_id, std::size_t modifications) noexcept {
  try_to([&] { metrics_.refused(modifications); });
  try_to([&] {
    log_.warning(log_id(queue_id) + ": modifications refused=" + std::to_string(modifications) +
                 " (the MTA does not offer them, or is gone)");
  });
}

Reply MailService::note_unsent(const Session& session, std::string_view queue_id, const char* why) noexcept {
  const OnError action = snapshot_for(session)->settings.milter.on_error;
  try_to([&] { metrics_.unsent(); });
  try_to([&] {
    log_.error(log_id(queue_id) + ": unsent action=" + std::string(on_error_name(action)) + " detail=" + quote(why));
  });
  return bare_reply(action);
}

Answer MailService::answer(const Session& session, std::string_view queue_id, const StillWanted& on_wait) {
  const Clock::time_point start = Clock::now();
  if (session.skipped()) {
    try_to([&] { metrics_.skipped(); });
    try_to([&] { log_.info(skipped_line(queue_id, session)); });
    return {};
  }
  Judgement judgement = judge_within_limits(session, on_wait, start);
  add_reasons(session, start, judgement);
  Answer answer = answer_for(judgement, session.snapshot()->settings, context_of(session));
  const std::chrono::microseconds total = since(start);
  try_to([&] { note(judgement, total); });
  try_to([&] {
    log_.write(judgement.fallback ? LogLevel::Warning : LogLevel::Info,
               judged_line(queue_id, judgement, answer, session, total));
  });
  return answer;
}

Answer MailService::end_of_message(const Session& session, std::string_view queue_id,
                                   const StillWanted& on_wait) noexcept {
  if (!session.in_message()) return {};
  try {
    return answer(session, queue_id, on_wait);
  } catch (const std::exception& problem) {
    return give_up(session, queue_id, problem.what());
  }
}

void MailService::note_given_up(std::string_view queue_id, OnError action, const char* why) noexcept {
  const Fallback fallback{ScoreError::Internal, action, {}};
  try_to([&] { metrics_.fallback(fallback); });
  try_to([&] {
    log_.error(log_id(queue_id) + ": fallback cause=" + std::string(score_error_name(fallback.cause)) +
               " action=" + std::string(on_error_name(action)) + " detail=" + quote(why));
  });
}

Answer MailService::give_up(const Session& session, std::string_view queue_id, const char* why) noexcept {
  const std::shared_ptr<const Snapshot> current = snapshot_for(session);
  const OnError action = current->settings.milter.on_error;
  note_given_up(queue_id, action, why);
  // Without memory for a header or a text the reply itself, which needs none, is what counts.
  Answer answer{{}, bare_reply(action)};
  try_to([&] {
    answer = answer_for(unjudged(*current, ScoreError::Internal, action, why), current->settings, context_of(session));
  });
  return answer;
}

}  // namespace winnow
