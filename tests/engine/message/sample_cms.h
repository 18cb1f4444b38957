// sample_cms.h - messages of S/MIME, element by element.
#pragma once

#include <string>

namespace winnow {

/// An element with a length, or with an end mark instead.
inline std::string element(char tag, const std::string& content, bool has_length = true) {
  if (!has_length) return std::string(1, tag) + '\x80' + content + std::string(2, '\0');
  std::string length(1, static_cast<char>(content.size()));
  if (content.size() > 127)
    length = {'\x82', static_cast<char>(content.size() >> 8), static_cast<char>(content.size() & 0xFF)};
  return tag + length + content;
}

inline std::string cms_object(char last) {
  return element('\x06', std::string("\x2A\x86\x48\x86\xF7\x0D\x01\x07") + last);
}

/// `octets` is the element with what is signed.
inline std::string signed_cms(const std::string& octets, bool has_length = true) {
  const std::string info = element('\x30', cms_object('\x01') + element('\xA0', octets, has_length), has_length);
  const std::string data =
      element('\x30', element('\x02', "\x01") + element('\x31', "") + info + element('\x31', ""), has_length);
  return element('\x30', cms_object('\x02') + element('\xA0', data, has_length), has_length);
}

}  // namespace winnow
