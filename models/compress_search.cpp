#include "models/compress_search.h"

#include <algorithm>
#include <cstdio>

namespace winnow {
namespace {

constexpr std::size_t kLadder[] = {32, 16, 8, 7, 6, 5, 4, 3, 2};  // each weaker than the next
constexpr std::size_t kMoreBits = 2;  // that pruning is tried with beside the fewest: the loss is shared between both
constexpr int kHalvings = 6;

class Search {
 public:
  Search(const LossBounds& bounds, const Measure& measure) : bounds_(bounds), measure_(measure) {}

  /// All of the ladder: the largest change hangs on one message, and may well be smaller with a bit less. False when a
  /// measurement failed.
  bool take_fewer_bits(double prune) {
    for (const std::size_t bits : kLadder) {
      if (!try_out({bits, prune})) return false;
    }
    return true;
  }

  /// More rows as long as the loss allows it, by halving the interval in which the limit lies.
  bool leave_out_rows(std::size_t bits) {
    double low = 0, high = 1;
    for (int i = 0; i < kHalvings; ++i) {
      const double middle = (low + high) / 2;
      const auto candidate = try_out({bits, middle});
      if (!candidate) return false;
      (is_within(candidate->loss, bounds_) ? low : high) = middle;
    }
    return true;
  }

  std::optional<Candidate> try_out(const TableEncoding& encoding) {
    auto candidate = measure_(encoding);
    if (!candidate) return std::nullopt;
    const bool within = is_within(candidate->loss, bounds_);
    if (!best_ || (within && (!best_within_ || candidate->bytes < best_->bytes))) {
      best_ = candidate;
      best_within_ = within;
    }
    return candidate;
  }

  const std::optional<Candidate>& best() const { return best_; }

 private:
  const LossBounds bounds_;
  const Measure& measure_;
  std::optional<Candidate> best_;
  bool best_within_ = false;
};

bool search_both(Search& search) {
  if (!search.take_fewer_bits(0)) return false;
  const std::size_t fewest = search.best()->encoding.bits;
  if (fewest > 8) return search.leave_out_rows(fewest);
  for (std::size_t bits = fewest; bits <= std::min<std::size_t>(8, fewest + kMoreBits); ++bits) {
    if (!search.leave_out_rows(bits)) return false;
  }
  return true;
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", 100 * share);
  return text;
}

}  // namespace

bool is_within(const Loss& loss, const LossBounds& bounds) {
  return loss.max_change <= bounds.max_change && loss.auc_loss <= bounds.max_auc_loss;
}

std::string encoding_name(const TableEncoding& encoding) {
  std::string name = std::to_string(encoding.bits) + "-bit codebook";
  if (encoding.bits == 32) name = "floats";
  if (encoding.bits == 16) name = "half precision";
  if (encoding.shards > 1) name += ", in " + std::to_string(encoding.shards) + " parts";
  return encoding.prune > 0 ? name + ", " + percent(encoding.prune) + " of the rows left out" : name;
}

std::optional<Candidate> find_smallest(const WantedEncoding& wanted, const LossBounds& bounds, const Measure& measure) {
  Search search(bounds, measure);
  bool done = false;
  if (wanted.bits && wanted.prune) {
    done = search.try_out({*wanted.bits, *wanted.prune}).has_value();
  } else if (wanted.bits) {
    done = search.try_out({*wanted.bits, 0}).has_value() && search.leave_out_rows(*wanted.bits);
  } else if (wanted.prune) {
    done = search.take_fewer_bits(*wanted.prune);
  } else {
    done = search_both(search);
  }
  return done ? search.best() : std::nullopt;
}

}  // namespace winnow
