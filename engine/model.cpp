#include "engine/model.h"

namespace winnow {

void TokenBatch::clear() {
  tokens.clear();
  weights.clear();
  offsets.clear();
  dense.clear();
  messages = 0;
  deadline = std::chrono::steady_clock::time_point::max();
}

void TokenBatch::add(const std::vector<std::int64_t>& message_tokens, const std::vector<float>& message_weights,
                     const std::vector<float>& message_dense) {
  offsets.push_back(static_cast<std::int64_t>(tokens.size()));
  tokens.insert(tokens.end(), message_tokens.begin(), message_tokens.end());
  weights.insert(weights.end(), message_weights.begin(), message_weights.end());
  dense.insert(dense.end(), message_dense.begin(), message_dense.end());
  ++messages;
}

}  // namespace winnow
