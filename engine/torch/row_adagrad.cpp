#include "engine/torch/row_adagrad.h"

#include <cmath>

namespace winnow {
namespace {

constexpr float kEpsilon = 1e-10f;
// Rows lie anywhere in a table larger than the caches: ask for them a few rows ahead.
constexpr std::size_t kAhead = 8;

}  // namespace

RowAdagrad::RowAdagrad(std::size_t rows, std::size_t columns, double learning_rate, double weight_decay)
    : rows_(rows),
      columns_(columns),
      learning_rate_(static_cast<float>(learning_rate)),
      weight_decay_(static_cast<float>(weight_decay)) {}

std::vector<float>& RowAdagrad::squares() {
  remember();
  return squares_;
}

void RowAdagrad::forget() {
  std::vector<float>().swap(squares_);
  std::vector<std::int32_t>().swap(slot_of_row_);
}

void RowAdagrad::remember() {
  if (!slot_of_row_.empty()) return;
  squares_.assign(rows_ * columns_, 0.0f);
  slot_of_row_.assign(rows_, -1);
}

void RowAdagrad::step(float* table, const RowGradients& step) {
  remember();
  add_up(step);
  for (std::size_t slot = 0; slot < touched_.size(); ++slot) {
    if (slot + kAhead < touched_.size()) {
      const std::size_t ahead = static_cast<std::size_t>(touched_[slot + kAhead]) * columns_;
      __builtin_prefetch(table + ahead);
      __builtin_prefetch(squares_.data() + ahead);
    }
    const auto row = static_cast<std::size_t>(touched_[slot]);
    update_row(table + row * columns_, squares_.data() + row * columns_, sums_.data() + slot * columns_);
    slot_of_row_[row] = -1;
  }
}

void RowAdagrad::add_up(const RowGradients& step) {
  touched_.clear();
  sums_.clear();
  for (std::size_t i = 0; i < step.count; ++i) {
    std::int32_t& slot = slot_of_row_[static_cast<std::size_t>(step.rows[i])];
    if (slot < 0) {
      slot = static_cast<std::int32_t>(touched_.size());
      touched_.push_back(step.rows[i]);
      sums_.resize(sums_.size() + columns_, 0.0f);
    }
    float* sum = sums_.data() + static_cast<std::size_t>(slot) * columns_;
    const float* gradient = step.gradients + i * columns_;
    for (std::size_t column = 0; column < columns_; ++column) sum[column] += gradient[column];
  }
}

void RowAdagrad::update_row(float* __restrict row, float* __restrict squares, const float* __restrict gradient) const {
  const float rate = learning_rate_, decay = weight_decay_;
  for (std::size_t column = 0; column < columns_; ++column) {
    const float slope = gradient[column] + decay * row[column];
    squares[column] += slope * slope;
    row[column] -= rate * slope / (std::sqrt(squares[column]) + kEpsilon);
  }
}

}  // namespace winnow
