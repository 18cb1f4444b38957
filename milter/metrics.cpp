#include "milter/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <set>
#include <unordered_map>

#include "engine/thread_annotations.h"

namespace winnow {
namespace {

using prometheus::Histogram;

// Half a millisecond is a short mail on an idle machine; the deadline is 60 s at most.
const Histogram::BucketBoundaries kTotalBounds = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2,
                                                  0.5,    1,     2,     4,     8,    16,   32,   64};
const Histogram::BucketBoundaries kStageBounds = {0.00001, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005,
                                                  0.01,    0.02,   0.05,   0.1,    0.5,   1,     4};

double seconds(std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1e6; }

constexpr std::array kVerdicts = {Verdict::Accept,     Verdict::Flag,     Verdict::Junk,   Verdict::Redirect,
                                  Verdict::Quarantine, Verdict::TempFail, Verdict::Reject, Verdict::Discard};

constexpr std::array kReasonsResults = {ReasonsResult::Given, ReasonsResult::None, ReasonsResult::Busy,
                                        ReasonsResult::Late, ReasonsResult::Failed};

prometheus::Labels labels_of(const Fallback& fallback) {
  return {{"cause", std::string(score_error_name(fallback.cause))},
          {"action", std::string(on_error_name(fallback.action))}};
}

/// The counters of a family by the one label that differs; each is looked up by all its labels once only.
class CountersByLabel {
 public:
  CountersByLabel(prometheus::Family<prometheus::Counter>& family, std::string label, prometheus::Labels others = {})
      : family_(family), label_(std::move(label)), others_(std::move(others)) {}

  prometheus::Counter& of(const std::string& value) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    prometheus::Counter*& counter = counters_[value];
    if (counter == nullptr) {
      prometheus::Labels labels = others_;
      labels[label_] = value;
      counter = &family_.Add(labels);
    }
    return *counter;
  }

 private:
  prometheus::Family<prometheus::Counter>& family_;
  const std::string label_;
  const prometheus::Labels others_;
  Mutex mutex_;
  std::unordered_map<std::string, prometheus::Counter*> counters_ GUARDED_BY(mutex_);
};

class PrometheusMetrics : public Metrics {
 public:
  PrometheusMetrics();
  void judged(const Judgement& judgement, std::chrono::microseconds total) override;
  void fallback(const Fallback& fallback) override;
  void skipped() override { skipped_.Increment(); }
  void refused(std::size_t modifications) override { refused_.Increment(static_cast<double>(modifications)); }
  void unsent() override { unsent_.Increment(); }
  void reload(ReloadResult result) override {
    (result == ReloadResult::Ok ? reload_ok_ : reload_failed_).Increment();
    last_reload_.Set(result == ReloadResult::Ok ? 1 : 0);
  }
  void model(const std::string& name, const std::string& sha256) override;
  std::string text() const override { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

 private:
  void asked_for_reasons(ReasonsResult result, std::chrono::microseconds took);
  prometheus::Family<prometheus::Counter>& counter(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  }
  Histogram& stage(const char* name) { return stages_.Add({{"stage", name}}, kStageBounds); }

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& messages_ =
      counter("winnow_messages_total", "Messages judged, by the verdict of the rules");
  prometheus::Family<prometheus::Counter>& rule_hits_ =
      counter("winnow_rule_total",
              "Messages that a rule decided for a recipient or more, or (mode monitor) would have acted on");
  std::array<prometheus::Counter*, kVerdicts.size()> by_verdict_{};
  prometheus::Family<prometheus::Counter>& reasons_total_ =
      counter("winnow_reasons_total", "Messages that were marked, by what came of asking the model for its reasons");
  std::array<prometheus::Counter*, kReasonsResults.size()> by_reasons_result_{};
  CountersByLabel enforced_{rule_hits_, "rule", {{"mode", "enforce"}}};
  CountersByLabel monitored_{rule_hits_, "rule", {{"mode", "monitor"}}};
  prometheus::Family<prometheus::Counter>& fallbacks_ =
      counter("winnow_fallback_total", "Messages answered without a probability, by cause and action");
  prometheus::Family<prometheus::Counter>& stand_ins_ =
      counter("winnow_stand_in_total", "Messages scored by another model than the settings', by what kept that one");
  CountersByLabel stand_in_causes_{stand_ins_, "cause"};
  prometheus::Counter& inference_cpu_ =
      counter("winnow_inference_cpu_seconds_total", "Processor time of the model").Add({});
  prometheus::Family<prometheus::Counter>& reloads_ = counter("winnow_reload_total", "Reloads, by result");
  prometheus::Counter& reload_ok_ = reloads_.Add({{"result", "ok"}});
  prometheus::Counter& reload_failed_ = reloads_.Add({{"result", "failed"}});
  prometheus::Gauge& last_reload_ =
      prometheus::BuildGauge()
          .Name("winnow_last_reload_successful")
          .Help("0 when the last reload failed: a restart would not have these settings, rules and model")
          .Register(registry_)
          .Add({}, 1);
  prometheus::Counter& skipped_ = counter("winnow_skipped_total", "Messages accepted unseen by milter.skip").Add({});
  prometheus::Counter& refused_ =
      counter("winnow_modifications_refused_total", "Changes of messages that the MTA did not take").Add({});
  prometheus::Counter& unsent_ =
      counter("winnow_answers_unsent_total", "Answers that could not be handed over; on_error took their place")
          .Add({});
  prometheus::Family<prometheus::Gauge>& model_ = prometheus::BuildGauge()
                                                      .Name("winnow_model_info")
                                                      .Help("1 for the model that answers now, 0 for those before it")
                                                      .Register(registry_);
  prometheus::Gauge* current_model_ = nullptr;  // set by one thread: start, then reload
  Histogram& total_ = prometheus::BuildHistogram()
                          .Name("winnow_judge_seconds")
                          .Help("Time from end of message to the answer, of messages that were judged")
                          .Register(registry_)
                          .Add({}, kTotalBounds);
  prometheus::Family<Histogram>& stages_ = prometheus::BuildHistogram()
                                               .Name("winnow_stage_seconds")
                                               .Help("Time of one step of the judgement; infer is that of the batch")
                                               .Register(registry_);
  Histogram& parse_ = stage("parse");
  Histogram& features_ = stage("features");
  Histogram& queue_ = stage("queue");
  Histogram& infer_ = stage("infer");
  Histogram& rules_ = stage("rules");
  Histogram& reasons_ = stage("reasons");
  Histogram& batch_ = prometheus::BuildHistogram()
                          .Name("winnow_batch_messages")
                          .Help("Messages in the batch that a message was scored in")
                          .Register(registry_)
                          .Add({}, Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024});
};

