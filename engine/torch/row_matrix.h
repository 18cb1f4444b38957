// row_matrix.h - a matrix of floats whose rows begin on cache lines, for sums of rows and products with them.
//
// Owns:    its numbers.
// Threads: const functions from any.
// Fails:   throws std::bad_alloc. Row numbers must be in range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace winnow {

class RowMatrix {
 public:
  /// Floats of a cache line. Compilers keep a sum of this many in registers.
  static constexpr std::size_t kLine = 16;

  /// From `values`, row by row without gaps.
  RowMatrix(const float* values, std::size_t rows, std::size_t columns);

  std::size_t rows() const { return rows_; }
  /// From one row to the next: the columns up to the next multiple of kLine. What is beyond a row's columns is 0.
  std::size_t stride() const { return stride_; }
  const float* row(std::size_t index) const { return values_.get() + index * stride_; }

  /// sum[c] += the sum over i of factors[i] * row(which[i])[c]. `sum` has room for stride() numbers.
  void add_rows(const std::int64_t* which, const float* factors, std::size_t count, float* sum) const;
  /// sum[c] += the sum over all rows of factors[row] * row(row)[c].
  void add_all_rows(const float* factors, float* sum) const;
  /// The sum over c of row(index)[c] * vector[c]; `vector` has stride() numbers.
  float dot(std::size_t index, const float* vector) const;

 private:
  struct Free {
    void operator()(float* values) const;
  };

  std::size_t rows_, stride_;
  std::unique_ptr<float[], Free> values_;
};

}  // namespace winnow
