// facts.h - what a rule may ask about a message: declared once, filled by the milter or by a rule test.
//
// Owns:    Facts owns copies of its values, but not the names of features: they are the engine's own, or the test file's.
//          It is filled once per message and then only read.
// Threads: one thread fills, any number read.
// Fails:   never; an absent fact (no From address, say) is empty text, false or 0 - each fact's meaning says which.
// Units:   probabilities 0..1, sizes in bytes, durations in seconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "config/network.h"

namespace winnow {

enum class FactType : std::uint8_t { Bool, Number, Percent, Size, Duration, Text, TextList, Ip };

/// The facts of a message. Their names in rules, types and meanings stand in fact_table().
enum class Fact : std::uint8_t {
  Spam,              // spam
  Phishing,          // phishing: 0 when the model has no such label
  ScanOk,            // scan.ok
  ScanError,         // scan.error
  ModelName,         // model.name
  Authenticated,     // authenticated
  ClientIp,          // client.ip
  ClientName,        // client.name
  Helo,              // helo
  Tls,               // tls
  MailFrom,          // mail_from
  MailFromDomain,    // mail_from.domain
  FromAddress,       // from.address
  FromDomain,        // from.domain
  FromName,          // from.name
  ReplyToDomain,     // reply_to.domain
  Recipient,         // recipient: the one the rules are evaluated for
  RecipientDomain,   // recipient.domain
  RecipientsCount,   // recipients.count
  Subject,           // subject
  Size,              // size
  Truncated,         // truncated
  LimitsHit,         // limits_hit
  AttachmentsCount,  // attachments.count
  AttachmentsNames,  // attachments.names
  UrlsDomains,       // urls.domains
  UrlsHosts,         // urls.hosts
  Spf,               // spf: pass, fail, softfail, neutral, none, temperror, permerror or ""
  Dkim,              // dkim
  Dmarc,             // dmarc
  DateAge,           // date.age
  DateAhead,         // date.ahead
  Language,          // language
  Gtube,             // gtube: the standard test string of spam filters is in the text
  SamplePoint,       // sample.point: what sample(10%) compares with
  kCount
};
inline constexpr std::size_t kFactCount = static_cast<std::size_t>(Fact::kCount);

struct FactDeclaration {
  Fact fact;
  std::string_view name;
  FactType type;
  std::string_view meaning;  // one sentence for `winnow facts` and docs
};

/// All facts, in the order of the enum.
const std::array<FactDeclaration, kFactCount>& fact_table();
std::string_view type_name(FactType type);
bool is_numeric(FactType type);  // Number, Percent, Size, Duration

/// Bool; Number, Percent, Size and Duration as double; Text; TextList; Ip. monostate: not set (reads as false, 0, "", empty).
using FactValue = std::variant<std::monostate, bool, double, std::string, std::vector<std::string>, IpBytes>;

class Facts {
 public:
  /// Sets one fact. The value's alternative must fit the fact's declared type (checked by assert).
  void set(Fact fact, FactValue value);
  const FactValue& get(Fact fact) const { return values_[static_cast<std::size_t>(fact)]; }

  /// Header fields as they stand in the message, top to bottom, decoded to UTF-8; header("Name") reads the first.
  std::vector<std::pair<std::string, std::string>> headers;
  /// Named numeric features of the message, sorted by name; feature("name") reads them. The names are borrowed.
  std::vector<std::pair<std::string_view, double>> features;
  /// Envelope recipients; rules are evaluated once for each.
  std::vector<std::string> recipients;

 private:
  std::array<FactValue, kFactCount> values_;
};

/// What the names of features are held against; they outlive the call. Without any, every name passes.
using FeatureNames = std::vector<std::string_view>;

}  // namespace winnow
