#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "config/ascii.h"
#include "engine/model_file.h"
#include "milter/judge.h"
#include "milter/plain_address.h"
#include "rules/evaluator.h"

namespace winnow {
namespace {

std::string domain_of(const std::string& address) { return to_lower(domain_of_address(address)); }

void set_probabilities(Facts& facts, const Judgement& judgement) {
  facts.set(Fact::ScanOk, !judgement.fallback.has_value());
  facts.set(Fact::ScanError,
            judgement.fallback ? std::string(score_error_name(judgement.fallback->cause)) : std::string());
  facts.set(Fact::ModelName, judgement.model);
  facts.set(Fact::Gtube, judgement.gtube);
  for (std::size_t i = 0; i < judgement.probabilities.size(); ++i) {
    const LabelProbability& label = judgement.probabilities[i];
    if (i == 0) facts.set(Fact::Spam, label.probability);  // the first label is spam, whatever its name
    if (label.label == "phishing") facts.set(Fact::Phishing, label.probability);
  }
}

void set_envelope(Facts& facts, const Envelope& envelope) {
  facts.set(Fact::Authenticated, !envelope.auth_user.empty());
  if (const std::optional<IpBytes> ip = parse_ip_bytes(envelope.client_ip)) facts.set(Fact::ClientIp, *ip);
  facts.set(Fact::ClientName, envelope.client_name);
  facts.set(Fact::Helo, envelope.helo);
  facts.set(Fact::Tls, envelope.tls);
  const std::string sender = comparable_address(envelope.mail_from);
  facts.set(Fact::MailFrom, sender);
  facts.set(Fact::MailFromDomain, domain_of(sender));
  facts.set(Fact::RecipientsCount, static_cast<double>(envelope.recipients.size()));
  for (const std::string& recipient : envelope.recipients) facts.recipients.push_back(comparable_address(recipient));
  if (!facts.recipients.empty()) {
    facts.set(Fact::Recipient, facts.recipients.front());
    facts.set(Fact::RecipientDomain, domain_of(facts.recipients.front()));
  }
}

void set_header_facts(Facts& facts, const Message& message) {
  if (!message.from.empty()) {
    facts.set(Fact::FromAddress, message.from.front().address);
    facts.set(Fact::FromDomain, message.from.front().domain);
    facts.set(Fact::FromName, message.from.front().name);
  }
  if (!message.reply_to.empty()) facts.set(Fact::ReplyToDomain, message.reply_to.front().domain);
  facts.set(Fact::Subject, message.subject);
  facts.set(Fact::Spf, message.authentication.spf);
  facts.set(Fact::Dkim, message.authentication.dkim);
  facts.set(Fact::Dmarc, message.authentication.dmarc);
  facts.headers.reserve(message.headers.size());
  for (const Header& header : message.headers) facts.headers.emplace_back(header.name, header.value);
}

/// Where a message falls between 0 and 1: the same on every server and each time it is tried again.
double sample_point(const Message& message) {
  const Header* id = message.header("Message-ID");
  const std::string name = id != nullptr ? id->value : message.envelope.mail_from + "\n" + message.subject;
  constexpr double kTwoTo64 = 18446744073709551616.0;
  const std::string digits = sha256_hex(name);
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + std::min<std::size_t>(digits.size(), 16), value, 16);
  return static_cast<double>(value) / kTwoTo64;
}

/// The first tag of a Content-Language header (RFC 3282), in lower case.
std::string declared_language(const Message& message) {
  const Header* header = message.header("Content-Language");
  if (header == nullptr) return "";
  return to_lower(std::string_view(header->value).substr(0, header->value.find_first_of(",; \t(")));
}

void set_date_facts(Facts& facts, const Message& message) {
  const std::optional<std::int64_t> arrived = message.arrival();
  if (!message.date || !arrived) return;
  const double age = static_cast<double>(*arrived) - static_cast<double>(*message.date);
  facts.set(age >= 0 ? Fact::DateAge : Fact::DateAhead, std::abs(age));
}

/// What the links have in that place, sorted, without those that have nothing there.
std::vector<std::string> each_once(const std::vector<Link>& links, std::string Link::*part) {
  std::vector<std::string> parts;
  for (const Link& link : links) {
    if (!(link.*part).empty()) parts.push_back(link.*part);
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return parts;
}

void set_content_facts(Facts& facts, const Message& message) {
  facts.set(Fact::Size, static_cast<double>(message.size));
  facts.set(Fact::Truncated, message.truncated);
  facts.set(Fact::LimitsHit, message.shape.limits_hit);
  facts.set(Fact::Language, declared_language(message));
  facts.set(Fact::SamplePoint, sample_point(message));
  facts.set(Fact::AttachmentsCount, static_cast<double>(message.attachments.size()));
  std::vector<std::string> names;
  for (const Attachment& attachment : message.attachments) {
    names.push_back(attachment.name);
    names.insert(names.end(), attachment.other_names.begin(), attachment.other_names.end());
  }
  facts.set(Fact::AttachmentsNames, std::move(names));
  facts.set(Fact::UrlsDomains, each_once(message.links, &Link::domain));
  facts.set(Fact::UrlsHosts, each_once(message.links, &Link::host));
}

/// The places of the dense features in the order of their names.
const std::vector<std::size_t>& features_by_name() {
  static const std::vector<std::size_t> order = [] {
    std::vector<std::size_t> places(dense_features().size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::sort(places.begin(), places.end(),
              [](std::size_t a, std::size_t b) { return dense_features()[a].name < dense_features()[b].name; });
    return places;
  }();
  return order;
}

void set_features(Facts& facts, const std::vector<float>& dense) {
  facts.features.reserve(features_by_name().size());
  for (const std::size_t place : features_by_name()) {
    if (place < dense.size()) facts.features.emplace_back(dense_features()[place].name, dense[place]);
  }
}

}  // namespace

const std::vector<std::string_view>& feature_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> sorted;
    for (const std::size_t place : features_by_name()) sorted.push_back(dense_features()[place].name);
    return sorted;
  }();
  return names;
}

Facts facts_of(const Message& message, const Judgement& judgement) {
  Facts facts;
  set_probabilities(facts, judgement);
  set_envelope(facts, message.envelope);
  set_header_facts(facts, message);
  set_date_facts(facts, message);
  set_content_facts(facts, message);
  set_features(facts, judgement.dense);
  return facts;
}

}  // namespace winnow
