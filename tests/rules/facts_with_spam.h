// facts_with_spam.h - facts of a message to one recipient, with this probability.
#pragma once

#include "rules/facts.h"

namespace winnow {

inline Facts facts_with_spam(double spam) {
  Facts facts;
  facts.set(Fact::Spam, spam);
  facts.recipients = {"one@example.org"};
  return facts;
}

}  // namespace winnow
