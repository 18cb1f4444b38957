#include "engine/batch_queue.h"

#include <utility>

namespace winnow {

bool BatchQueue::add(const std::shared_ptr<Waiting>& waiting, TimePoint now) {
  const std::size_t ahead = messages_.size() + (waiting->explains() ? explanations_.size() : 0);
  if (ahead >= settings_.max_queue_length) return false;
  WaitingList& list = waiting->explains() ? explanations_ : messages_;
  waiting->since = now;
  waiting->queued = true;
  waiting->place = list.insert(list.end(), waiting);
  tokens_ += waiting->features.tokens.size();
  return true;
}

void BatchQueue::remove(Waiting& waiting) {
  if (!waiting.queued) return;  // a model has it, or is done with it
  waiting.queued = false;
  tokens_ -= waiting.features.tokens.size();
  (waiting.explains() ? explanations_ : messages_).erase(waiting.place);
}

bool BatchQueue::is_full_batch() const {
  return messages_.size() >= settings_.max_batch_size || tokens_ >= settings_.max_batch_tokens;
}

std::optional<BatchQueue::TimePoint> BatchQueue::due() const {
  if (!explanations_.empty()) return explanations_.front()->since;
  if (messages_.empty()) return std::nullopt;
  const TimePoint oldest = messages_.front()->since;
  return hurrying_ || is_full_batch() ? oldest : oldest + settings_.max_queue_delay;
}

Batch BatchQueue::take(TimePoint now) {
  Batch batch;
  const bool ripe = !messages_.empty() && (hurrying_ || is_full_batch() ||
                                           now >= messages_.front()->since + settings_.max_queue_delay);
  std::size_t tokens = 0;
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
  from.front()->queued = false;
  tokens_ -= from.front()->features.tokens.size();
  to.push_back(std::move(from.front()));
  from.pop_front();
}

}  // namespace winnow
