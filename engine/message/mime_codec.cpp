// mime_codec.cpp - GMime's decoders behind plain functions. The structure of a message is not read with
// GMime: its parser recurses once for each nested part and keeps every part in memory (see README.md).
#include "engine/message/mime_codec.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "config/ascii.h"
#include "engine/message/charset.h"
#include "engine/message/links.h"
#include "engine/message/plain_headers.h"
#include "engine/message/transfer_encoding.h"

namespace winnow {
namespace {

/// GObject sets a class up when its first object is made: here, and not while the first messages wait for each other.
void init_gmime() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_mime_init();
    for (const GType type : {INTERNET_ADDRESS_TYPE_MAILBOX, INTERNET_ADDRESS_TYPE_GROUP, INTERNET_ADDRESS_LIST_TYPE})
      g_type_class_ref(type);  // never given back: the classes stay as long as the process
  });
}

struct FreeString {
  void operator()(char* text) const { g_free(text); }
};
using GString_ = std::unique_ptr<char, FreeString>;

struct Unref {
  template <typename T>
  void operator()(T* object) const {
    g_object_unref(object);
  }
};
template <typename T>
using Object = std::unique_ptr<T, Unref>;

std::string text_or_empty(const char* text, std::size_t& repairs) {
  return text == nullptr ? std::string() : repair_utf8(text, repairs);
}

bool is_readable(const std::string& value) { return is_ascii(value) && value.find('\0') == std::string::npos; }

/// An encoded word (RFC 2047) in base64.
struct Base64Word {
  std::string_view charset, text;
  std::size_t end;  // where it ends in the value
};

std::optional<Base64Word> base64_word_at(std::string_view value, std::size_t at) {
  if (value.substr(at, 2) != "=?") return std::nullopt;
  const std::size_t charset_end = value.find('?', at + 2);
  if (charset_end == std::string_view::npos) return std::nullopt;
  if (!equal_ignoring_case(value.substr(charset_end, 3), "?B?")) return std::nullopt;
  const std::size_t text_at = charset_end + 3;
  const std::size_t text_end = value.find('?', text_at);
  if (text_end == std::string_view::npos || value.substr(text_end, 2) != "?=") return std::nullopt;
  return Base64Word{value.substr(at + 2, charset_end - at - 2), value.substr(text_at, text_end - text_at),
                    text_end + 2};
}

/// The words of one charset from `at` on that nothing but white space parts. Empty when there is none.
std::vector<Base64Word> base64_words_at(std::string_view value, std::size_t at) {
  std::vector<Base64Word> words;
  while (at != std::string_view::npos) {
    const std::optional<Base64Word> word = base64_word_at(value, at);
    if (!word || (!words.empty() && !equal_ignoring_case(word->charset, words.front().charset))) break;
    words.push_back(*word);
    at = value.find_first_not_of(" \t\r\n", word->end);
  }
  return words;
}

std::string joined_word(const std::vector<Base64Word>& words) {
  std::string octets;
  bool cut = false;
  for (const Base64Word& word : words)
    octets += decode_transfer(word.text, TransferEncoding::Base64, word.text.size(), cut);
  const GString_ text(g_base64_encode(reinterpret_cast<const guchar*>(octets.data()), octets.size()));
  return "=?" + std::string(words.front().charset) + "?B?" + text.get() + "?=";
}

/// GMime 3.2.13 (Debian 12) drops what follows a base64 word that ends in padding (jstedfast/gmime issue 133): such
/// words become one. Octets are joined, not texts, because senders split characters, too.
std::string with_joined_words(std::string value) {
  if (value.find("=?=") == std::string::npos) return value;
  std::string joined;
  std::size_t copied = 0;
  std::size_t at = value.find("=?");
  while (at != std::string::npos) {
    const std::vector<Base64Word> words = base64_words_at(value, at);
    const std::size_t end = words.empty() ? at + 2 : words.back().end;
    const auto is_padded = [](const Base64Word& word) { return word.text.find('=') != std::string_view::npos; };
    if (words.size() > 1 && std::any_of(words.begin(), words.end() - 1, is_padded)) {
      joined.append(value, copied, at - copied).append(joined_word(words));
      copied = end;
    }
    at = value.find("=?", end);
  }
  return joined.append(value, copied);
}

/// Octets above 127 in a header are not legal but common: read them first, so that GMime has nothing to
/// guess.
std::string readable_octets(const std::string& value, std::size_t& repairs) {
  return with_joined_words(is_readable(value) ? value : to_utf8(value, "", repairs));
}

