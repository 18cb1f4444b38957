// judge.h - the whole judgement of one message: MailInput -> Judgement. Used by the daemon and by `winnow classify`.
//
// Owns:    plain values; the snapshot is borrowed for the call.
// Threads: from any threads at once; a model that needs no queue runs on theirs, any other on the engine's (docs/adr/0007).
// Blocks:  for its turn to be read and for the model, up to `deadline`, calling `on_wait` about once a second meanwhile. Reading
//          the message, its features and rules, and a model that needs no queue, come on top: the limits of a message bound them,
//          no clock does.
// Fails:   never throws; a message that could not be scored says so in `fallback` and is decided by on_error/on_overload.
// Units:   timings in microseconds of wall clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/explanation.h"
#include "engine/message/mail_input.h"
#include "engine/message/message.h"
#include "milter/activity_count.h"
#include "milter/reasons.h"
#include "milter/snapshot.h"
#include "rules/decision.h"

namespace winnow {

struct JudgeTimings {
  std::chrono::microseconds parse{0}, features{0}, queue{0}, infer{0}, rules{0}, reasons{0};
};

/// What a message without a probability gets: what the settings say, and why.
struct Fallback {
  ScoreError cause = ScoreError::None;
  OnError action = OnError::Accept;
  std::string detail;
};

std::string_view on_error_name(OnError action);  // "accept", "tempfail"

struct LabelProbability {
  std::string label;
  double probability = 0;
};

struct Judgement {
  Message message;                              // as it was read
  std::vector<LabelProbability> probabilities;  // empty on failure; the first is spam
  Decision decision;                            // for the message as a whole; unset on failure
  std::vector<RecipientDecision> recipients;    // what differs between them; empty on failure
  bool disagreement = false;                    // recipients wanted different verdicts for the whole message
  std::optional<Fallback> fallback;
  bool gtube = false;
  std::string model;
  std::vector<float> dense;                     // in the order of dense_features()
  std::vector<Contribution> reasons;            // what spoke for spam; none unless somebody asked (reasons.h)
  std::optional<ReasonsResult> reasons_result;  // unset when nobody asked
  std::string_view stand_in_cause;              // why another model than the settings' judged; "" = none had to
  std::size_t batch_size = 0;
  std::chrono::nanoseconds inference_cpu{
      0};  // processor time of the model: this message's part of its batch, and its reasons
  JudgeTimings timings;
};

/// Called about once a second while a message waits; false when the MTA has gone and nobody waits for the answer.
using StillWanted = std::function<bool()>;

struct JudgeContext {
  std::chrono::steady_clock::time_point deadline;
  StillWanted on_wait;               // may be empty
  ActivityCount* readers = nullptr;  // those who read a message at the moment; null = whoever wants to may
  std::size_t max_readers = 0;       // at once; the others wait for their turn, at most until the deadline
};

Judgement judge(const Snapshot& snapshot, const MailInput& input, const JudgeContext& context);

/// The names that feature() may have in a rule, sorted.
const std::vector<std::string_view>& feature_names();

/// The facts of a message as rules see them.
Facts facts_of(const Message& message, const Judgement& judgement);

}  // namespace winnow
