// transfer_encoding.h - how the octets of a part were made fit for SMTP, and what they are.
//
// Owns:    results own their octets.
// Threads: any.
// Blocks:  never; linear in the octets.
// Fails:   never: what is no encoding is left as it is.
// Source:  RFC 2045 section 6.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

enum class TransferEncoding { None, Base64, QuotedPrintable, UuEncode };
TransferEncoding parse_transfer_encoding(const std::string* value);

/// At most `max_bytes` of the decoded octets. `cut` is set when there were more.
std::string decode_transfer(std::string_view octets, TransferEncoding encoding, std::size_t max_bytes, bool& cut);

/// A file that stands in the text itself, as programs wrote it before MIME.
struct UuFile {
  std::string name;
  std::string_view octets;  // from its first line, "begin 644 name", to the end of the text
};

/// The first files of a text, at most `max`.
std::vector<UuFile> find_uu_files(std::string_view text, std::size_t max);

}  // namespace winnow