/// GMime compares each parameter with all before it: a flood of RFC 2231 pieces would take quadratic time. `cut` is set
/// when there were too many.
std::string with_few_parameters(const std::string& value, bool& cut) {
  constexpr std::size_t kMax = 64;
  std::string few = with_few(';', kMax, value);
  if (few.size() == value.size()) return few;
  cut = true;
  return with_few(';', kMax, with_needed_parameters(value));
}

/// The values of all but the first parameter of this name, decoded. What is broken in them counts with the first alone.
std::vector<std::string> further_values(GMimeParamList* parameters, const char* name) {
  std::vector<std::string> values;
  bool is_first = true;
  for (int i = 0; i < g_mime_param_list_length(parameters); ++i) {
    GMimeParam* parameter = g_mime_param_list_get_parameter_at(parameters, i);
    if (!equal_ignoring_case(g_mime_param_get_name(parameter), name)) continue;
    std::size_t repairs = 0;
    if (!is_first)
      values.push_back(decode_header_text(text_or_empty(g_mime_param_get_value(parameter), repairs), repairs));
    is_first = false;
  }
  return values;
}

Mailbox mailbox_of(InternetAddress* address, std::size_t& repairs) {
  Mailbox mailbox;
  if (const char* name = internet_address_get_name(address)) mailbox.name = decode_header_text(name, repairs);
  const char* written = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
  mailbox.address = text_or_empty(written, repairs);
  const std::size_t at = mailbox.address.rfind('@');
  if (at == std::string::npos) return mailbox;
  // As envelope, signatures and links have it.
  mailbox.domain = comparable_host(std::string_view(mailbox.address).substr(at + 1));
  mailbox.address = mailbox.address.substr(0, at + 1) + mailbox.domain;
  return mailbox;
}

void add_mailboxes(InternetAddressList* list, std::size_t max, std::vector<Mailbox>& mailboxes, std::size_t& repairs) {
  const int length = internet_address_list_length(list);
  for (int i = 0; i < length && mailboxes.size() < max; ++i) {
    InternetAddress* address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
      mailboxes.push_back(mailbox_of(address, repairs));
      continue;
    }
    // "Friends: a@x, b@x;" - the members; an empty group keeps its name ("undisclosed recipients").
    InternetAddressList* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
    if (members == nullptr || internet_address_list_length(members) == 0) {
      mailboxes.push_back({text_or_empty(internet_address_get_name(address), repairs), "", ""});
      continue;
    }
    for (int j = 0; j < internet_address_list_length(members) && mailboxes.size() < max; ++j) {
      InternetAddress* member = internet_address_list_get_address(members, j);
      if (INTERNET_ADDRESS_IS_MAILBOX(member)) mailboxes.push_back(mailbox_of(member, repairs));
    }
  }
}

/// Groups in groups make GMime recurse; no mail program writes more than a few groups.
std::string with_few_groups(const std::string& value) { return with_few(':', 50, value); }

/// Two texts and what stands for them elsewhere.
using Rewriting = std::pair<std::string_view, std::string_view>[2];

// Each leads back to what was written, whatever that was.
constexpr Rewriting kHide = {{"xn--", "xn-0-"}, {"xn-0", "xn-00"}}, kShow = {{"xn-0-", "xn--"}, {"xn-00", "xn-0"}};

std::string rewritten(std::string_view text, const Rewriting& rewriting) {
  std::string result;
  while (true) {
    // All four texts begin with this letter.
    const auto mark = std::find_if(text.begin(), text.end(), [](char c) { return to_lower(c) == 'x'; });
    result.append(text.begin(), mark);
    text.remove_prefix(static_cast<std::size_t>(mark - text.begin()));
    if (text.empty()) return result;
    const auto* found = std::find_if(std::begin(rewriting), std::end(rewriting),
                                     [text](const auto& one) { return starts_ignoring_case(text, one.first); });
    const bool is_one = found != std::end(rewriting);
    result += is_one ? found->second : text.substr(0, 1);
    text.remove_prefix(is_one ? found->first.size() : 1);
  }
}

/// GMime turns what follows xn-- into letters, from which no way leads back: full-width letters become those of another's
/// domain in ASCII. So it never sees one.
void add_mailboxes_as_written(const std::string& octets, std::size_t max, std::vector<Mailbox>& mailboxes,
                              std::size_t& repairs) {
  const std::string hidden = rewritten(octets, kHide);
  const Object<InternetAddressList> list(internet_address_list_parse(nullptr, hidden.c_str()));
  if (list) add_mailboxes(list.get(), max, mailboxes, repairs);
  if (hidden == octets) return;
  for (Mailbox& mailbox : mailboxes) {
    for (std::string* text : {&mailbox.name, &mailbox.address, &mailbox.domain}) *text = rewritten(*text, kShow);
  }
}

