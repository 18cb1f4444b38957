// text_forms.h - plain text that is not written as people read it: folded, escaped, with marks of its own.
//
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never: what breaks the form stays as it is.
// Units:   line ends are LF.
// Source:  RFC 3676 (flowed), RFC 5545 3.1 and RFC 6350 3.2 (calendars and cards), RFC 1896 (enriched).
#pragma once

#include <string>

#include "engine/message/mime_codec.h"

namespace winnow {

/// The text of a part of this type as a mail program shows it.
std::string text_as_shown(std::string text, const ContentType& type);

}  // namespace winnow
