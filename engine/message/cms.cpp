// cms.cpp - the few elements on the way to the content. libcrypto would build all others, too: 24 octets of memory for one of
// mail, and nothing when the mail was cut.
#include "engine/message/cms.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace winnow {
namespace {

using namespace std::string_view_literals;

constexpr char kInteger = 0x02, kOctets = 0x04, kObject = 0x06, kSequence = 0x30, kSet = 0x31, kOctetsInPieces = 0x24;
constexpr char kTagged = static_cast<char>(0xA0);

constexpr std::string_view kSigned = "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"sv;
constexpr std::string_view kEncrypted[] = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"sv,           // enveloped
                                           "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06"sv,           // encrypted
                                           "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"sv};  // and authenticated

constexpr std::size_t kMaxDepth = 8;  // of elements within such that are not on the way

struct Element {
  char tag = 0;
  bool has_length = true;
  std::string_view content;  // of one without a length all that follows
};

std::optional<Element> take(std::string_view& octets) {
  if (octets.size() < 2) return std::nullopt;
  Element element;
  element.tag = octets[0];
  const auto first = static_cast<unsigned char>(octets[1]);
  octets.remove_prefix(2);
  std::size_t length = first;
  if (first == 0x80) {
    element.has_length = false;
    length = octets.size();
  }
  if (first > 0x80) {
    const std::size_t digits = first & 0x7FU;
    if (digits > octets.size()) return std::nullopt;
    length = 0;
    for (const char c : octets.substr(0, digits)) {
      length = length << 8 | static_cast<unsigned char>(c);
      if (length > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    }
    octets.remove_prefix(digits);
  }
  element.content = octets.substr(0, length);
  octets.remove_prefix(element.content.size());
  return element;
}

/// Goes into the element in front; false when it is another one.
bool enter(char tag, std::string_view& octets) {
  const std::optional<Element> element = take(octets);
  if (!element || element->tag != tag) return false;
  octets = element->content;
  return true;
}

/// Takes the two octets that end an element without a length, if they are next.
bool take_end(std::string_view& octets) {
  const bool is_end = octets.starts_with("\0\0"sv);
  if (is_end) octets.remove_prefix(2);
  return is_end;
}

/// Past one element with all that is in it.
bool pass(std::string_view& octets, std::size_t depth) {
  const std::optional<Element> element = take(octets);
  if (!element || depth == 0) return false;
  if (element->has_length) return true;
  octets = element->content;
  while (!take_end(octets)) {
    if (!pass(octets, depth - 1)) return false;
  }
  return true;
}

bool skip(char tag, std::string_view& octets) { return octets.starts_with(tag) && pass(octets, kMaxDepth); }

CmsKind kind_of(std::string_view object) {
  if (object == kSigned) return CmsKind::Signed;
  for (const std::string_view encrypted : kEncrypted) {
    if (object == encrypted) return CmsKind::Encrypted;
  }
  return CmsKind::None;
}

/// Takes the pieces of a string up to its end, which may be made of pieces themselves.
void take_pieces(std::string_view& octets, std::size_t depth, std::string& joined) {
  while (!take_end(octets)) {
    const std::optional<Element> piece = take(octets);
    if (!piece) return;
    if (piece->tag == kOctets) joined += piece->content;
    if (piece->tag != kOctetsInPieces || depth == 0) continue;
    std::string_view within = piece->content;
    take_pieces(within, depth - 1, joined);
    if (!piece->has_length) octets = within;
  }
}

std::string signed_content(std::string_view octets) {
  const bool found = enter(kTagged, octets) && enter(kSequence, octets) && skip(kInteger, octets) &&
                     skip(kSet, octets) && enter(kSequence, octets) && skip(kObject, octets) && enter(kTagged, octets);
  const std::optional<Element> content = found ? take(octets) : std::nullopt;
  if (!content) return {};
  if (content->tag == kOctets) return std::string(content->content);
  std::string joined;
  if (content->tag != kOctetsInPieces) return joined;
  std::string_view pieces = content->content;
  take_pieces(pieces, kMaxDepth, joined);
  return joined;
}

}  // namespace

CmsMessage read_cms(std::string_view octets) {
  CmsMessage message;
  if (!enter(kSequence, octets)) return message;
  const std::optional<Element> object = take(octets);
  if (!object || object->tag != kObject) return message;
  message.kind = kind_of(object->content);
  if (message.kind == CmsKind::Signed) message.content = signed_content(octets);
  return message;
}

}  // namespace winnow
