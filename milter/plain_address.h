// plain_address.h - one spelling for one mailbox, so that no rule is passed by writing its address otherwise.
//
// Fails:   never; what is no address comes back without the blanks around it.
// Source:  RFC 5321 4.1.2 (quoted local parts), appendix C (source routes); RFC 5322 3.2.2 (comments), 3.4.1.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// Of an address as it stands in MAIL or RCPT, without angle brackets: without source route, comments, blanks between its
/// parts, quotes and backslashes that are not needed, and the dot behind the domain. Letters keep their case.
std::string plain_address(std::string_view written);

/// The same with its domain in ASCII where it has other letters (RFC 5890), as rules, lists and overrides compare it. Not
/// for the MTA, which may know the domain by the form that was written alone.
std::string comparable_address(std::string_view written);

}  // namespace winnow
