// mail_service.h - the mail path without libmilter: a session at end of message -> the answer, counted and logged.
//
// Owns:    shares the snapshot; borrows log and metrics, which must outlive it.
// Threads: every method from any thread.
// Blocks:  end_of_message() up to milter.deadline, and as judge() beyond it.
// Fails:   end_of_message() never throws; what goes wrong is answered by on_error or on_overload.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/thread_annotations.h"
#include "milter/activity_count.h"
#include "milter/log.h"
#include "milter/metrics.h"
#include "milter/modifications.h"
#include "milter/session.h"
#include "milter/stand_in_notice.h"

namespace winnow {

class MailService {
 public:
  // Each holds up to 16 copies of a message's features (kMaxPoints of reasons.cpp), and keeps a libmilter thread for up to
  // half a second where it waits.
  static constexpr std::size_t kMaxExplanations = 4;

  MailService(std::shared_ptr<const Snapshot> snapshot, Log& log, Metrics& metrics);

  std::shared_ptr<const Snapshot> snapshot() const EXCLUDES(mutex_);
  /// From now on; messages under way keep the snapshot they started with.
  void replace(std::shared_ptr<const Snapshot> snapshot) EXCLUDES(mutex_);

  Answer end_of_message(const Session& session, std::string_view queue_id, const StillWanted& on_wait) noexcept;
  /// The answer by on_error when the session's content could not even be kept: as that of any message without a probability,
  /// but without memory for its headers the reply alone.
  Answer give_up(const Session& session, std::string_view queue_id, const char* why) noexcept;

  /// Changes of a message that the MTA did not take.
  void note_refused(std::string_view queue_id, std::size_t modifications) noexcept;
  /// The reply, by on_error, to a message that has its answer, when the changes in it could not be handed over.
  Reply note_unsent(const Session& session, std::string_view queue_id, const char* why) noexcept;

  /// From now on, messages that come to their end are answered by on_error at once.
  void close() { closed_ = true; }

  /// Messages between MAIL and answer, and those between end of message and the end of their answer.
  ActivityCount& transactions() { return transactions_; }
  ActivityCount& answering() { return answering_; }
  /// Of these, those that are being judged: at most max_in_flight.
  ActivityCount& in_flight() { return in_flight_; }
  /// And those whose reasons are looked for: at most kMaxExplanations.
  ActivityCount& explanations() { return explanations_; }
  Log& log() { return log_; }
  /// All that is counted here, in the Prometheus text format.
  std::string metrics_text() const;

 private:
  /// What the session's message began with; the current one where none has begun.
  std::shared_ptr<const Snapshot> snapshot_for(const Session& session) const EXCLUDES(mutex_);
  Answer answer(const Session& session, std::string_view queue_id, const StillWanted& on_wait);
  Judgement judge_within_limits(const Session& session, const StillWanted& on_wait,
                                std::chrono::steady_clock::time_point start);
  void add_reasons(const Session& session, std::chrono::steady_clock::time_point start, Judgement& judgement);
  void note(const Judgement& judgement, std::chrono::microseconds total);
  void note_given_up(std::string_view queue_id, OnError action, const char* why) noexcept;

  Log& log_;
  Metrics& metrics_;
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ GUARDED_BY(mutex_);
  ActivityCount transactions_, answering_, in_flight_, readers_, explanations_;
  StandInNotice stand_in_notice_;
  std::atomic<bool> closed_{false};
};

}  // namespace winnow
