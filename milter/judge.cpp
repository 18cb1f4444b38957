#include "milter/judge.h"

#include <algorithm>
#include <exception>

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr std::chrono::seconds kWaitSlice{1};  // how often the MTA is told that work goes on

/// Runs `work` and adds the time it took.
template <typename Work>
auto timed(microseconds& spent, Work&& work) {
  const auto start = Clock::now();
  auto result = work();
  spent += std::chrono::duration_cast<microseconds>(Clock::now() - start);
  return result;
}

Fallback fallback_for(const MilterSettings& settings, ScoreError cause, std::string detail) {
  const OnError action = cause == ScoreError::Busy ? settings.on_overload : settings.on_error;
  return {cause, action, std::move(detail)};
}

/// Where there is no memory for the words, the cause alone.
Fallback failure_of_its_own(const MilterSettings& settings, const char* why) noexcept {
  Fallback fallback{ScoreError::Internal, settings.on_error, {}};
  try {
    fallback.detail = why;
  } catch (const std::exception&) {
  }
  return fallback;
}

/// Until `has_come` is true of the time up to which it waits; Deadline or Gone when it never was.
template <typename HasCome>
ScoreError wait_in_slices(const JudgeContext& context, HasCome&& has_come) {
  for (;;) {
    if (has_come(std::min(context.deadline, Clock::now() + kWaitSlice))) return ScoreError::None;
    if (Clock::now() >= context.deadline) return ScoreError::Deadline;
    if (context.on_wait && !context.on_wait()) return ScoreError::Gone;
  }
}

Outcome wait_for(Ticket& ticket, const JudgeContext& context) {
  std::optional<Outcome> outcome;
  const ScoreError error = wait_in_slices(context, [&](Clock::time_point until) {
    outcome = ticket.wait_until(until);
    return outcome.has_value();
  });
  if (error == ScoreError::None) return std::move(*outcome);
  Outcome none;
  none.error = error;
  return none;
}

/// The message and its features; nullopt when its turn never came, and `fallback` then says so. All who read share the
/// processors: would a thousand begin at once, none had an answer before the deadline of all.
std::optional<Features> read(const Snapshot& snapshot, const MailInput& input, const JudgeContext& context,
                             Judgement& judgement) {
  std::optional<Activity> turn;
  if (context.readers != nullptr) {
    const ScoreError error = timed(judgement.timings.queue, [&] {
      return wait_in_slices(context, [&](Clock::time_point until) {
        turn.emplace(*context.readers, context.max_readers, until);
        return bool(*turn);
      });
    });
    const MilterSettings& settings = snapshot.settings.milter;
    if (error == ScoreError::Gone) judgement.fallback = fallback_for(settings, error, "");
    if (error == ScoreError::Deadline)
      judgement.fallback =
          fallback_for(settings, ScoreError::Busy, "too many messages came at once to be read in time");
    if (judgement.fallback) return std::nullopt;
  }
  ReadOptions options;
  options.trusted_authserv_ids = snapshot.settings.milter.trusted_authserv_ids;
  judgement.message = timed(judgement.timings.parse, [&] { return read_message(input, options); });
  judgement.gtube = contains_gtube(judgement.message);
  Features features =
      timed(judgement.timings.features, [&] { return snapshot.engine->extractor().extract(judgement.message); });
  judgement.dense = features.dense;
  return features;
}

/// Fills the probabilities, or says in `fallback` why there are none.
void score(const Snapshot& snapshot, const JudgeContext& context, Features&& features, Judgement& judgement) {
  const Engine& engine = *snapshot.engine;
  const std::unique_ptr<Ticket> ticket = engine.submit(std::move(features), context.deadline);
  const Outcome outcome = wait_for(*ticket, context);
  judgement.stand_in_cause = outcome.stand_in_cause;
  judgement.batch_size = outcome.batch_size;
  judgement.inference_cpu = outcome.cpu;
  judgement.timings.queue += outcome.waited;
  judgement.timings.infer = outcome.inferred;
  if (outcome.error != ScoreError::None) {
    judgement.fallback = fallback_for(snapshot.settings.milter, outcome.error, outcome.detail);
    return;
  }
  const std::optional<std::vector<Probability>> probabilities = engine.probabilities(outcome.logits);
  const std::vector<std::string>& labels = engine.manifest().labels;
  if (!probabilities || probabilities->empty() || probabilities->size() > labels.size()) {
    judgement.fallback = fallback_for(snapshot.settings.milter, ScoreError::ModelFailed, "no probability");
    return;
  }
  for (std::size_t i = 0; i < probabilities->size(); ++i) {
    judgement.probabilities.push_back({labels[i], (*probabilities)[i].value()});
  }
}

void decide(const Snapshot& snapshot, Judgement& judgement) {
  MessageDecision decided = snapshot.rules->decide(facts_of(judgement.message, judgement));
  judgement.decision = std::move(decided.message);
  judgement.recipients = std::move(decided.recipients);
  judgement.disagreement = decided.disagreement;
}

void judge_steps(const Snapshot& snapshot, const MailInput& input, const JudgeContext& context, Judgement& judgement) {
  std::optional<Features> features = read(snapshot, input, context, judgement);
  if (!features) return;
  score(snapshot, context, std::move(*features), judgement);
  if (judgement.fallback) return;
  timed(judgement.timings.rules, [&] {
    decide(snapshot, judgement);
    return 0;
  });
}

}  // namespace

std::string_view on_error_name(OnError action) { return action == OnError::Accept ? "accept" : "tempfail"; }

Judgement judge(const Snapshot& snapshot, const MailInput& input, const JudgeContext& context) {
  Judgement judgement;
  try {
    judgement.model = snapshot.engine->manifest().name;
    judge_steps(snapshot, input, context, judgement);
  } catch (const std::exception& problem) {
    // Memory ran out, or a library threw where it promises not to: the mail still gets its answer.
    judgement.probabilities.clear();
    judgement.decision = {};
    judgement.recipients.clear();
    judgement.fallback = failure_of_its_own(snapshot.settings.milter, problem.what());
  }
  return judgement;
}

}  // namespace winnow
