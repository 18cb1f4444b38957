#include "engine/torch/dropout.h"

#include <cstddef>

#include "engine/torch/batch_tensors.h"

namespace winnow {
namespace {

/// Source: splitmix64 (Steele, Lea & Flood 2014). Small, and the same on every platform, unlike std's distributions.
class Coin {
 public:
  Coin(std::uint64_t seed, std::uint64_t step) : state_(seed * 0x9e3779b97f4a7c15u + step * 0xd1342543de82ef95u) {}
  /// True with probability `share`.
  bool drops(double share) { return static_cast<double>(next() >> 11) * 0x1p-53 < share; }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace

TokenBatch drop_out(const TokenBatch& batch, const OptimizerSpec& spec, std::uint64_t step) {
  Coin coin(spec.seed, step);
  const auto token_scale = static_cast<float>(1 / (1 - spec.token_dropout));
  const auto dense_scale = static_cast<float>(1 / (1 - spec.dense_dropout));
  TokenBatch kept = with_tokens(batch, [&](std::int64_t&, float& weight) {
    weight *= token_scale;
    return !coin.drops(spec.token_dropout);
  });
  kept.dense.reserve(batch.dense.size());
  for (const float value : batch.dense) kept.dense.push_back(coin.drops(spec.dense_dropout) ? 0 : value * dense_scale);
  return kept;
}

}  // namespace winnow
