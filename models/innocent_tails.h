// innocent_tails.h - copies of mail with the text of wanted mail behind it, to learn from.
//
// Owns:    some thousand texts of ham, an even sample of what came by: tails of one origin would teach that origin's
//          words.
// Threads: one thread.
// Blocks:  never.
// Fails:   never.
//
// Spammers put pages of harmless prose behind their message to outweigh it. A model that has seen such mail goes on
// looking at the start. Ham gets a tail now and then, too, so that a long text of two parts alone says nothing.
//
// A tail teaches that its words are found in spam. Where its mail is left out or held out the copy must be, too, or that
// mail is judged by a model that was taught the wrong of it: so a tail says where it is from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"
#include "models/labelled_mail.h"

namespace winnow {

/// What decides whether a training may see a message: which corpus is left out, what is held out.
struct MailOrigin {
  std::string corpus, split, sha256;
};

struct Tail {
  std::string text;
  MailOrigin origin;
};

class InnocentTails {
 public:
  /// `share` of the spam gets a copy, and a third of that share of the ham.
  explicit InnocentTails(double share) : share_(share) {}

  /// Remembers the text if it is ham's and long enough. Call it in the order of the mail.
  void offer(Label label, const Message& message, const MailOrigin& origin);

  /// The tail for this message, chosen by its content's hash; null for most. Valid until the next offer().
  const Tail* tail_for(Label label, std::uint64_t content_hash) const;

 private:
  double share_;
  std::size_t offered_ = 0;
  std::mt19937_64 random_{1};  // of fixed seed: the same mail gives the same tails
  std::vector<Tail> tails_;
};

/// Puts the tail behind the text, with its links where they are found in plain text, and behind the HTML's text where there
/// is some.
void append_tail(Message& message, std::string_view tail);

}  // namespace winnow
