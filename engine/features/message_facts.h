// message_facts.h - everything that the dense features and the tokens read, worked out once per message.
//
// Owns:    normalised texts; borrows the Message, which must outlive it.
// Threads: any.
// Blocks:  never; bounded by FeatureLimits.
// Fails:   never; what a message lacks is empty or 0.
// Trust:   nothing here reads what an earlier filter, a list server or the receiving server wrote (see README.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/features/features.h"
#include "engine/features/keywords.h"
#include "engine/features/text_facts.h"
#include "engine/features/words.h"
#include "engine/message/message.h"

namespace winnow {

/// The subject without what others put in front of it.
struct SubjectFacts {
  std::string text;  // without "[list]", "*****SPAM*****", "Re:", "Fwd:"
  bool has_reply_prefix = false;
  TextFacts counts;
  NormalText normal;
};

struct SenderFacts {
  std::string local, domain, registrable,
      name;  // of the first From mailbox (or whom a list server replaced there)
  bool is_freemail = false;
  bool name_has_other_address = false;  // an address or domain that is not the sender's
  bool name_is_company = false;         // "Support Team", "... Bank", "... GmbH"
  bool reply_to_differs = false;
  bool reply_to_is_freemail = false;
  bool sender_is_recipient = false;  // From and To are the same address
  bool local_is_random = false;
  std::string_view brand;  // named by display name or subject, not by the sender's domain
};

struct LinkFacts {
  std::vector<const Link*> own;  // all but those of list footers
  std::size_t links = 0;         // that can be clicked, http or https
  std::size_t images = 0;
  std::size_t mailtos = 0;
  std::vector<std::string_view> domains;  // of clickable links, unique
  std::size_t foreign = 0;                // registrable domain is not the sender's
  std::size_t text_names_other = 0;       // the visible text names another domain
  std::size_t shorteners = 0, addresses = 0, punycode = 0, ports = 0, users = 0, free_hosting = 0;
  std::size_t most_labels = 0;  // of a host
  std::size_t longest = 0;      // URL
  std::size_t unencrypted = 0;  // http
  double path_entropy = 0;      // mean bits per character of the paths
  std::size_t common_tld = 0, country_tld = 0, cheap_tld = 0;
  bool brand_in_foreign_host = false;  // "paypal.example.net", or a brand as another domain's label
  // For explanations: the first domain that a text names and the link does not lead to, the first URL shortener, the
  // first host that borrows a brand.
  std::string_view named_elsewhere, shortener, brand_host;
};

struct AttachmentFacts {
  std::size_t count = 0, executables = 0, scripts = 0, archives = 0, macros = 0, html = 0, images = 0, documents = 0;
  std::size_t mismatched = 0;         // name and first octets tell different types
  std::size_t double_extensions = 0;  // "invoice.pdf.exe"
};

struct MessageFacts {
  const Message* message = nullptr;
  SubjectFacts subject;
  SenderFacts sender;
  LinkFacts links;
  AttachmentFacts attachments;
  std::string body_text;    // what the sender wrote: without list footers and what he quotes
  std::string quoted_text;  // lines that begin with ">", where they are not most of the text
  TextFacts body, hidden;
  NormalText body_normal, quoted_normal;
  double twin_difference = 0;  // share of the HTML's words that the plain text twin lacks
  KeywordCounts keywords{};
  std::vector<std::uint64_t> recipient_words;  // hashes of words that name the recipient
};

MessageFacts gather_facts(const Message& message, const FeatureLimits& limits);

/// Cut out for tests and the token rules.
std::string strip_subject(std::string_view subject, bool& has_reply_prefix);
/// Puts lines that begin with ">" into `quoted`, and the others but a list's footer into `own`; where there would be more
/// of the first, `own` gets all of them, and `quoted` stays empty.
void split_body(std::string_view text, std::string& own, std::string& quoted);
/// What a list server added below a text; "" for most mail.
std::string_view list_footer(std::string_view text);
bool is_freemail_domain(std::string_view domain);
enum class TldClass { None, Common, Country, Cheap, Other };
TldClass tld_class(std::string_view host);

}  // namespace winnow
