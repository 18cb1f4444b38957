// sender_facts.cpp - who says to have written it, and whether the addresses fit together.
#include <algorithm>
#include <cstddef>
#include <string>

#include "config/ascii.h"
#include "engine/features/gather.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kFreemail[] = {
    "gmail.com"sv,      "googlemail.com"sv, "yahoo.com"sv,    "ymail.com"sv,    "hotmail.com"sv,    "outlook.com"sv,
    "live.com"sv,       "msn.com"sv,        "aol.com"sv,      "icloud.com"sv,   "me.com"sv,         "mail.com"sv,
    "gmx.com"sv,        "gmx.de"sv,         "gmx.net"sv,      "gmx.at"sv,       "web.de"sv,         "t-online.de"sv,
    "freenet.de"sv,     "mail.ru"sv,        "yandex.ru"sv,    "yandex.com"sv,   "rambler.ru"sv,     "bk.ru"sv,
    "inbox.ru"sv,       "list.ru"sv,        "163.com"sv,      "126.com"sv,      "qq.com"sv,         "sina.com"sv,
    "sohu.com"sv,       "foxmail.com"sv,    "aliyun.com"sv,   "yeah.net"sv,     "naver.com"sv,      "hanmail.net"sv,
    "protonmail.com"sv, "proton.me"sv,      "zoho.com"sv,     "orange.fr"sv,    "free.fr"sv,        "laposte.net"sv,
    "wanadoo.fr"sv,     "libero.it"sv,      "virgilio.it"sv,  "tiscali.it"sv,   "uol.com.br"sv,     "bol.com.br"sv,
    "terra.com.br"sv,   "rediffmail.com"sv, "wp.pl"sv,        "o2.pl"sv,        "onet.pl"sv,        "interia.pl"sv,
    "seznam.cz"sv,      "excite.com"sv,     "lycos.com"sv,    "netscape.net"sv, "comcast.net"sv,    "verizon.net"sv,
    "att.net"sv,        "btinternet.com"sv, "ziggo.nl"sv,     "hotmail.fr"sv,   "yahoo.fr"sv,       "yahoo.co.uk"sv,
    "hotmail.co.uk"sv,  "yahoo.co.jp"sv,    "yahoo.de"sv,     "hotmail.de"sv,   "yahoo.es"sv,       "hotmail.es"sv,
    "outlook.de"sv,     "outlook.fr"sv,     "docomo.ne.jp"sv, "ezweb.ne.jp"sv,  "softbank.ne.jp"sv, "tutanota.com"sv,
    "hushmail.com"sv,   "juno.com"sv,       "earthlink.net"sv};

constexpr std::string_view kCompanyWords[] = {
    "support"sv,       "service"sv,  "services"sv,      "team"sv,         "bank"sv,
    "security"sv,      "account"sv,  "accounts"sv,      "customer"sv,     "help"sv,
    "helpdesk"sv,      "admin"sv,    "administrator"sv, "billing"sv,      "inc"sv,
    "ltd"sv,           "llc"sv,      "gmbh"sv,          "ag"sv,           "sa"sv,
    "corp"sv,          "company"sv,  "office"sv,        "department"sv,   "notification"sv,
    "notifications"sv, "delivery"sv, "express"sv,       "store"sv,        "shop"sv,
    "insurance"sv,     "finance"sv,  "kundenservice"sv, "kundendienst"sv, "sicherheit"sv,
    "atendimento"sv,   "suporte"sv,  "servicio"sv,      "soporte"sv,      "banco"sv,
    "banque"sv,        "banca"sv,    "assistance"sv,    "group"sv,        "system"sv,
    "webmail"sv};

bool is_vowel(char c) { return "aeiouy"sv.find(to_lower(c)) != std::string_view::npos; }

/// Machine-made local parts: long consonant runs, or letters and digits that change often.
bool looks_random(std::string_view local) {
  std::size_t consonants = 0, longest = 0, changes = 0;
  for (std::size_t i = 0; i < local.size(); ++i) {
    consonants = is_alpha(local[i]) && !is_vowel(local[i]) ? consonants + 1 : 0;
    longest = std::max(longest, consonants);
    if (i > 0 && is_digit(local[i]) != is_digit(local[i - 1]) && is_alnum(local[i]) && is_alnum(local[i - 1]))
      ++changes;
  }
  return longest >= 5 || changes >= 4;
}

