// session.h - what one SMTP session has told so far: fills a MailInput callback by callback, bounded whatever comes.
//
// Owns:    its copies of what came; shares the snapshot that its current message started with.
// Threads: one thread at a time (libmilter runs a connection's callbacks one after the other).
// Blocks:  never.
// Fails:   never; what is over a limit is counted and not kept.
// Units:   bytes; header instances count from 1 per name, as SMFIR_CHGHEADER does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/header_block.h"
#include "engine/message/mail_input.h"
#include "milter/snapshot.h"

namespace winnow {

struct SessionLimits {
  std::size_t max_address_bytes = 1024;  // RFC 5321 4.5.3.1.3 has 256; what is longer is cut
  std::size_t max_recipients = 10'000;   // of one message; more are counted, and not seen by the rules
  // Instances of forged ones, and of those that rules remove; more stay. Forged ones that mail programs look for are
  // counted each by itself.
  std::size_t max_removed_headers = 1000;
};

/// Instances of a header: of one that only Winnow or another spam filter should have written, or that a rule removes.
struct HeaderCount {
  std::string name;       // as its first instance spells it
  std::size_t count = 0;  // instances 1..count
};

/// Whether a header's value comes as all that follows the colon, as MTAs send it who agree to SMFIP_HDR_LEADSPC.
enum class LeadingSpace { Sent, Stripped };

/// What the client said with MAIL.
struct MessageStart {
  std::string_view sender;          // "<user@example.com>", "<>"
  std::string_view resolved;        // the same as the MTA resolved it, {mail_addr}; "" when it does not say
  std::string_view auth_user;       // {auth_authen}; "" when not authenticated
  std::uint64_t declared_size = 0;  // SIZE= of RFC 1870; 0 when not given
  bool tls = false;
};

class Session {
 public:
  enum class Body { Wanted, Enough };

  explicit Session(SessionLimits limits = {}) : limits_(limits) {}

  void connect(std::string_view client_name, std::string_view client_ip);
  void helo(std::string_view name);
  /// Starts a message; one that was under way is dropped.
  void mail(std::shared_ptr<const Snapshot> snapshot, const MessageStart& start);
  /// `address` as the client wrote it, `resolved` as the MTA understands it ({rcpt_addr}), "" when it does not say.
  void recipient(std::string_view address, std::string_view resolved = {});
  void header(std::string_view name, std::string_view value, LeadingSpace leading_space);
  void end_of_headers();
  Body body(std::string_view chunk);
  /// The message is over, answered or aborted. Harmless when there is none.
  void reset_message();

  bool in_message() const { return snapshot_ != nullptr; }
  bool authenticated() const { return !input_.envelope.auth_user.empty(); }
  /// Accepted unseen because of milter.skip: nothing is kept.
  bool skipped() const { return skipped_by_ != SkipEntry::None; }
  SkipEntry skipped_by() const { return skipped_by_; }
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  const MailInput& input() const { return input_; }
  const std::vector<HeaderCount>& forged() const { return forged_; }
  std::size_t forged_left() const { return forged_left_; }
  /// Those of the headers that came, also of those that were not kept, whose names a rule's remove_header has.
  const std::vector<HeaderCount>& removable() const { return removable_; }
  /// The first Subject as it came, without leading space; folds are "\n". nullopt: there is none. It is whole, because
  /// tag_subject puts it in the place of the message's own; libmilter's packets bound it.
  const std::optional<std::string>& subject() const { return subject_; }

 private:
  bool is_result_header(std::string_view name) const;
  bool is_removed_by_rules(std::string_view name) const;
  bool is_looked_for(std::string_view name) const;
  void count_forged(std::string_view name);
  std::size_t room_for_headers() const;
  bool makes_room_for(bool is_first_essential, std::size_t length);

  SessionLimits limits_;
  std::string client_name_, client_ip_, helo_;
  std::shared_ptr<const Snapshot> snapshot_;
  SkipEntry skipped_by_ = SkipEntry::None;
  MailInput input_;
  EssentialFields essential_;
  std::uint64_t beyond_half_ = 0;  // of what is scanned, taken by headers that mail is read by; they come on top of it
  std::uint64_t seen_bytes_ = 0;   // headers and body that came
  std::uint64_t declared_size_ = 0;
  std::size_t forged_left_ = 0;
  std::size_t forged_others_ = 0;  // counted, of those that nobody looks for
  std::vector<HeaderCount> forged_, removable_;
  std::optional<std::string> subject_;
};

}  // namespace winnow
