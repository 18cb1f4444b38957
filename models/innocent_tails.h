// innocent_tails.h - copies of mail with the text of wanted mail behind it, to learn from.
//
// Owns:    a few hundred texts of ham, taken from the mail that comes by.
// Threads: one thread.
// Blocks:  never.
//
// Spammers put pages of harmless prose behind their message to outweigh it. A model that has seen such mail goes on
// looking at the start. Ham gets a tail now and then, too, so that a long text of two parts alone says nothing.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "engine/message/message.h"
#include "models/labelled_mail.h"

namespace winnow {

class InnocentTails {
 public:
  /// `share` of the spam gets a copy, and a third of that share of the ham.
  explicit InnocentTails(double share) : share_(share) {}

  /// Remembers the text if it is ham's and long enough. Call it in the order of the mail.
  void offer(Label label, const Message& message);

  /// The tail for this message, chosen by its content's hash; nullopt for most. Valid until the next offer().
  std::optional<std::string_view> tail_for(Label label, std::uint64_t content_hash) const;

 private:
  double share_;
  std::deque<std::string> texts_;
};

/// Puts the tail behind the text, and behind the HTML's text where there is some.
void append_tail(Message& message, std::string_view tail);

}  // namespace winnow
