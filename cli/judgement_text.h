// judgement_text.h - a Judgement as words and as JSON, the same for every command that shows one.
//
// Fails:   never; JSON is ASCII only, so that it is fit for a terminal too.
#pragma once

#include <cstdint>
#include <string>

#include "milter/judge.h"

namespace winnow {

/// "97.3 %", rounded down as in the headers: no figure shows a threshold that was not reached.
std::string percent_text(double probability);

/// The same of a judgement, or "-" for a message without a probability.
std::string spam_percent(const Judgement& judgement);

/// The verdict that the MTA would get: the rules', or the fallback's.
std::string verdict_word(const Judgement& judgement);

/// How a rule fared: "no", "matched, decided" ...; `deciding_rule` is the one that decided, "" when none did.
std::string trial_word(const RuleTrial& trial, const std::string& deciding_rule);

/// Why there is no probability: "deadline: ..."; "" when there is one.
std::string failure_text(const Judgement& judgement);

/// "junk by rule ads", "flag by rule ads, which wanted junk", "accept": what one recipient or the message gets.
std::string decision_text(const Decision& decision);

/// What is done, each with its value: `tag_subject "[ads] "`, `redirect abuse@example.org`; "" when it is nothing.
std::string actions_text(const Decision& decision);

/// "ann@example.org, joe@example.org": the recipients that get this decision.
std::string recipients_of(const RecipientDecision& decision, const Judgement& judgement);

/// One object without a line end: file, probability, verdict, rule, actions, decisions (what each recipient gets), model,
/// truncated, limits_hit, error.
std::string judgement_json(const std::string& file, const Judgement& judgement);

}  // namespace winnow
