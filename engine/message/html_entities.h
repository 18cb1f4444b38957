// html_entities.h - character references of HTML to UTF-8.
//
// Threads: any.
// Blocks:  never; linear in the text.
// Fails:   never: an unknown reference stays as it is written.
// Source:  HTML 4 entity names as libxml2 knows them, &apos;, and some of HTML 5.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

/// Appends `text` with its references resolved.
void append_unescaped(std::string_view text, std::string& result);

std::string unescape_html(std::string_view text);

}  // namespace winnow
