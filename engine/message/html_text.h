// html_text.h - what a reader sees of HTML, what the reader does not see, and the tricks.
//
// Owns:    HtmlText owns its texts.
// Threads: any.
// Blocks:  never; one pass; open elements are remembered up to a fixed depth.
// Fails:   never.
// Units:   `html` must be valid UTF-8; texts are too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"

namespace winnow {

struct HtmlText {
  std::string visible;
  std::string hidden;
  std::string title;
  std::vector<Link> links;  // url, text, from_html, is_image set and completed
  HtmlShape shape;
  bool cut = false;
};

struct HtmlLimits {
  std::size_t max_text_bytes = 256u << 10;  // visible and hidden each
  std::size_t max_links = 1000;
};

HtmlText read_html(std::string_view html, const HtmlLimits& limits);

}  // namespace winnow
