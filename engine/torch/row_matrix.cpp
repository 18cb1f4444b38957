#include "engine/torch/row_matrix.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace winnow {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
// How many rows ahead memory is asked for: waits for it are then in parallel.
constexpr std::size_t kAhead = 12;

std::size_t up_to(std::size_t size, std::size_t multiple) { return (size + multiple - 1) / multiple * multiple; }

/// A table is read at random, and a page of 4 KiB would have to be looked up for nearly every row.
float* allocate(std::size_t floats) {
  const std::size_t bytes = floats * sizeof(float);
  const std::size_t alignment = bytes < kHugePage ? RowMatrix::kLine * sizeof(float) : kHugePage;
  void* memory = std::aligned_alloc(alignment, up_to(std::max(bytes, alignment), alignment));
  if (memory == nullptr) throw std::bad_alloc();
  if (alignment == kHugePage) (void)::madvise(memory, up_to(bytes, kHugePage), MADV_HUGEPAGE);  // slower without
  return static_cast<float*>(memory);
}

void add_scaled(const float* line, float factor, float* sum) {
  for (std::size_t c = 0; c < RowMatrix::kLine; ++c) sum[c] += factor * line[c];
}

}  // namespace

void RowMatrix::Free::operator()(float* values) const { std::free(values); }

RowMatrix::RowMatrix(const float* values, std::size_t rows, std::size_t columns)
    : rows_(rows), stride_(up_to(columns, kLine)), values_(allocate(rows * stride_)) {
  for (std::size_t i = 0; i < rows; ++i) {
    float* to = std::copy_n(values + i * columns, columns, values_.get() + i * stride_);
    std::fill_n(to, stride_ - columns, 0.0f);
  }
}

void RowMatrix::add_rows(const std::int64_t* which, const float* factors, std::size_t count, float* sum) const {
  for (std::size_t line = 0; line < stride_; line += kLine) {
    float in_registers[kLine];
    std::copy_n(sum + line, kLine, in_registers);
    for (std::size_t i = 0; i < count; ++i) {
      __builtin_prefetch(row(static_cast<std::size_t>(which[std::min(i + kAhead, count - 1)])) + line);
      add_scaled(row(static_cast<std::size_t>(which[i])) + line, factors[i], in_registers);
    }
    std::copy_n(in_registers, kLine, sum + line);
  }
}

void RowMatrix::add_all_rows(const float* factors, float* sum) const {
  for (std::size_t line = 0; line < stride_; line += kLine) {
    float in_registers[kLine];
    std::copy_n(sum + line, kLine, in_registers);
    for (std::size_t i = 0; i < rows_; ++i) add_scaled(row(i) + line, factors[i], in_registers);
    std::copy_n(in_registers, kLine, sum + line);
  }
}

float RowMatrix::dot(std::size_t index, const float* vector) const {
  float sums[kLine] = {};
  for (std::size_t line = 0; line < stride_; line += kLine) {
    for (std::size_t c = 0; c < kLine; ++c) sums[c] += row(index)[line + c] * vector[line + c];
  }
  for (std::size_t half = kLine / 2; half > 0; half /= 2) {
    for (std::size_t c = 0; c < half; ++c) sums[c] += sums[c + half];
  }
  return sums[0];
}

}  // namespace winnow
