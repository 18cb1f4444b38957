// load_target.h - what `winnow bench` puts under load: a milter socket, or the engine in this process.
//
// Owns:    the mail; a connection borrows its target.
// Threads: connect() from any thread; a connection belongs to one.
// Blocks:  send() until the answer, up to a time limit.
// Fails:   connect() answers null and says why; send() a failed Status: the message got no answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/message/mail_input.h"
#include "engine/status.h"
#include "milter/snapshot.h"

namespace winnow {

/// What came back for one message.
struct LoadAnswer {
  std::string verdict;                          // "accept", "junk", ...; "" without one
  std::string fallback;                         // instead of a verdict: cause and action, "busy, tempfail"
  std::chrono::microseconds end_of_message{0};  // from the end of the message to the answer
};

class LoadConnection {
 public:
  virtual ~LoadConnection() = default;
  /// Message `number` of the run; which mail that is, is the target's affair.
  virtual Status send(std::size_t number, LoadAnswer& answer) = 0;
};

class LoadTarget {
 public:
  virtual ~LoadTarget() = default;
  virtual std::unique_ptr<LoadConnection> connect(std::string& error) const = 0;
  /// The process that answers; 0 is this one, -1 one that cannot be known.
  virtual int process() const = 0;
};

std::unique_ptr<LoadTarget> make_milter_target(std::string socket, const std::vector<MailInput>& mails);
std::unique_ptr<LoadTarget> make_engine_target(std::shared_ptr<const Snapshot> snapshot, std::vector<MailInput> mails);

}  // namespace winnow
