// cms.h - what S/MIME wraps a message into: whether it is encrypted, and what is signed.
//
// Owns:    results own their octets.
// Threads: any.
// Blocks:  never; linear in the octets. Neither signatures nor certificates are looked at.
// Fails:   never: what is no such message is of no kind. Of one that was cut, the content is read as far as it goes.
// Source:  RFC 5652, RFC 8551 3.5.2; BER (X.690), since programs write lengths that are not known beforehand.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

enum class CmsKind { None, Signed, Encrypted };

struct CmsMessage {
  CmsKind kind = CmsKind::None;
  std::string content;  // a part with its headers; "" of an encrypted message, and of a signature alone
};

CmsMessage read_cms(std::string_view octets);

}  // namespace winnow