// A series that is 0 is better than none: what an alert compares with must be there before the first failure.
PrometheusMetrics::PrometheusMetrics() {
  for (const Verdict verdict : kVerdicts)
    by_verdict_[static_cast<std::size_t>(verdict)] = &messages_.Add({{"verdict", std::string(verdict_name(verdict))}});
  for (const ReasonsResult result : kReasonsResults) {
    by_reasons_result_[static_cast<std::size_t>(result)] =
        &reasons_total_.Add({{"result", std::string(reasons_result_name(result))}});
  }
  for (const ScoreError cause : {ScoreError::Busy, ScoreError::Deadline, ScoreError::ModelFailed, ScoreError::Stopped,
                                 ScoreError::Gone, ScoreError::Internal}) {
    for (const OnError action : {OnError::Accept, OnError::TempFail}) fallbacks_.Add(labels_of({cause, action, {}}));
  }
}

/// Only the messages whose reasons were looked for tell how long that takes.
void PrometheusMetrics::asked_for_reasons(ReasonsResult result, std::chrono::microseconds took) {
  by_reasons_result_[static_cast<std::size_t>(result)]->Increment();
  if (took.count() > 0) reasons_.Observe(seconds(took));
}

void PrometheusMetrics::judged(const Judgement& judgement, std::chrono::microseconds total) {
  const Decision& decision = judgement.decision;
  by_verdict_[static_cast<std::size_t>(decision.verdict)]->Increment();
  std::set<std::string> rules{decision.rule};
  for (const RecipientDecision& one : judgement.recipients) rules.insert(one.decision.rule);
  rules.erase("");
  for (const std::string& rule : rules) enforced_.of(rule).Increment();
  for (const std::string& rule : decision.monitored) monitored_.of(rule).Increment();
  total_.Observe(seconds(total));
  parse_.Observe(seconds(judgement.timings.parse));
  features_.Observe(seconds(judgement.timings.features));
  queue_.Observe(seconds(judgement.timings.queue));
  infer_.Observe(seconds(judgement.timings.infer));
  rules_.Observe(seconds(judgement.timings.rules));
  if (judgement.reasons_result) asked_for_reasons(*judgement.reasons_result, judgement.timings.reasons);
  batch_.Observe(static_cast<double>(judgement.batch_size));
  inference_cpu_.Increment(std::chrono::duration<double>(judgement.inference_cpu).count());
  if (!judgement.stand_in_cause.empty()) stand_in_causes_.of(std::string(judgement.stand_in_cause)).Increment();
}

void PrometheusMetrics::fallback(const Fallback& fallback) { fallbacks_.Add(labels_of(fallback)).Increment(); }

void PrometheusMetrics::model(const std::string& name, const std::string& sha256) {
  if (current_model_ != nullptr) current_model_->Set(0);
  current_model_ = &model_.Add({{"name", name}, {"sha256", sha256}});
  current_model_->Set(1);
}

}  // namespace

std::unique_ptr<Metrics> make_metrics() { return std::make_unique<PrometheusMetrics>(); }

}  // namespace winnow