bool is_company_name(const NormalText& name) {
  return std::any_of(name.words.begin(), name.words.end(), [&](const Word& word) {
    return std::find(std::begin(kCompanyWords), std::end(kCompanyWords), name.word(word)) != std::end(kCompanyWords);
  });
}

bool same_sender(std::string_view domain, std::string_view registrable, std::string_view other) {
  return other == domain || registrable_domain(other) == registrable;
}

/// "Bank <bank@example.com>" as display name of another address, or a domain in it.
bool names_other_address(const SenderFacts& sender) {
  const std::size_t at = sender.name.rfind('@');
  if (at != std::string::npos) {
    std::string_view rest = std::string_view(sender.name).substr(at + 1);
    rest = rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"));
    while (!rest.empty() && rest.back() == '.') rest.remove_suffix(1);
    if (rest.find('.') != std::string_view::npos)
      return !same_sender(sender.domain, sender.registrable, to_lower(rest));
  }
  const std::string named = domain_named_in(sender.name);
  return !named.empty() && named != sender.registrable;
}

constexpr std::string_view kVia = " via ";

bool is_in(const std::vector<Mailbox>& mailboxes, std::string_view address) {
  return std::any_of(mailboxes.begin(), mailboxes.end(), [address](const Mailbox& one) {
    return !one.address.empty() && equal_ignoring_case(one.address, address);
  });
}

/// List servers put their own address into From where DMARC asks for it ("Ann via some-list <some-list@...>") and
/// the sender into Reply-To. The name is the list's, or the mail was sent to it. A sender can write all of this, as he can
/// List-* headers, so it proves nothing; but a bare " via " in a name is no list.
bool is_rewritten_by_list(const Message& message) {
  const Mailbox& from = message.from.front();
  const std::size_t via = from.name.rfind(kVia);
  if (via == std::string::npos || from.address.empty()) return false;
  if (message.reply_to.empty() || message.reply_to.front().domain.empty()) return false;
  const std::string_view list = std::string_view(from.name).substr(via + kVia.size());
  return equal_ignoring_case(list, from.address.substr(0, from.address.rfind('@'))) ||
         is_in(message.to, from.address) || is_in(message.cc, from.address);
}

Mailbox original_sender(const Message& message) {
  Mailbox sender = message.reply_to.front();
  const std::string& name = message.from.front().name;
  if (sender.name.empty()) sender.name = name.substr(0, name.rfind(kVia));
  return sender;
}

}  // namespace

bool is_freemail_domain(std::string_view domain) {
  return std::find(std::begin(kFreemail), std::end(kFreemail), domain) != std::end(kFreemail);
}

SenderFacts gather_sender(const Message& message, const NormalText& subject) {
  SenderFacts facts;
  if (message.from.empty()) return facts;
  const bool rewritten = is_rewritten_by_list(message);
  const Mailbox from = rewritten ? original_sender(message) : message.from.front();
  const std::size_t at = from.address.rfind('@');
  facts.local = from.address.substr(0, at);
  facts.domain = from.domain;
  facts.registrable = from.domain.empty() ? "" : registrable_domain(from.domain);
  facts.name = from.name.substr(0, 200);
  facts.is_freemail = is_freemail_domain(facts.registrable);
  facts.local_is_random = looks_random(facts.local);
  facts.name_has_other_address = !facts.name.empty() && names_other_address(facts);
  const NormalText name = normalise_text(facts.name, 20);
  facts.name_is_company = is_company_name(name);
  facts.brand = brand_named_in(name);
  if (facts.brand.empty()) facts.brand = brand_named_in(subject);
  if (!facts.brand.empty() && facts.registrable.find(facts.brand) != std::string::npos) facts.brand = {};
  if (!rewritten && !message.reply_to.empty() && !message.reply_to.front().domain.empty()) {
    const std::string& other = message.reply_to.front().domain;
    facts.reply_to_differs = !same_sender(facts.domain, facts.registrable, other);
    facts.reply_to_is_freemail = is_freemail_domain(registrable_domain(other));
  }
  facts.sender_is_recipient = is_in(message.to, from.address);
  return facts;
}

}  // namespace winnow
