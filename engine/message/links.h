// links.h - URLs: found in text, taken apart, brought to their registrable domain.
//
// Threads: any; the Public Suffix List and ICU's IDNA are loaded once.
// Blocks:  never; linear in the text.
// Fails:   never: what is no URL has an empty host.
// Source:  RFC 3986 as browsers read it (WHATWG URL: backslashes, stray white space), UTS 46, publicsuffix.org.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"

namespace winnow {

struct UrlParts {
  std::string scheme;           // lower case
  std::string host;             // lower case, IDN in ASCII form; "" for schemes without one
  std::string_view port, path;  // borrow from the URL; path with query and fragment
  bool has_user = false;        // http://paypal.example@other.example/
};
UrlParts split_url(std::string_view url);

/// The URL of an attribute without what browsers drop: control characters and blanks around it, tabs and line ends in it.
std::string cleaned_url(std::string_view written);

/// `url` as it is meant on a page whose URLs start from `base`; "" where the page names none.
std::string resolved_url(std::string_view url, std::string_view base);

/// Lower case and ASCII form of a host name; "" when it is none.
std::string ascii_host(std::string_view host);

/// ascii_host() of a host name, or its lower case when it is none: what names of different origin are compared by.
std::string comparable_host(std::string_view host);

bool is_ip_address(std::string_view host);

/// Fills what follows from the URL and the text of a link.
void complete_link(Link& link);

/// Registrable domain of the first host that `text` names, as a URL or bare ("www.bank.example", "bank.com");
/// "" if none.
std::string domain_named_in(std::string_view text);

/// Appends the URLs of a plain text, until `links` holds `max`; false when there were more.
bool find_links(std::string_view text, std::size_t max, std::vector<Link>& links);

/// The URLs in the visible text of a page that are no links yet, one for each host: mail programs make links of them, too.
/// `links` are those of the message, from `first` on those of the page; what their texts name is none.
std::vector<Link> bare_links(std::string_view visible, const std::vector<Link>& links, std::size_t first);

}  // namespace winnow
