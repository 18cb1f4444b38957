#include "config/yaml_node.h"

#include <algorithm>
#include <utility>

#include "config/source_position.h"
#include "config/text_checks.h"
#include "config/text_file.h"
#include "config/units.h"
#include "config/yaml_reader.h"

namespace winnow {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t end_of_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Source bytes of one escape sequence of a double-quoted scalar.
std::size_t escape_length(std::string_view source, std::size_t at) {
  const char kind = at + 1 < source.size() ? source[at + 1] : ' ';
  if (kind == 'x') return 4;
  if (kind == 'u') return 6;
  if (kind == 'U') return 10;
  return 2;
}

/// Walks the scalar's text and its source side by side: both differ in escapes and in white space around line ends.
class Alignment {
 public:
  Alignment(std::string_view source, std::size_t start, std::string_view scalar)
      : source_(source), scalar_(scalar), at_(start), quote_(start > 0 ? source[start - 1] : ' ') {}

  /// The source offset of the scalar's byte `target`; nullopt when the two do not fit together.
  std::optional<std::size_t> advance_to(std::size_t target) {
    while (done_ < std::min(target, scalar_.size())) {
      if (at_ >= source_.size() || !step()) return std::nullopt;
    }
    return at_;
  }

 private:
  bool step() {
    if (is_space(source_[at_])) return step_over_spaces();
    if (quote_ == '"' && source_[at_] == '\\') return step_over_escape();
    if (source_[at_] != scalar_[done_]) return false;
    at_ += quote_ == '\'' && source_.substr(at_, 2) == "''" ? 2 : 1;
    ++done_;
    return true;
  }

  bool step_over_spaces() {
    const std::size_t end = end_of_spaces(source_, at_);
    if (source_.substr(at_, end - at_).find('\n') == source_.npos) {
      if (source_[at_] != scalar_[done_]) return false;
      ++at_;
      ++done_;
      return true;
    }
    at_ = end;
    done_ = end_of_spaces(scalar_, done_);
    return true;
  }

  bool step_over_escape() {
    if (at_ + 1 < source_.size() && (source_[at_ + 1] == '\n' || source_[at_ + 1] == '\r')) {
      at_ = end_of_spaces(source_, at_ + 1);  // an escaped line end leaves nothing in the text
      return true;
    }
    at_ += escape_length(source_, at_);
    done_ += std::max<std::size_t>(1, utf8_length_at(scalar_, done_));
    return true;
  }

  std::string_view source_;
  std::string_view scalar_;
  std::size_t at_;
  std::size_t done_ = 0;
  char quote_;
};

Location whole_file(const std::shared_ptr<const SourceText>& source) { return {source, 0, 0, 1}; }

/// What yaml-cpp would stumble over or count differently: other encodings, control characters, lone carriage returns.
bool check_characters(const std::shared_ptr<const SourceText>& source, Diagnostics& problems) {
  const std::string_view text = source->text;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length_at(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool lone_return = byte == '\r' && (at + 1 == text.size() || text[at + 1] != '\n');
    if (length == 0 || lone_return || byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')) {
      problems.error(SourcePosition(source).locate(at, 1),
                     length == 0 ? "this byte is not UTF-8 text" : "control characters are not allowed");
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::optional<YamlNode> read_yaml_file(const std::filesystem::path& file, Diagnostics& problems,
                                       const YamlLimits& limits) {
  std::string why_not;
  std::optional<std::string> text = read_text_file(file, limits.max_bytes, why_not);
  if (!text) {
    const auto source = std::make_shared<const SourceText>(SourceText{file.string(), {}});
    problems.error(whole_file(source), "cannot be read: " + why_not);
    return std::nullopt;
  }
  return read_yaml_text(file.string(), std::move(*text), problems, limits);
}

std::optional<YamlNode> read_yaml_text(std::string name, std::string text, Diagnostics& problems,
                                       const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    const auto source = std::make_shared<const SourceText>(SourceText{std::move(name), {}});
    problems.error(whole_file(source), "the file is larger than " + format_size(limits.max_bytes));
    return std::nullopt;
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const auto source = std::make_shared<const SourceText>(SourceText{std::move(name), std::move(text)});
  if (!check_characters(source, problems)) return std::nullopt;
  return build_yaml_tree(source, problems, limits);
}

Location location_in_scalar(const YamlNode& scalar, std::size_t byte_offset, std::size_t byte_length) {
  if (!scalar.content.source || scalar.content.line == 0) return scalar.where;
  SourcePosition position(scalar.content.source);
  const std::size_t start = position.offset_of(scalar.content.line, scalar.content.column);
  Alignment alignment(scalar.content.source->text, start, scalar.scalar);
  const std::optional<std::size_t> from = alignment.advance_to(byte_offset);
  if (!from) return scalar.content;
  const std::optional<std::size_t> to = alignment.advance_to(byte_offset + byte_length);
  return position.locate(*from, to && *to > *from ? *to - *from : 1);
}

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "nothing";
    case YamlNode::Kind::Scalar:
      return "a text";
    case YamlNode::Kind::Sequence:
      return "a list";
    case YamlNode::Kind::Mapping:
      return "a mapping";
  }
  return "nothing";
}

}  // namespace winnow
