// dense_sender.cpp - dense features of sender addresses, session, authentication and header hygiene.
#include <algorithm>
#include <cstdlib>

#include "config/ascii.h"
#include "engine/features/dense_table.h"
#include "engine/message/links.h"
#include "engine/message/mime_codec.h"

namespace winnow {
namespace {

float three_state(const std::string& result) {
  if (result == "pass") return 1;
  const bool bad = result == "fail" || result == "softfail" || result == "permerror" || result == "reject";
  return bad ? -1.0F : 0.0F;
}

float local_digits(const MessageFacts& f) {
  return share(static_cast<double>(std::count_if(f.sender.local.begin(), f.sender.local.end(), is_digit)),
               static_cast<double>(f.sender.local.size()));
}

std::string after_at(const std::string& address) { return address.substr(address.rfind('@') + 1); }

float mail_from_differs(const MessageFacts& f) {
  const std::string& mail_from = f.message->envelope.mail_from;
  const std::size_t at = mail_from.rfind('@');
  if (!f.message->envelope.present || at == std::string::npos || f.sender.registrable.empty()) return 0;
  return flag(registrable_domain(comparable_host(std::string_view(mail_from).substr(at + 1))) != f.sender.registrable);
}

float helo_differs(const MessageFacts& f) {
  const Envelope& session = f.message->envelope;
  if (!session.present || session.client_name.empty() || session.client_name == "unknown" || session.helo.empty())
    return 0;
  return flag(registrable_domain(session.helo) != registrable_domain(session.client_name));
}

float helo_is_odd(const MessageFacts& f) {
  const Envelope& session = f.message->envelope;
  if (!session.present || session.helo.empty()) return 0;
  return flag(session.helo.find('.') == std::string::npos || is_ip_address(session.helo));
}

float client_without_name(const MessageFacts& f) {
  const Envelope& session = f.message->envelope;
  return flag(session.present && (session.client_name.empty() || session.client_name == "unknown"));
}

float dkim_alignment(const MessageFacts& f) {
  const std::string& domain = f.message->authentication.dkim_domain;
  if (domain.empty() || f.sender.registrable.empty()) return 0;
  return registrable_domain(domain) == f.sender.registrable ? 1.0F : -1.0F;
}

/// Days between the Date header and the arrival.
float date_skew(const MessageFacts& f) {
  const auto arrived = f.message->arrival();
  if (!arrived || !f.message->date) return 0;
  constexpr double kDay = 86400;
  return log_scaled(std::abs(static_cast<double>(*arrived) - static_cast<double>(*f.message->date)) / kDay, 30);
}

float undisclosed(const MessageFacts& f) {
  const Header* to = f.message->header("To");
  if (to == nullptr) return 0;
  return flag(to_lower(to->value.substr(0, 200)).find("undisclosed") != std::string::npos);
}

float reply_without_reference(const MessageFacts& f) {
  const bool refers = f.message->header("In-Reply-To") != nullptr || f.message->header("References") != nullptr;
  return flag(f.subject.has_reply_prefix && !refers);
}

}  // namespace

std::vector<DenseRow> sender_rows() {
  using F = const MessageFacts&;
  return {
      {{"from_local_digits", "share of digits in the sender's local part", "0..1", "From",
        "the sender's address holds digits"},
       local_digits},
      {{"from_local_length", "length of the sender's local part", "0..1, log 40", "From",
        "length of the sender's address before the @"},
       [](F f) { return log_scaled(static_cast<double>(f.sender.local.size()), 40); }},
      {{"from_local_random", "local part looks machine-made", "0, 1", "From",
        "the sender's address looks machine-made"},
       [](F f) { return flag(f.sender.local_is_random); }},
      {{"from_domain_labels", "labels of the sender's domain beyond two", "0..1, log 4", "From",
        "the sender's domain has many parts"},
       [](F f) {
         return log_scaled(static_cast<double>(std::count(f.sender.domain.begin(), f.sender.domain.end(), '.')) - 1, 4);
       }},
      {{"from_domain_digits", "share of digits in the sender's domain", "0..1", "From",
        "the sender's domain holds digits"},
       [](F f) {
         return share(static_cast<double>(std::count_if(f.sender.domain.begin(), f.sender.domain.end(), is_digit)),
                      static_cast<double>(f.sender.domain.size()));
       }},
      {{"from_cheap_tld", "sender's top-level domain is one of those sold cheaply and abused much", "0, 1", "From",
        "the sender's domain ends in {}, which is sold cheaply and abused much"},
       [](F f) { return flag(tld_class(f.sender.domain) == TldClass::Cheap); },
       [](F f) { return f.sender.domain.substr(f.sender.domain.rfind('.') + 1); }},
      {{"from_country_tld", "sender's top-level domain is a country's", "0, 1", "From",
        "the sender's domain is a country's"},
       [](F f) { return flag(tld_class(f.sender.domain) == TldClass::Country); }},
      {{"from_freemail", "sender uses a free mail service", "0, 1", "From", "the sender uses a free mail service"},
       [](F f) { return flag(f.sender.is_freemail); }},
      {{"from_freemail_as_company", "free mail address with a display name of a company or department", "0, 1", "From",
        "a free mail address under the name of a company or department"},
       [](F f) { return flag(f.sender.is_freemail && (f.sender.name_is_company || !f.sender.brand.empty())); }},
      {{"from_name_other_address", "display name holds an address or domain that is not the sender's", "0, 1", "From",
        "the sender's name shows an address that is not the sender's"},
       [](F f) { return flag(f.sender.name_has_other_address); }},
      {{"from_brand_elsewhere", "display name or subject names a known brand, the sender's domain does not", "0, 1",
        "From, Subject", "names {}, but the sender's domain is another"},
       [](F f) { return flag(!f.sender.brand.empty()); },
       [](F f) { return std::string(f.sender.brand); }},
      {{"from_missing", "no usable sender address", "0, 1", "From", "no usable sender address"},
       [](F f) { return flag(f.sender.domain.empty()); }},
      {{"from_is_recipient", "sender and recipient are the same address", "0, 1", "From, To",
        "sender and recipient are the same address"},
       [](F f) { return flag(f.sender.sender_is_recipient); }},
      {{"reply_to_differs", "answers go to another registrable domain", "0, 1", "Reply-To, From",
        "answers go to another domain, {}"},
       [](F f) { return flag(f.sender.reply_to_differs); },
       [](F f) { return f.message->reply_to.front().domain; }},
      {{"reply_to_freemail", "answers go to a free mail address, the sender is none", "0, 1", "Reply-To, From",
        "answers go to a free mail address"},
       [](F f) { return flag(f.sender.reply_to_is_freemail && !f.sender.is_freemail); }},
      {{"mail_from_differs", "envelope sender of another registrable domain; 0 without an SMTP session", "0, 1",
        "envelope, From", "the envelope names another sender domain, {}"},
       mail_from_differs,
       [](F f) { return after_at(f.message->envelope.mail_from); }},
      {{"client_without_name", "client has no verified host name; 0 without an SMTP session", "0, 1", "envelope",
        "the sending host has no verified name"},
       client_without_name},
      {{"helo_differs", "HELO and verified host name disagree; 0 without an SMTP session", "0, 1", "envelope",
        "the sending host calls itself {}, which is not its name"},
       helo_differs,
       [](F f) { return f.message->envelope.helo; }},
      {{"helo_odd", "HELO is an address or has no dot; 0 without an SMTP session", "0, 1", "envelope",
        "the sending host calls itself {}, which is no host name"},
       helo_is_odd,
       [](F f) { return f.message->envelope.helo; }},
      {{"spf", "SPF as a trusted server saw it: pass 1, fail -1, unknown 0", "-1..1", "Authentication-Results",
        "SPF passed", "SPF failed"},
       [](F f) { return three_state(f.message->authentication.spf); }},
      {{"dkim", "DKIM as a trusted server saw it", "-1..1", "Authentication-Results", "the DKIM signature is good",
        "the DKIM signature is bad"},
       [](F f) { return three_state(f.message->authentication.dkim); }},
      {{"dmarc", "DMARC as a trusted server saw it", "-1..1", "Authentication-Results", "DMARC passed", "DMARC failed"},
       [](F f) { return three_state(f.message->authentication.dmarc); }},
      {{"dkim_aligned", "passing signature is of the sender's domain 1, of another -1, none 0", "-1..1",
        "Authentication-Results, From", "signed by the sender's domain", "signed by another domain, {}"},
       dkim_alignment,
       [](F f) { return f.message->authentication.dkim_domain; }},
      {{"date_skew", "days between Date and arrival (in files: the newest Received); 0 when one is missing",
        "0..1, log 30", "Date, Received", "the date is not that of the arrival"},
       date_skew},
      {{"missing_date", "no Date header (weak: programs that save mail drop it)", "0, 1", "Date", "no date"},
       [](F f) { return flag(!f.message->date.has_value()); }},
      {{"missing_message_id", "no Message-ID header (weak, as above)", "0, 1", "Message-ID", "no message id"},
       [](F f) { return flag(f.message->header("Message-ID") == nullptr); }},
      {{"missing_to", "no To header (weak, as above)", "0, 1", "To", "no To header"},
       [](F f) { return flag(f.message->header("To") == nullptr); }},
      {{"undisclosed_recipients", "To says undisclosed recipients", "0, 1", "To", "recipients not disclosed"},
       undisclosed},
      {{"reply_without_reference", "subject begins with Re: or Fwd: but nothing is referred to", "0, 1",
        "Subject, In-Reply-To, References", "the subject says it is an answer, but it answers nothing"},
       reply_without_reference},
  };
}

}  // namespace winnow
