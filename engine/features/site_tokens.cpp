#include "engine/features/site_tokens.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/ascii.h"
#include "engine/features/received_line.h"
#include "engine/features/site_headers.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxHeaders = 200;
constexpr std::size_t kMaxHops = 12;
constexpr std::size_t kMaxValue = 600;  // bytes of a header's value
constexpr std::size_t kMaxWords = 24;   // of one header
constexpr std::size_t kMaxWord = 40;
constexpr std::size_t kMaxAddresses = 20;

std::string joined(std::string_view first, std::string_view second) {
  std::string text(first);
  text += ' ';
  text += second;
  return text;
}

/// How an identifier is made, not which one it is: "20240131.ab3f@x" -> "0.a0a@a".
std::string shape_of(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    const char kind = is_digit(c) ? '0' : is_alpha(c) ? 'a' : c;
    if (shape.empty() || shape.back() != kind) shape += kind;
  }
  return shape.substr(0, kMaxWord);
}

bool is_word_char(char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '@' || (c & 0x80) != 0; }

/// Identifiers would fill the table and never come again.
bool is_identifier(std::string_view word) {
  const auto digits = std::count_if(word.begin(), word.end(), is_digit);
  return word.size() > kMaxWord || digits > 6 || (word.size() > 20 && digits > 2);
}

template <class Take>
void for_each_word(std::string_view value, Take take) {
  std::size_t words = 0;
  std::string word;
  for (const char c : value.substr(0, kMaxValue)) {
    if (is_word_char(c)) {
      word += to_lower(c);
      continue;
    }
    if (!word.empty() && ++words <= kMaxWords) take(word);
    word.clear();
  }
  if (!word.empty() && words < kMaxWords) take(word);
}

class SiteTokens {
 public:
  SiteTokens(const Message& message, TokenCollector& tokens) : message_(message), tokens_(tokens) {}

  void header_names();
  void addresses();
  void client_and_hops();
  void identifiers();
  void subject_tags();
  void header_words();

 private:
  void address(std::string_view role, std::string_view address);
  void host(std::string_view role, std::string_view name);
  void network(std::string_view role, std::string_view ip);
  void client(std::string_view name, std::string_view helo, std::string_view ip);
  void hop(const ReceivedLine& line);
  void signature(std::string_view value);

  const Message& message_;
  TokenCollector& tokens_;
};

void SiteTokens::header_names() {
  std::string previous = "^";
  std::size_t seen = 0;
  for (const Header& header : message_.headers) {
    const std::string name = to_lower(header.name);
    if (!is_site_header(name)) continue;
    if (++seen > kMaxHeaders) break;
    tokens_.add_text(Space::SiteHeader, name);
    tokens_.add_text(Space::SiteHeader, "as written " + header.name);
    if (name == previous) continue;  // one hop more or less changes no order
    tokens_.add_text(Space::SiteHeaderPair, joined(previous, name));
    previous = name;
  }
}

void SiteTokens::address(std::string_view role, std::string_view address) {
  const std::string lower = to_lower(address.substr(0, 200));
  const std::size_t at = lower.rfind('@');
  if (at == std::string::npos) return;
  tokens_.add_text(Space::SiteAddress, joined(role, lower));
  tokens_.add_text(Space::SiteAddress, joined(role, lower.substr(at + 1)));
}

void SiteTokens::addresses() {
  const auto mailboxes = [&](std::string_view role, const std::vector<Mailbox>& list) {
    for (std::size_t i = 0; i < std::min(list.size(), kMaxAddresses); ++i) address(role, list[i].address);
  };
  mailboxes("from", message_.from);
  mailboxes("reply-to", message_.reply_to);
  mailboxes("sender", message_.sender);
  mailboxes("to", message_.to);
  mailboxes("cc", message_.cc);
  if (message_.envelope.present) {
    address("envelope", message_.envelope.mail_from);
  } else if (const Header* path = message_.header("Return-Path")) {
    // RFC 5321 4.4: the envelope sender, written down at delivery.
    std::string_view text = trim(path->value);
    if (text.starts_with('<')) text.remove_prefix(1);
    address("envelope", text.substr(0, text.find('>')));
  }
}

