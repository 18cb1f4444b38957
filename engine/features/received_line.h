// received_line.h - what one Received header says, and which of them the receiving server wrote.
//
// Owns:    plain values; the views borrow from the text given.
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never: what is not there is empty.
// Source:  RFC 5321 section 4.4; the comments after the name as Postfix, Sendmail, Exim and qmail write them.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

struct ReceivedLine {
  std::string helo;      // after "from"
  std::string name;      // host name in the comment behind it
  std::string ip;        // in brackets or parentheses
  std::string by, with;  // receiving host, protocol
};

/// All in lower case.
ReceivedLine parse_received(std::string_view value);

/// Within one host, or out of a mailbox (LMTP, local delivery, fetchmail): not the hop that an MTA asks a milter about.
bool is_local_hop(const ReceivedLine& line);

}  // namespace winnow
