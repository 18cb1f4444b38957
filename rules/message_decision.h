// message_decision.h - the decisions for all recipients -> what is done with the message as a whole.
//
// Fails:   never.
#pragma once

#include "rules/rule_set.h"

namespace winnow {

/// Brings together recipients who get the same, and chooses `message` among them. A recipient whose mail is discarded
/// has no say unless all are, one whose mail is redirected none when another gets it: that is done for the one alone.
void join_recipients(MessageDecision& all, OnDisagreement on_disagreement);

}  // namespace winnow