/// GMime takes neither the colon of "+01:00" nor a leap second (RFC 5322 3.3).
std::string readable_date(std::string date) {
  const std::size_t sign = date.find_last_of("+-");
  if (sign != std::string::npos && sign + 5 < date.size() && date[sign + 3] == ':' && is_digit(date[sign + 4]))
    date.erase(sign + 3, 1);
  const std::size_t leap = date.find(":60 ");
  if (leap != std::string::npos && leap >= 3 && date[leap - 3] == ':') date.replace(leap, 3, ":59");
  return date;
}

/// 2026-03-02T10:00:00Z, as programs write it.
GDateTime* iso_date(std::string_view value) {
  GTimeZone* utc = g_time_zone_new_utc();
  GDateTime* date = g_date_time_new_from_iso8601(std::string(trim(value)).c_str(), utc);
  g_time_zone_unref(utc);
  return date;
}

}  // namespace

std::string decode_header_text(const std::string& value, std::size_t& repairs) {
  std::string octets = readable_octets(value, repairs);
  if (octets.find("=?") == std::string::npos) return octets;
  init_gmime();
  const GString_ decoded(g_mime_utils_header_decode_text(nullptr, octets.c_str()));
  return text_or_empty(decoded.get(), repairs);
}

std::vector<Mailbox> parse_mailboxes(const std::string& value, std::size_t max, std::size_t& repairs) {
  if (std::optional<std::vector<Mailbox>> plain = plain_mailboxes(value)) {
    if (plain->size() > max) plain->resize(max);
    return std::move(*plain);
  }
  init_gmime();
  std::vector<Mailbox> mailboxes;
  const std::string octets = with_few_groups(readable_octets(value, repairs));
  add_mailboxes_as_written(octets, max, mailboxes, repairs);
  if (mailboxes.empty() && !trim(octets).empty()) {
    mailboxes.push_back({decode_header_text(octets, repairs), "", ""});
  }
  return mailboxes;
}

std::optional<std::int64_t> parse_date(const std::string& value) {
  if (!is_ascii(value)) return std::nullopt;
  init_gmime();
  GDateTime* date = g_mime_utils_header_decode_date(readable_date(value).c_str());
  if (date == nullptr) date = iso_date(value);
  if (date == nullptr) return std::nullopt;
  const std::int64_t seconds = g_date_time_to_unix(date);
  g_date_time_unref(date);
  return seconds;
}

ContentType parse_content_type(const std::string* value, std::size_t& repairs) {
  ContentType result;
  if (value == nullptr) return result;
  const std::string written = with_subtype(*value);
  if (std::optional<ContentType> plain = plain_content_type(written)) return std::move(*plain);
  init_gmime();
  const std::string octets = with_few_parameters(readable_octets(written, repairs), result.cut);
  const Object<GMimeContentType> parsed(g_mime_content_type_parse(nullptr, octets.c_str()));
  if (!parsed) return result;
  const char* major = g_mime_content_type_get_media_type(parsed.get());
  const char* minor = g_mime_content_type_get_media_subtype(parsed.get());
  if (major != nullptr && *major != '\0') {
    result.type = to_lower(repair_utf8(std::string(major) + "/" + (minor != nullptr ? minor : ""), repairs));
  }
  const auto parameter = [&](const char* name) {
    return text_or_empty(g_mime_content_type_get_parameter(parsed.get(), name), repairs);
  };
  result.charset = to_lower(trim(parameter("charset")));
  result.boundary = parameter("boundary");
  result.name = decode_header_text(parameter("name"), repairs);
  result.other_names = further_values(g_mime_content_type_get_parameters(parsed.get()), "name");
  result.protocol = to_lower(parameter("protocol"));
  result.delsp = to_lower(parameter("delsp"));
  return result;
}

ContentDisposition parse_content_disposition(const std::string* value, std::size_t& repairs) {
  ContentDisposition result;
  if (value == nullptr) return result;
  init_gmime();
  const std::string octets = with_few_parameters(readable_octets(*value, repairs), result.cut);
  const Object<GMimeContentDisposition> parsed(g_mime_content_disposition_parse(nullptr, octets.c_str()));
  if (!parsed) return result;
  const char* disposition = g_mime_content_disposition_get_disposition(parsed.get());
  result.is_attachment = disposition != nullptr && equal_ignoring_case(disposition, "attachment");
  const char* name = g_mime_content_disposition_get_parameter(parsed.get(), "filename");
  result.file_name = decode_header_text(text_or_empty(name, repairs), repairs);
  result.other_names = further_values(g_mime_content_disposition_get_parameters(parsed.get()), "filename");
  return result;
}

}  // namespace winnow
