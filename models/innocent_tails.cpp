#include "models/innocent_tails.h"

#include <algorithm>
#include <utility>

#include "engine/message/links.h"

namespace winnow {
namespace {

constexpr std::size_t kTails = 2048;
constexpr std::size_t kShortestTail = 1200, kLongestTail = 8000;  // bytes

const std::string& longer_text(const Message& message) {
  return message.text.size() > message.html_text.size() ? message.text : message.html_text;
}

/// At most `size` bytes that end with a whole code point.
std::string_view prefix(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace

void InnocentTails::offer(Label label, const Message& message, const MailOrigin& origin) {
  const std::string& text = longer_text(message);
  if (share_ <= 0 || is_spam(label) || text.size() < kShortestTail) return;
  Tail tail{std::string(prefix(text, kLongestTail)), origin};
  // Reservoir sampling (Vitter 1985, algorithm R): each text that came by is kept with the same probability.
  const std::size_t place = tails_.size() < kTails ? tails_.size() : random_() % (offered_ + 1);
  ++offered_;
  if (place == tails_.size()) {
    tails_.push_back(std::move(tail));
  } else if (place < kTails) {
    tails_[place] = std::move(tail);
  }
}

const Tail* InnocentTails::tail_for(Label label, std::uint64_t content_hash) const {
  if (tails_.empty()) return nullptr;
  // The lowest bits choose what is thinned out and the upper half what is held out: the bits between decide here.
  const double chance = static_cast<double>((content_hash >> 16) & 0xFFFF) / 65536.0;
  if (chance >= (is_spam(label) ? share_ : share_ / 3)) return nullptr;
  return &tails_[(content_hash >> 8) % tails_.size()];
}

void append_tail(Message& message, std::string_view tail) {
  message.text.append("\n\n").append(tail);
  if (message.shape.text_parts > 0) find_links(tail, MessageLimits{}.max_links, message.links);
  if (!message.html_text.empty()) message.html_text.append("\n\n").append(tail);
}

}  // namespace winnow
