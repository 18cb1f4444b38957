// modifications.h - Judgement + settings -> what the MTA is told: the one place where that is decided, as plain values.
//
// Owns:    plain values.
// Threads: from any thread.
// Blocks:  never.
// Fails:   never; nothing that came with the mail passes unsanitised.
// Source:  Sendmail's and Postfix's milter semantics: an instance past the last is added instead of deleted, Postfix
//          renumbers after each deletion and Sendmail does not - so instances go from the last to the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "milter/judge.h"
#include "milter/session.h"

namespace winnow {

struct Modification {
  enum class Kind { RemoveHeader, ChangeHeader, InsertHeader, AddRecipient, RemoveRecipient, Quarantine };
  Kind kind = Kind::InsertHeader;
  std::string name;
  std::uint32_t index = 0;  // instance from 1 of RemoveHeader and ChangeHeader; InsertHeader goes to the top
  std::string value;        // without the blank after the colon; folds are "\n\t"; Quarantine: the reason; Add-
                            // and RemoveRecipient: the address, without brackets
  bool operator==(const Modification&) const = default;
};

struct Reply {
  enum class Kind { Accept, Reject, TempFail, Discard };
  Kind kind = Kind::Accept;
  int code = 0;               // Reject 5xx, TempFail 4xx
  std::string enhanced_code;  // RFC 3463
  std::string text;           // lines of printable ASCII, "\n" between them
  bool operator==(const Reply&) const = default;
};
/// The reply to a message without a verdict that is to come again.
inline constexpr std::string_view kUnscannedReply = "Message could not be scanned, try again later";
std::string_view reply_name(Reply::Kind kind);  // "accept", "reject", ...

struct Answer {
  std::vector<Modification> modifications;  // in the order in which the MTA must get them
  Reply reply;
  // Of the envelope's; one of them may have several spellings, each with its change.
  std::size_t recipients_removed = 0;
};

/// What came with the message that the answer depends on.
struct AnswerContext {
  bool authenticated = false;
  std::vector<HeaderCount> forged;
  std::optional<std::string> subject;  // as it came
  std::vector<HeaderCount> removable;  // headers that rules remove
};

Answer answer_for(const Judgement& judgement, const Settings& settings, const AnswerContext& context);

}  // namespace winnow
