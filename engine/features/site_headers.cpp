#include "engine/features/site_headers.h"

#include <algorithm>
#include <array>

#include "config/ascii.h"

namespace winnow {
namespace {

/// Anywhere in the name: what filters call themselves and their answers.
constexpr auto kFilterParts = std::to_array<std::string_view>(
    {"spam",      "virus",     "bayes",       "junk",    "greylist",   "barracuda",   "ironport",   "proofpoint",
     "amavis",    "crm114",    "mailscanner", "scanned", "clamav",     "bitdefender", "brightmail", "mimecast",
     "cmae",      "bogosity",  "dspam",       "pyzor",   "razor",      "forefront",   "filter",     "policyd",
     "kasloop",   "kaspersky", "ymailisg",    "sophos",  "symantec",   "trendmicro",  "fortimail",  "mailguard",
     "cloudmark", "x-vade",    "rbl",         "dnsbl",   "reputation", "threat",      "phish",      "malware",
     "score",     "verdict",   "blocklist"});

/// At the beginning of the name: families of filters, and of servers and programs that keep mail.
constexpr auto kBeginnings = std::to_array<std::string_view>({"x-winnow",
                                                              "x-rspam",
                                                              "x-foff",
                                                              "x-sid-",
                                                              "x-asg-",
                                                              "x-tm-as-",
                                                              "x-va-",
                                                              "x-rc-",
                                                              "x-cm-",
                                                              "x-ms-exchange-",
                                                              "x-microsoft-",
                                                              "x-ms-office365-filter",
                                                              "x-eop",
                                                              "x-gmail-",
                                                              "x-gm-gg",
                                                              "x-gm-features",
                                                              "x-mozilla-",
                                                              "x-evolution",
                                                              "x-imap",
                                                              "x-kas",
                                                              "x-mdaemon",
                                                              "x-mailman-rule",
                                                              "x-mailman-version-rule",
                                                              "arc-",
                                                              "x-dovecot",
                                                              "x-cyrus",
                                                              "x-sieve",
                                                              "x-envelope-",
                                                              "x-me-proxy",
                                                              "x-me-received"});

/// Whole names.
constexpr auto kNames = std::to_array<std::string_view>(
    {"authentication-results", "x-original-authentication-results", "received-spf", "domainkey-status", "xstatus",
     "xlevel", "xchecker-version", "x-dcc-metrics", "x-authority-analysis", "x-auditid", "x-authentication-warning",
     // Added on the way into the mailbox, or by what keeps it.
     "delivered-to", "x-delivered-to", "x-original-to", "x-resolved-to", "return-path", "x-return-path",
     "old-return-path", "delivery-date", "envelope-to", "x-apparently-to", "x-delivery-agent", "status", "x-status",
     "x-keywords", "x-uid", "x-uidl", "x-account-key", "x-from-line", "xref", "content-length", "lines", "x-he-tag",
     "x-fda", "x-incomingheadercount", "x-sender-ip", "x-message-info", "x-message-status", "x-message-delivery",
     "x-google-smtp-source", "x-google-group-id", "x-received", "x-forwarded-encrypted", "x-forwarded-to",
     "x-forwarded-for", "x-headers-end", "x-mailfrom", "x-message-id-hash", "message-id-hash", "archived-at",
     "x-folder", "x-origin", "x-filename", "x-from", "x-to", "x-cc", "x-bcc", "bcc"});

constexpr auto kMarks =
    std::to_array<std::string_view>({"spam", "virus", "junk", "bulk", "suspect", "phish", "malware"});

template <class List>
bool is_part_of(std::string_view text, const List& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

}  // namespace

bool is_site_header(std::string_view lower_name) {
  // "connect()" and the like are messages of broken filters.
  const auto plain = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
  if (!std::all_of(lower_name.begin(), lower_name.end(), plain)) return false;
  if (is_part_of(lower_name, kFilterParts)) return false;
  if (std::any_of(kBeginnings.begin(), kBeginnings.end(),
                  [&](std::string_view beginning) { return lower_name.starts_with(beginning); })) {
    return false;
  }
  return std::find(kNames.begin(), kNames.end(), lower_name) == kNames.end();
}

bool is_filter_mark(std::string_view text) { return is_part_of(to_lower(text), kMarks); }

std::string site_header_rules() {
  std::string rules;
  const auto append = [&rules](const auto& list) {
    for (const std::string_view entry : list) rules.append(entry).append(" ");
    rules += '\n';
  };
  append(kFilterParts);
  append(kBeginnings);
  append(kNames);
  append(kMarks);
  return rules;
}

}  // namespace winnow
