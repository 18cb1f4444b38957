// plain_headers.h - the plain forms of structured header values, which most mail writes, read in one pass.
//
// GMime reads everything, at the cost of a dozen objects for each value; what is read here gives what it gives.
//
// Threads: any.
// Blocks:  never; linear in the value.
// Fails:   nullopt for whatever is not plain: comments, escapes, encoded words, groups, RFC 2231.
// Source:  RFC 2045 5.1, RFC 5322 3.4.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/mime_codec.h"

namespace winnow {

/// `value` up to the separator that is one too many. In quotes they part nothing; but some are counted there, too, because
/// what GMime takes for a quote may be something else in broken mail.
std::string with_few(char separator, std::size_t max, const std::string& value);

/// What stands in front of the parameters, and of those only the ones that mail is read by: first what its text is read by, then
/// names of files. Others may be filler in front of them.
std::string with_needed_parameters(std::string_view value);

/// "text" alone, which old programs write, with the subtype that they mean: GMime takes it for octets.
std::string with_subtype(const std::string& value);

/// text/html; charset="utf-8"
std::optional<ContentType> plain_content_type(std::string_view value);

/// Ann Lee <ann@shop.example>, "Lee, Ann" <ann@shop.example>, ann@shop.example
std::optional<Mailbox> plain_mailbox(std::string_view value);

/// A list of such mailboxes; nullopt when one of them is not plain.
std::optional<std::vector<Mailbox>> plain_mailboxes(std::string_view value);

}  // namespace winnow
