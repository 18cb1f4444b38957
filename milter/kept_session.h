// kept_session.h - the session of one MTA connection, and what of it could not be kept.
//
// Owns:    its session.
// Threads: one at a time, as Session.
// Blocks:  answer() as MailService::end_of_message().
// Fails:   nothing throws. What a step could not keep is answered by on_error when a message ends: without its client, or one
//          of its headers, it would be judged wrongly.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>

#include "milter/mail_service.h"

namespace winnow {

class KeptSession {
 public:
  const Session& session() const { return session_; }

  /// A step of CONNECT or HELO. What fails is lost to every message of the connection: a later HELO tells no more of the client.
  template <typename Step>
  void keep_client(Step&& step) noexcept {
    keep(client_, step);
  }
  /// A step of the message that began last.
  template <typename Step>
  void keep_message(Step&& step) noexcept {
    keep(message_, step);
  }
  /// MAIL.
  void begin_message(MailService& service, const MessageStart& start) noexcept {
    end_message();
    keep_message([&](Session& session) {
      transaction_.emplace(service.transactions(), SIZE_MAX);
      session.mail(service.snapshot(), start);
    });
  }
  Answer answer(MailService& service, std::string_view queue_id, const StillWanted& on_wait) const noexcept {
    if (client_ == State::Lost) return service.give_up(session_, queue_id, "the client could not be kept");
    if (message_ == State::Lost) return service.give_up(session_, queue_id, "the message could not be kept");
    return service.end_of_message(session_, queue_id, on_wait);
  }
  /// Answered, aborted, or followed by another one.
  void end_message() noexcept {
    session_.reset_message();
    transaction_.reset();
    message_ = State::Kept;
  }

 private:
  enum class State { Kept, Lost };

  template <typename Step>
  void keep(State& state, Step& step) noexcept {
    try {
      step(session_);
    } catch (const std::exception&) {
      state = State::Lost;
    }
  }

  Session session_;
  std::optional<Activity> transaction_;
  State client_ = State::Kept, message_ = State::Kept;
};

}  // namespace winnow
