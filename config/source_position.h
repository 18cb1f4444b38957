// source_position.h - between byte offsets of a text and the line and column a person counts.
//
// Owns:    shares the text; remembers the last answer, so that questions in ascending order cost one pass in all.
// Threads: one.
// Fails:   never; an offset past the end is the end.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "config/diagnostics.h"

namespace winnow {

class SourcePosition {
 public:
  explicit SourcePosition(std::shared_ptr<const SourceText> source) : source_(std::move(source)) {}

  /// The stretch [offset, offset + bytes), underlined no further than the end of its line.
  Location locate(std::size_t offset, std::size_t bytes);

  /// The byte offset of a line and column.
  std::size_t offset_of(std::size_t line, std::size_t column) const;

 private:
  std::shared_ptr<const SourceText> source_;
  std::size_t offset_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};

}  // namespace winnow
