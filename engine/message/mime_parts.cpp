// mime_parts.cpp - a boundary stack over lines. Only lines that begin with "--" are compared with the stack,
// so the work is linear in the octets times the depth limit.
#include "engine/message/mime_parts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "config/ascii.h"
#include "engine/message/transfer_encoding.h"

namespace winnow {
namespace {

constexpr std::size_t kNoLevel = static_cast<std::size_t>(-1);

/// Where a boundary line stands, and which open multipart it belongs to.
struct BoundaryLine {
  std::size_t begin = 0;
  std::size_t end = 0;           // behind its line end
  std::size_t level = kNoLevel;  // index into the stack; kNoLevel: the octets ended
  bool is_close = false;
};

/// Of the lines that were read as headers: where a body begins that no empty line parts from them, or their end. Broken
/// lines that another Content- field follows are headers, still: they must not hide that field.
std::size_t body_among_headers(std::string_view headers) {
  std::size_t body_at = headers.size();
  for (std::size_t from = 0; from < headers.size();) {
    const std::size_t end = std::min(headers.find('\n', from), headers.size() - 1) + 1;
    const std::string_view line = headers.substr(from, end - from);
    const bool is_field = begins_field(line);
    const bool continues = from > 0 && (line.front() == ' ' || line.front() == '\t');
    const bool is_mark = line == "\n" || line.starts_with("From ") || line.starts_with(">From ");
    if (is_field && starts_ignoring_case(line, "Content-")) body_at = headers.size();
    if (body_at == headers.size() && !is_field && !continues && !is_mark) body_at = from;
    from = end;
  }
  return body_at;
}

class Walker {
 public:
  Walker(std::string_view octets, const MimeLimits& limits, const std::function<void(const LeafPart&)>& on_leaf)
      : octets_(octets), limits_(limits), on_leaf_(on_leaf) {}

  /// A part whose headers are read already; its content starts at `at`. Returns the boundary line that ended
  /// it.
  BoundaryLine walk(const HeaderBlock& headers, std::size_t at, std::size_t depth, std::size_t alternative,
                    const char* default_type);

  MimeSummary summary;

 private:
  BoundaryLine walk_multipart(const std::string& boundary, std::size_t at, std::size_t depth, std::size_t alternative,
                              const char* default_type);
  BoundaryLine walk_part(std::size_t at, std::size_t depth, std::size_t alternative, const char* default_type);
  BoundaryLine leaf(const HeaderBlock& headers, ContentType type, std::size_t at, std::size_t alternative);
  void tell_walked(const HeaderBlock& headers, ContentType type) const;
  BoundaryLine find_boundary(std::size_t from) const;
  bool match(std::string_view line, BoundaryLine& found) const;
  std::string guess_boundary(std::size_t from) const;
  bool full() const { return summary.parts >= limits_.max_parts; }

