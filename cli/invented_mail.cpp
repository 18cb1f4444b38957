#include "cli/invented_mail.h"

#include <charconv>
#include <iterator>
#include <random>
#include <string_view>

#include "config/units.h"

namespace winnow {
namespace {

constexpr std::uint64_t kLeastBytes = 256, kMostBytes = 16u << 20;
constexpr std::size_t kMostShare = 1'000'000;
constexpr std::uint64_t kLongestText = 48u << 10;  // what is larger is an attachment

constexpr std::string_view kWords[] = {
    "the",     "order",   "you",     "meeting", "and",    "report", "for",    "invoice", "with",   "please",  "of",
    "account", "a",       "team",    "to",      "update", "is",     "week",   "on",      "price",  "we",      "offer",
    "in",      "minutes", "our",     "project", "your",   "garden", "from",   "ticket",  "that",   "station", "at",
    "monday",  "this",    "kitchen", "be",      "parcel", "as",     "school", "will",    "number", "have",    "summer",
    "not",     "prize",   "it",      "winner",  "are",    "free",   "can",    "music",   "by",     "letter"};

/// Draws with plain arithmetic: the standard's distributions differ between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  bool one_in(std::size_t n) { return below(n) == 0; }

  /// A word of the list, or now and then one that nobody has seen.
  std::string word() {
    if (!one_in(8)) return std::string(kWords[below(std::size(kWords))]);
    std::string made;
    for (std::size_t syllables = 2 + below(2); syllables > 0; --syllables) {
      made += "bdfgklmnprstv"[below(13)];
      made += "aeiou"[below(5)];
    }
    return made;
  }
  std::string words(std::size_t count) {
    std::string text = word();
    while (--count > 0) text += " " + word();
    return text;
  }
  std::string host() { return word() + "-" + word() + ".example"; }

 private:
  std::mt19937_64 engine_;
};

std::string paragraph(Dice& dice) {
  std::string text;
  for (std::size_t sentences = 2 + dice.below(4); sentences > 0; --sentences) {
    text += dice.words(5 + dice.below(12)) + (dice.one_in(6) ? "!\n" : ".\n");
  }
  if (dice.one_in(3)) text += "https://" + dice.host() + "/" + dice.word() + "\n";
  return text;
}

std::string plain_text(Dice& dice, std::uint64_t bytes) {
  std::string text;
  do {
    text += paragraph(dice) + "\n";
  } while (text.size() < bytes);
  return text;
}

std::string html_text(Dice& dice, std::uint64_t bytes) {
  std::string text = "<html><body>\n";
  do {
    text += "<p style=\"color:#333\">" + paragraph(dice) + "<a href=\"https://" + dice.host() + "/\">" + dice.words(2) +
            "</a></p>\n";
  } while (text.size() < bytes);
  return text + "</body></html>\n";
}

std::string attachment(Dice& dice, std::uint64_t bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string line(76, 'A'), text;
  text.reserve(bytes + line.size() + 1);
  do {
    for (char& c : line) c = kAlphabet[dice.below(kAlphabet.size())];
    text += line + "\n";
  } while (text.size() < bytes);
  return text;
}

std::string part(const std::string& type, const std::string& more, const std::string& content) {
  return "--part\nContent-Type: " + type + "\n" + more + "\n" + content + "\n";
}

std::string headers(Dice& dice, std::size_t number) {
  const std::string sender = dice.word() + "@" + dice.host();
  std::string text = "Received: from " + dice.host() + " (unknown [198.51.100." + std::to_string(dice.below(250)) +
                     "])\n\tby mx.example.com (Postfix) with ESMTPS id B" + std::to_string(number) +
                     "\n\tfor <recipient@example.com>; Mon, 2 Nov 2026 10:00:00 +0000 (UTC)\n";
  text += "From: " + dice.words(2) + " <" + sender +
          ">\nTo: recipient@example.com\nSubject: " + dice.words(2 + dice.below(6)) + (dice.one_in(5) ? "!!!" : "") +
          "\nDate: Mon, 2 Nov 2026 09:59:50 +0000\nMessage-ID: <" + std::to_string(number) + "." + sender +
          ">\nMIME-Version: 1.0\n";
  if (dice.one_in(3)) text += "List-Unsubscribe: <https://" + dice.host() + "/out>\n";
  return text;
}

std::string message(Dice& dice, std::uint64_t bytes, std::size_t number) {
  std::string text = headers(dice, number);
  const std::string utf8 = "; charset=utf-8\n";
  if (bytes > kLongestText) {
    text += "Content-Type: multipart/mixed; boundary=part\n\n" + part("text/plain" + utf8, "", plain_text(dice, 2048));
    const std::uint64_t rest = bytes - text.size();
    text +=
        part("application/pdf", "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.pdf\n",
             attachment(dice, rest));
    return text + "--part--\n";
  }
  const std::uint64_t rest = bytes > text.size() ? bytes - text.size() : 1;
  if (dice.one_in(2)) return text + "Content-Type: text/plain" + utf8 + "\n" + plain_text(dice, rest);
  text += "Content-Type: multipart/alternative; boundary=part\n\n" +
          part("text/plain" + utf8, "", plain_text(dice, rest / 3));
  return text + part("text/html" + utf8, "", html_text(dice, rest - rest / 3)) + "--part--\n";
}

std::uint64_t drawn_size(Dice& dice, const std::vector<SizeShare>& sizes) {
  std::size_t sum = 0;
  for (const SizeShare& one : sizes) sum += one.share;
  std::size_t place = dice.below(sum);
  for (const SizeShare& one : sizes) {
    if (place < one.share) return one.bytes;
    place -= one.share;
  }
  return sizes.back().bytes;
}

/// "4KiB:90"
std::optional<SizeShare> size_share(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view digits = colon == std::string_view::npos ? "1" : text.substr(colon + 1);
  const auto bytes = parse_size(text.substr(0, colon));
  SizeShare one{bytes.value_or(0), 0};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), one.share);
  const bool read = bytes && failed == std::errc() && end == digits.data() + digits.size();
  if (!read || one.bytes < kLeastBytes || one.bytes > kMostBytes || one.share < 1 || one.share > kMostShare) {
    return std::nullopt;
  }
  return one;
}

}  // namespace

std::optional<std::vector<SizeShare>> sizes_named(const std::string& text, std::string& error) {
  std::string_view rest = text;
  if (text == "small") rest = "2KiB,6KiB";
  if (text == "mixed") rest = "2KiB:300,6KiB:350,16KiB:250,64KiB:70,256KiB:25,1MiB:5";
  if (text == "large") rest = "64KiB:50,256KiB:40,1MiB:10";
  std::vector<SizeShare> sizes;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::optional<SizeShare> one = size_share(rest.substr(0, comma));
    if (!one) {
      error = "sizes are small, mixed, large, or a list such as 4KiB:90,1MiB:10, each from 256B to 16MiB";
      return std::nullopt;
    }
    sizes.push_back(*one);
    more = comma != std::string_view::npos;
    rest.remove_prefix(more ? comma + 1 : rest.size());
  }
  return sizes;
}

std::vector<MailInput> invent_mail(const std::vector<SizeShare>& sizes, std::size_t count, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<MailInput> mails(count);
  for (std::size_t i = 0; i < count; ++i) mails[i].raw = message(dice, drawn_size(dice, sizes), i);
  return mails;
}

}  // namespace winnow
