// cms.cpp - the few elements on the way to the content. libcrypto would build all others, too: 24 octets of memory for one of
// mail, and nothing when the mail was cut.
#include "engine/message/cms.h"

#include <cstddef>
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

struct Element {
  char tag = 0;
  std::string_view content;  // of one without a length all that follows
};

std::optional<Element> take(std::string_view& octets) {
  if (octets.size() < 2) return std::nullopt;
  Element element;
  element.tag = octets[0];
  const auto first = static_cast<unsigned char>(octets[1]);
  octets.remove_prefix(2);
  std::size_t length = first;
  if (first == 0x80) length = octets.size();
  if (first > 0x80) {
    const std::size_t digits = first & 0x7FU;
    if (digits > 4 || digits > octets.size()) return std::nullopt;
    length = 0;
    for (const char c : octets.substr(0, digits)) length = length << 8 | static_cast<unsigned char>(c);
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

bool skip(char tag, std::string_view& octets) {
  const std::optional<Element> element = take(octets);
  return element && element->tag == tag;
}

CmsKind kind_of(std::string_view object) {
  if (object == kSigned) return CmsKind::Signed;
  for (const std::string_view encrypted : kEncrypted) {
    if (object == encrypted) return CmsKind::Encrypted;
  }
  return CmsKind::None;
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
  for (auto piece = take(pieces); piece && piece->tag == kOctets; piece = take(pieces)) joined += piece->content;
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
