// row_adagrad.h - Adagrad for a table of which a step touches few rows.
//
// Owns:    the sums of squared gradients, as large as the table, from the first step on.
// Threads: one thread.
// Fails:   never; row numbers must be inside the table.
// Source:  Duchi, Hazan & Singer 2011. LibTorch's own Adagrad takes sparse gradients too, but sorts them first: three
//          quarters of a training step of 64 messages went there (17 ms against 5 ms, two shared cores).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace winnow {

/// Gradients of single occurrences; the same row may come more than once. `gradients` is rows.size() x columns.
struct RowGradients {
  const std::int64_t* rows = nullptr;
  const float* gradients = nullptr;
  std::size_t count = 0;
};

class RowAdagrad {
 public:
  RowAdagrad(std::size_t rows, std::size_t columns, double learning_rate, double weight_decay);

  /// Weight decay reaches only the rows of this step: a row that no token names costs nothing and stays as it is.
  void step(float* table, const RowGradients& step);

  /// rows x columns, to keep and to put back.
  std::vector<float>& squares();
  /// Gives its memory back: to be done when the table is learnt.
  void forget();

 private:
  void remember();
  void add_up(const RowGradients& step);
  void update_row(float* __restrict row, float* __restrict squares, const float* __restrict gradient) const;

  const std::size_t rows_, columns_;
  const float learning_rate_, weight_decay_;
  std::vector<float> squares_;
  std::vector<std::int32_t> slot_of_row_;  // -1: not touched in this step
  std::vector<std::int64_t> touched_;
  std::vector<float> sums_;  // touched_ x columns
};

}  // namespace winnow
