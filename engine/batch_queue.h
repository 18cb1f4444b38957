// batch_queue.h - which messages go into the next model call, and when: the batcher's decisions, without threads, clock
// or model.
//
// Owns:    a share of each message while it waits.
// Threads: one at a time; the batcher locks.
// Blocks:  never.
// Fails:   add() says no when the queue is full.
// Units:   time comes in as `now`, so that tests can tell it.
#pragma once

#include <chrono>
#include <cstddef>
#include <future>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "engine/batcher.h"

namespace winnow {

struct Waiting;
using WaitingList = std::list<std::shared_ptr<Waiting>>;  // a list: a cancelled message leaves from the middle at once

/// A message, or the points at which one is explained.
struct Waiting {
  Features features;
  TokenBatch points;      // a message has none
  std::size_t label = 0;  // of the points
  std::chrono::steady_clock::time_point since;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::promise<Outcome> outcome;

  bool explains() const { return points.messages > 0; }

  // Of the queue it waits in.
  bool queued = false;
  WaitingList::iterator place;  // valid while queued
};

struct Batch {
  std::vector<std::shared_ptr<Waiting>> messages;  // for one model call: messages, or one explanation
  std::vector<std::shared_ptr<Waiting>> expired;   // whose deadline has passed: no model need see them
};

class BatchQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit BatchQueue(const BatchSettings& settings) : settings_(settings) {}

  /// False when the queue is full. Explanations count the messages before them too: they are the first to be refused.
  bool add(const std::shared_ptr<Waiting>& waiting, TimePoint now);
  /// Takes a message out that nobody waits for any more; nothing when it has left already.
  void remove(Waiting& waiting);

  /// When take() has something to give: a moment that has passed means now; nullopt while nothing waits.
  std::optional<TimePoint> due() const;
  /// The oldest messages, as many as fit one model call, when they are due; else one explanation; else nothing.
  Batch take(TimePoint now);

  /// From now on nothing waits for others to join it.
  void hurry() { hurrying_ = true; }
  std::size_t messages() const { return messages_.size(); }
  bool empty() const { return messages_.empty() && explanations_.empty(); }

 private:
  /// When the oldest messages stop waiting for others; nullopt without a message.
  std::optional<TimePoint> messages_due() const;
  void move_first(WaitingList& from, std::vector<std::shared_ptr<Waiting>>& to);

  const BatchSettings settings_;
  WaitingList messages_, explanations_;
  std::size_t tokens_ = 0;  // of messages_
  bool hurrying_ = false;
};

}  // namespace winnow