  const std::string_view octets_;
  const MimeLimits& limits_;
  const std::function<void(const LeafPart&)>& on_leaf_;
  std::vector<std::string> boundaries_;  // of the open multiparts, outermost first
  std::size_t alternatives_ = 0;
};

bool Walker::match(std::string_view line, BoundaryLine& found) const {
  if (line.size() < 2 || line[0] != '-' || line[1] != '-') return false;
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  line.remove_prefix(std::min<std::size_t>(line.size(), 2));
  for (std::size_t level = boundaries_.size(); level-- > 0;) {
    const std::string& boundary = boundaries_[level];
    if (line.substr(0, boundary.size()) != boundary) continue;
    const std::string_view rest = line.substr(boundary.size());
    if (!rest.empty() && rest != "--") continue;
    found.level = level;
    found.is_close = !rest.empty();
    return true;
  }
  return false;
}

BoundaryLine Walker::find_boundary(std::size_t from) const {
  BoundaryLine found;
  const std::size_t first = from;
  // From hyphen to hyphen, not from line to line: base64 has none of them.
  while (!boundaries_.empty() && (from = octets_.find('-', from)) != std::string_view::npos) {
    if (from > first && octets_[from - 1] != '\n') {
      ++from;
      continue;
    }
    const std::size_t end = std::min(octets_.find('\n', from), octets_.size());
    if (match(octets_.substr(from, end - from), found)) {
      found.begin = from;
      found.end = end < octets_.size() ? end + 1 : end;
      return found;
    }
    from = end;
  }
  found.begin = found.end = octets_.size();
  return found;
}

/// A multipart without its boundary parameter: the first line that looks like one, as mail programs guess.
std::string Walker::guess_boundary(std::size_t from) const {
  constexpr std::size_t kLines = 20;
  constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 5.1.1
  for (std::size_t line = 0; line < kLines && from < octets_.size(); ++line) {
    std::size_t end = octets_.find('\n', from);
    if (end == std::string_view::npos) end = octets_.size();
    const std::string_view text = trim(octets_.substr(from, end - from));
    if (text.size() > 4 && text.size() <= kMaxBoundary + 2 && text.substr(0, 2) == "--") {
      return std::string(text.substr(2));
    }
    from = end + 1;
  }
  return {};
}

BoundaryLine Walker::leaf(const HeaderBlock& headers, ContentType type, std::size_t at, std::size_t alternative) {
  const BoundaryLine end = find_boundary(at);
  std::size_t stop = end.begin;
  // RFC 2046 5.1.1: the line end before a boundary belongs to the boundary.
  if (end.level != kNoLevel && stop > at && octets_[stop - 1] == '\n') --stop;
  LeafPart part;
  part.content_type = std::move(type);
  part.headers = &headers;
  part.body = octets_.substr(at, stop - at);
  part.alternative = alternative;
  on_leaf_(part);
  return end;
}

void Walker::tell_walked(const HeaderBlock& headers, ContentType type) const {
  LeafPart part;
  part.content_type = std::move(type);
  part.headers = &headers;
  part.is_walked = true;
  on_leaf_(part);
}

BoundaryLine Walker::walk_part(std::size_t at, std::size_t depth, std::size_t alternative, const char* default_type) {
  std::size_t body_at = 0;
  const HeaderBlock headers = read_header_block(octets_.substr(at), {}, body_at, [this](std::string_view line) {
    BoundaryLine ignored;
    return !boundaries_.empty() && match(line, ignored);
  });
  if (headers.cut) summary.cut = true;
  if (headers.skipped_lines > 0) body_at = body_among_headers(octets_.substr(at, body_at));
  return walk(headers, at + body_at, depth, alternative, default_type);
}

BoundaryLine Walker::walk_multipart(const std::string& boundary, std::size_t at, std::size_t depth,
                                    std::size_t alternative, const char* default_type) {
  const std::size_t level = boundaries_.size();
  boundaries_.push_back(boundary);
  BoundaryLine line = find_boundary(at);
  while (line.level == level && !line.is_close && !full()) {
    line = walk_part(line.end, depth + 1, alternative, default_type);
  }
  boundaries_.pop_back();
  if (line.level == kNoLevel || line.level < level) return line;
  if (full()) summary.cut = true;
  return find_boundary(line.end);  // the epilogue is no content
}

BoundaryLine Walker::walk(const HeaderBlock& headers, std::size_t at, std::size_t depth, std::size_t alternative,
                          const char* default_type) {
  ContentType type = parse_content_type(headers.value("Content-Type"), summary.repairs);
  if (headers.value("Content-Type") == nullptr) type.type = default_type;
  if (type.cut) summary.cut = true;
  ++summary.parts;
  summary.depth = std::max(summary.depth, depth);
  summary.types.push_back(type.type);
  const bool nested = depth < limits_.max_depth;
  const bool is_multipart = type.type.rfind("multipart/", 0) == 0;
  const bool is_message = type.type == "message/rfc822" || type.type == "message/global" || type.type == "message/news";
  if ((is_multipart || is_message) && !nested) summary.cut = true;
  if (is_multipart && nested) {
    const std::string boundary = type.boundary.empty() ? guess_boundary(at) : type.boundary;
    const std::size_t inner = type.type == "multipart/alternative" ? ++alternatives_ : alternative;
    const bool digest = type.type == "multipart/digest";
    if (!boundary.empty()) {
      tell_walked(headers, std::move(type));
      return walk_multipart(boundary, at, depth, inner, digest ? "message/rfc822" : "text/plain");
    }
  }
  const bool plain_octets =
      parse_transfer_encoding(headers.value("Content-Transfer-Encoding")) == TransferEncoding::None;
  if (is_message && nested && plain_octets && !full()) {
    tell_walked(headers, std::move(type));
    return walk_part(at, depth + 1, 0, "text/plain");
  }
  return leaf(headers, std::move(type), at, alternative);
}

}  // namespace

MimeSummary walk_parts(const HeaderBlock& top, std::string_view octets, const MimeLimits& limits,
                       const std::function<void(const LeafPart&)>& on_leaf) {
  Walker walker(octets, limits, on_leaf);
  walker.walk(top, 0, 0, 0, "text/plain");
  return std::move(walker.summary);
}

}  // namespace winnow
