// unseen.h - characters that do not show as themselves and must not pass from mail to a terminal or a header.
//
// Threads: any.
// Blocks:  never.
// Fails:   never.
// Source:  Unicode 15: control characters (Cc), line and paragraph separators, format characters that reorder or hide
//          text (UAX 9, and zero-width ones).
#pragma once

namespace winnow {

/// Controls move the cursor or change the terminal's state; the others reorder, hide or break text.
bool is_unseen(char32_t code_point);

}  // namespace winnow
