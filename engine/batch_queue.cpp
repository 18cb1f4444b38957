#include "engine/batch_queue.h"

#include <algorithm>

namespace winnow {

bool BatchQueue::add(const std::shared_ptr<Waiting>& waiting, TimePoint now) {
  const std::size_t ahead = messages_.size() + (waiting->explains() ? explanations_.size() : 0);
  if (ahead >= settings_.max_queue_length) return false;
  WaitingList& list = waiting->explains() ? explanations_ : messages_;
  waiting->since = now;
  waiting->place = list.insert(list.end(), waiting);
  waiting->queued = true;
  tokens_ += waiting->features.tokens.size();
  return true;
}

void BatchQueue::remove(Waiting& waiting) {
  if (!waiting.queued) return;  // a model has it, or is done with it
  waiting.queued = false;
  tokens_ -= waiting.features.tokens.size();
  (waiting.explains() ? explanations_ : messages_).erase(waiting.place);
}

std::optional<BatchQueue::TimePoint> BatchQueue::messages_due() const {
  if (messages_.empty()) return std::nullopt;
  const TimePoint oldest = messages_.front()->since;
  const bool is_full = messages_.size() >= settings_.max_batch_size || tokens_ >= settings_.max_batch_tokens;
  return hurrying_ || is_full ? oldest : oldest + settings_.max_queue_delay;
}

std::optional<BatchQueue::TimePoint> BatchQueue::due() const {
  return explanations_.empty() ? messages_due() : explanations_.front()->since;
}

Batch BatchQueue::take(TimePoint now) {
  Batch batch;
  const std::optional<TimePoint> ripens = messages_due();
  const bool ripe = ripens && *ripens <= now;
  std::size_t tokens = 0;
  if (ripe) {  // all memory first: what has left the queue must be in the batch
    batch.messages.reserve(std::min(messages_.size(), settings_.max_batch_size));
    batch.expired.reserve(messages_.size());
  }
  while (ripe && !messages_.empty() && batch.messages.size() < settings_.max_batch_size) {
    if (messages_.front()->deadline <= now) {
      move_first(messages_, batch.expired);
      continue;
    }
    tokens += messages_.front()->features.tokens.size();
    if (!batch.messages.empty() && tokens > settings_.max_batch_tokens) break;
    move_first(messages_, batch.messages);
  }
  if (batch.messages.empty() && !explanations_.empty()) move_first(explanations_, batch.messages);
  return batch;
}

void BatchQueue::move_first(WaitingList& from, std::vector<std::shared_ptr<Waiting>>& to) {
  to.push_back(from.front());  // first: it may throw
  from.front()->queued = false;
  tokens_ -= from.front()->features.tokens.size();
  from.pop_front();
}

}  // namespace winnow