void SiteTokens::host(std::string_view role, std::string_view name) {
  if (name.empty()) return;
  tokens_.add_text(Space::SiteHost, joined(role, name));
  const std::string domain = registrable_domain(name);
  if (domain != name) tokens_.add_text(Space::SiteHost, joined(role, domain));
}

/// The address and the networks around it: by dots for IPv4, by colons for IPv6.
void SiteTokens::network(std::string_view role, std::string_view ip) {
  const char mark = ip.find(':') == std::string_view::npos ? '.' : ':';
  for (int parts = 0; !ip.empty() && parts < 4; ++parts) {
    tokens_.add_text(Space::SiteHost, joined(role, ip));
    const std::size_t cut = ip.rfind(mark);
    ip = ip.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
}

void SiteTokens::client(std::string_view name, std::string_view helo, std::string_view ip) {
  host("client", name);
  host("helo", helo);
  tokens_.add_text(Space::SiteHost, joined("helo like", shape_of(helo)));
  if (name.empty()) tokens_.add_text(Space::SiteHost, "client without name");
  network("client", ip);
}

void SiteTokens::hop(const ReceivedLine& line) {
  host("hop", line.helo);
  host("hop", line.name);
  host("hop", line.by);
  network("hop", line.ip);
  if (!line.with.empty()) tokens_.add_text(Space::SiteHost, joined("hop with", line.with));
}

void SiteTokens::client_and_hops() {
  const Envelope& envelope = message_.envelope;
  bool client_known = envelope.present;
  if (envelope.present) {
    const std::string name = to_lower(envelope.client_name);
    client(name == "unknown" ? "" : name, to_lower(envelope.helo), envelope.client_ip);
  }
  std::size_t hops = 0;
  for (const Header& header : message_.headers) {
    if (!equal_ignoring_case(header.name, "Received")) continue;
    if (++hops > kMaxHops) break;
    const ReceivedLine line = parse_received(header.value);
    if (client_known) {
      hop(line);
    } else if (!is_local_hop(line)) {
      client(line.name, line.helo, line.ip);
      client_known = true;
    }
  }
}

/// DKIM-Signature: who signs, with which key and method; the rest is different in every message.
void SiteTokens::signature(std::string_view value) {
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t end = rest.find(';');
    const std::string_view tag = trim(rest.substr(0, end));
    for (const std::string_view wanted : {"d=", "s=", "a=", "c="}) {
      if (tag.starts_with(wanted)) tokens_.add_text(Space::SiteMailer, joined("signature", to_lower(tag)));
    }
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
}

void SiteTokens::identifiers() {
  std::size_t seen = 0;
  for (const Header& header : message_.headers) {
    if (++seen > kMaxHeaders) break;
    const std::string name = to_lower(header.name);
    const std::string_view value = std::string_view(header.value).substr(0, kMaxValue);
    if (name == "message-id" || name == "in-reply-to") {
      const std::string_view id = value.substr(0, value.find('>') + 1);
      const std::size_t at = id.rfind('@');
      tokens_.add_text(Space::SiteMailer, joined(name, shape_of(id.substr(0, at))));
      if (at != std::string_view::npos) host(name, to_lower(trim(id.substr(at + 1, id.size() - at - 2))));
    } else if (name == "x-mailer" || name == "user-agent") {
      tokens_.add_text(Space::SiteMailer, joined("mailer", value));
      tokens_.add_text(Space::SiteMailer, joined("mailer like", shape_of(value)));
    } else if (name == "content-type") {
      const std::size_t boundary = to_lower(value).find("boundary=");
      if (boundary != std::string::npos)
        tokens_.add_text(Space::SiteMailer, joined("boundary", shape_of(value.substr(boundary + 9))));
    } else if (name == "date") {
      const std::size_t zone = value.find_last_of("+-");
      tokens_.add_text(Space::SiteMailer, joined("date", shape_of(value)));
      if (zone != std::string_view::npos) tokens_.add_text(Space::SiteMailer, joined("zone", value.substr(zone, 5)));
    } else if (name == "dkim-signature" || name == "domainkey-signature") {
      signature(value);
    }
  }
}

/// "[list] subject": the list's own mark, which other models do not see.
void SiteTokens::subject_tags() {
  std::string_view rest = message_.subject;
  for (int tags = 0; tags < 3; ++tags) {
    const std::size_t open = rest.find('['), close = rest.find(']', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return;
    const std::string tag = to_lower(rest.substr(open + 1, close - open - 1));
    if (tag.size() <= kMaxWord && !is_filter_mark(tag)) tokens_.add_text(Space::SiteList, joined("tag", tag));
    rest = rest.substr(close + 1);
  }
}

/// Headers that have tokens of their own elsewhere, or whose values come only once.
bool has_words(std::string_view name) {
  for (const std::string_view other : {"received",
                                       "subject",
                                       "from",
                                       "to",
                                       "cc",
                                       "reply-to",
                                       "sender",
                                       "message-id",
                                       "in-reply-to",
                                       "references",
                                       "date",
                                       "dkim-signature",
                                       "domainkey-signature",
                                       "x-google-dkim-signature",
                                       "x-gm-message-state",
                                       "thread-index",
                                       "x-original-date",
                                       "resent-date",
                                       "resent-message-id",
                                       "x-face",
                                       "face",
                                       "autocrypt"}) {
    if (name == other) return false;
  }
  return true;
}

bool is_of_a_list(std::string_view name) {
  return name.starts_with("list-") || name == "precedence" || name == "x-beenthere" || name == "mailing-list" ||
         name == "x-mailing-list" || name == "errors-to" || name == "x-loop" || name == "x-mailman-version";
}

void SiteTokens::header_words() {
  std::size_t seen = 0;
  for (const Header& header : message_.headers) {
    if (++seen > kMaxHeaders) break;
    const std::string name = to_lower(header.name);
    if (!is_site_header(name) || !has_words(name)) continue;
    const Space space = is_of_a_list(name) ? Space::SiteList : Space::SiteHeaderWord;
    for_each_word(header.value, [&](const std::string& word) {
      tokens_.add_text(space, joined(name, is_identifier(word) ? shape_of(word) : word));
    });
  }
}

}  // namespace

void add_site_tokens(const Message& message, TokenCollector& tokens) {
  SiteTokens rules(message, tokens);
  rules.header_names();
  rules.addresses();
  rules.client_and_hops();
  rules.identifiers();
  rules.subject_tags();
  rules.header_words();
}

std::string site_feature_table() {
  std::string page =
      "\n# Site features\n\n"
      "Tokens that only a model with the schema `" +
      feature_schema(FeatureSet::Site).id +
      "` reads (`winnow train --site`): they tell one site's mail apart and carry over to no other.\n"
      "Never read: what filters wrote (any header that names a filter, a score or a verdict; Authentication-Results, "
      "ARC, "
      "Received-SPF) and what is\nadded when the message is delivered or kept (Delivered-To, Status; of the Received "
      "lines of the receiving server itself no more than that they are there).\n\n"
      "| namespace | what | at most |\n| --- | --- | ---: |\n";
  for (std::size_t i = kGeneralSpaces; i < kSpaces; ++i) {
    const SpaceAbout& space = spaces()[i];
    page += "| " + std::string(space.name) + " | " + std::string(space.meaning) + " | " + std::to_string(space.quota) +
            " |\n";
  }
  return page;
}

}  // namespace winnow
