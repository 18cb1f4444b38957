// mail_kind.h - what mail is like before anybody reads it: its language, and whether it has HTML.
//
// Collections of wanted mail are nearly all English and plain, those of spam are not. So that a model does not learn that
// a language or HTML is spam, training takes weight from the spam of such kinds (TrainingSet::learning_weights).
//
// Threads: any.
// Blocks:  never; the first octets of a text tell.
// Fails:   never.
// Source:  CLD2, a naive Bayes classifier over groups of letters.
#pragma once

#include <string>

#include "engine/message/message.h"

namespace winnow {

/// "de html", "en plain": the language of subject and text (beside HTML that of the plain part), as CLD2 abbreviates it, "?"
/// where it cannot be relied upon, as for a line of figures or for text with control characters, which is often in a charset
/// that it does not name; and whether there is text in HTML.
std::string kind_of(const Message& message);

}  // namespace winnow
