#include "config/source_position.h"

#include <algorithm>
#include <string_view>

#include "config/text_checks.h"

namespace winnow {

Location SourcePosition::locate(std::size_t offset, std::size_t bytes) {
  const std::string_view text = source_->text;
  offset = std::min(offset, text.size());
  if (offset < offset_) {
    offset_ = 0;
    line_ = column_ = 1;
  }
  while (offset_ < offset) {
    const bool ends_line = text[offset_] == '\n';
    offset_ += std::max<std::size_t>(1, utf8_length_at(text, offset_));
    line_ += ends_line ? 1 : 0;
    column_ = ends_line ? 1 : column_ + 1;
  }
  const std::string_view rest = text.substr(offset, bytes);
  const std::string_view stretch = rest.substr(0, std::min(rest.find_first_of("\r\n"), rest.size()));
  return {source_, line_, column_, std::max<std::size_t>(1, count_code_points(stretch))};
}

std::size_t SourcePosition::offset_of(std::size_t line, std::size_t column) const {
  const std::string_view text = source_->text;
  std::size_t at = 0;
  for (std::size_t number = 1; number < line; ++number) {
    const std::size_t end = text.find('\n', at);
    if (end == text.npos) return text.size();
    at = end + 1;
  }
  for (; column > 1 && at < text.size(); --column) at += std::max<std::size_t>(1, utf8_length_at(text, at));
  return at;
}

}  // namespace winnow
