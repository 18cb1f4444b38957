#include "models/mail_kind.h"

#include <cstdio>  // which CLD2's header needs and does not include

#include <cld2/public/compact_lang_det.h>

#include "engine/message/charset.h"

namespace winnow {
namespace {

constexpr std::size_t kMostOctets = 4u << 10;

std::string language_of(const Message& message) {
  // CLD2 reads one octet behind what it is given: the string's zero.
  const std::string text = message.subject + "\n" + std::string(utf8_prefix(message.text, kMostOctets));
  bool reliable = false;
  int valid_octets = 0;
  const CLD2::Language language = CLD2::DetectLanguageCheckUTF8(text.data(), static_cast<int>(text.size()),
                                                                /*is_plain_text=*/true, &reliable, &valid_octets);
  return reliable ? CLD2::LanguageCode(language) : "?";
}

}  // namespace

std::string kind_of(const Message& message) {
  return language_of(message) + (message.html_text.empty() ? " plain" : " html");
}

}  // namespace winnow
