#include "rules/facts.h"

#include <cassert>

#include "config/network.h"

namespace winnow {
namespace {

constexpr std::array<FactDeclaration, kFactCount> kFacts{{
    {Fact::Spam, "spam", FactType::Percent, "Probability that the message is spam."},
    {Fact::Phishing, "phishing", FactType::Percent,
     "Probability that it is phishing; 0 when the model has no such label."},
    {Fact::ScanOk, "scan.ok", FactType::Bool,
     "The message was judged without an error; true in the daemon, where milter.on_error answers the others."},
    {Fact::ScanError, "scan.error", FactType::Text, "Why it was not; empty when it was, as it always is in a daemon."},
    {Fact::ModelName, "model.name", FactType::Text, "Name of the model that judged."},
    {Fact::Authenticated, "authenticated", FactType::Bool, "The client logged in (SMTP AUTH)."},
    {Fact::ClientIp, "client.ip", FactType::Ip, "Address of the client; absent for local submission."},
    {Fact::ClientName, "client.name", FactType::Text, "Verified host name of the client; empty when it has none."},
    {Fact::Helo, "helo", FactType::Text, "Name the client gave in HELO or EHLO."},
    {Fact::Tls, "tls", FactType::Bool, "The connection is encrypted."},
    {Fact::MailFrom, "mail_from", FactType::Text, "Envelope sender; empty for bounces."},
    {Fact::MailFromDomain, "mail_from.domain", FactType::Text, "Domain of the envelope sender."},
    {Fact::FromAddress, "from.address", FactType::Text, "First address of the From header."},
    {Fact::FromDomain, "from.domain", FactType::Text, "Domain of that address."},
    {Fact::FromName, "from.name", FactType::Text, "Display name beside that address."},
    {Fact::ReplyToDomain, "reply_to.domain", FactType::Text, "Domain of the first Reply-To address."},
    {Fact::Recipient, "recipient", FactType::Text, "The envelope recipient that the rules are asked about."},
    {Fact::RecipientDomain, "recipient.domain", FactType::Text, "Domain of that recipient."},
    {Fact::RecipientsCount, "recipients.count", FactType::Number, "Number of envelope recipients."},
    {Fact::Subject, "subject", FactType::Text, "Subject, decoded to UTF-8."},
    {Fact::Size, "size", FactType::Size, "Bytes of the message."},
    {Fact::Truncated, "truncated", FactType::Bool,
     "The message is larger than max_scan_bytes; only its start was judged."},
    {Fact::LimitsHit, "limits_hit", FactType::Bool,
     "The message has more parts, text, links or header fields than are read; it was judged by the first of them."},
    {Fact::AttachmentsCount, "attachments.count", FactType::Number,
     "Number of attachments, and of parts of the text that have a file name."},
    {Fact::AttachmentsNames, "attachments.names", FactType::TextList,
     "File names of the attachments and of parts of the text that have one: all that a part bears, because mail "
     "programs "
     "differ in which one they take."},
    {Fact::UrlsDomains, "urls.domains", FactType::TextList,
     "Registrable domains of the links in the text: evil.example for a link to login.evil.example."},
    {Fact::UrlsHosts, "urls.hosts", FactType::TextList,
     "Whole host names of the links in the text, and addresses: login.evil.example."},
    {Fact::Spf, "spf", FactType::Text,
     "SPF result of a trusted server, on the envelope sender: pass, fail, softfail ...; empty when unknown."},
    {Fact::Dkim, "dkim", FactType::Text,
     "DKIM result of a trusted server, on any domain's signature; empty when unknown."},
    {Fact::Dmarc, "dmarc", FactType::Text, "DMARC result of a trusted server, on From; empty when unknown."},
    {Fact::DateAge, "date.age", FactType::Duration,
     "How long before its arrival the message says it was written; 0 without a Date. The arrival of mail in a file is "
     "what its newest Received says."},
    {Fact::DateAhead, "date.ahead", FactType::Duration,
     "How far in the future its Date lies, seen from its arrival; else 0."},
    {Fact::Language, "language", FactType::Text,
     "What Content-Language says first: de, en-gb; empty when it is missing."},
    {Fact::Gtube, "gtube", FactType::Bool, "The standard test string of spam filters is in the text."},
    {Fact::SamplePoint, "sample.point", FactType::Percent,
     "Where the message falls between 0% and 100%, by its Message-ID; sample(10%) means sample.point < 10%."},
}};

/// The table is indexed by the enum, so its order must be the enum's.
constexpr bool stands_in_enum_order() {
  for (std::size_t i = 0; i < kFactCount; ++i) {
    if (kFacts[i].fact != static_cast<Fact>(i)) return false;
  }
  return true;
}
static_assert(stands_in_enum_order());

[[maybe_unused]] bool fits(FactType type, const FactValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return true;
  switch (type) {
    case FactType::Bool:
      return std::holds_alternative<bool>(value);
    case FactType::Number:
    case FactType::Percent:
    case FactType::Size:
    case FactType::Duration:
      return std::holds_alternative<double>(value);
    case FactType::Text:
      return std::holds_alternative<std::string>(value);
    case FactType::TextList:
      return std::holds_alternative<std::vector<std::string>>(value);
    case FactType::Ip:
      return std::holds_alternative<IpBytes>(value);
  }
  return false;
}

}  // namespace

const std::array<FactDeclaration, kFactCount>& fact_table() { return kFacts; }

std::string_view type_name(FactType type) {
  switch (type) {
    case FactType::Bool:
      return "bool";
    case FactType::Number:
      return "number";
    case FactType::Percent:
      return "percentage";
    case FactType::Size:
      return "size";
    case FactType::Duration:
      return "duration";
    case FactType::Text:
      return "text";
    case FactType::TextList:
      return "list of texts";
    case FactType::Ip:
      return "address";
  }
  return "?";
}

bool is_numeric(FactType type) {
  return type == FactType::Number || type == FactType::Percent || type == FactType::Size || type == FactType::Duration;
}

void Facts::set(Fact fact, FactValue value) {
  assert(fits(kFacts[static_cast<std::size_t>(fact)].type, value));
  values_[static_cast<std::size_t>(fact)] = std::move(value);
}

}  // namespace winnow
