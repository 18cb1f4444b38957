#include "models/judged_mail.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "models/compress.h"

namespace winnow {
namespace {

constexpr std::size_t kTimedMessages = 256;
constexpr int kRounds = 7;

double cpu_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

/// Microseconds of the whole round.
Status time_round(Model& model, const std::vector<TokenBatch>& batches, double& microseconds) {
  std::vector<float> logits;
  const double begin = cpu_microseconds();
  for (const TokenBatch& batch : batches) {
    if (Status status = model.run(batch, logits); !status) return status;
  }
  microseconds = std::min(microseconds, cpu_microseconds() - begin);
  return Status::ok();
}

}  // namespace

bool JudgedMail::read(const ExtractOptions& options, const FeatureExtractor& extractor,
                      const std::function<bool(std::size_t, std::size_t)>& on_progress, Diagnostics& problems) {
  const std::size_t total = count_labelled_mail(options.sources, options.filter);
  const std::size_t errors = problems.error_count();
  std::size_t done = 0;
  bool wanted = true;
  extract_mail(options, extractor, problems, [&](ExtractedMail&& mail) {
    mail_.add(std::move(mail));
    return wanted = on_progress(++done, total);
  });
  if (mail_.forgotten() > 0)
    problems.warning({}, std::to_string(mail_.forgotten()) + " of " + std::to_string(done) +
                             " messages left out to keep within the memory limit");
  return wanted && problems.error_count() == errors;
}

std::size_t JudgedMail::count_spam() const {
  std::size_t count = 0;
  for (std::size_t at = 0; at < mail_.size(); ++at) count += is_spam(mail_.label(at)) ? 1 : 0;
  return count;
}

TokenBatch JudgedMail::batch(std::size_t begin, std::size_t end) const {
  TokenBatch batch;
  for (std::size_t at = begin; at < std::min(end, mail_.size()); ++at) mail_.append_to(batch, at);
  return batch;
}

Status JudgedMail::judge(Model& model, const Manifest& manifest, std::vector<double>& probabilities) const {
  probabilities.clear();
  const std::size_t labels = manifest.labels.size();
  for (std::size_t begin = 0; begin < mail_.size(); begin += kBatch) {
    const TokenBatch messages = batch(begin, begin + kBatch);
    std::vector<float> logits;
    if (Status status = model.run(messages, logits); !status) return status;
    if (logits.size() != messages.messages * labels)
      return Status::failed("the model has other labels than its manifest");
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double prior = manifest.prior_spam;
      const auto probability = calibrate(logits[i], manifest.calibration[i % labels], prior, prior);
      if (!probability) return Status::failed("the model gives something that is not a number");
      probabilities.push_back(probability->value());
    }
  }
  return Status::ok();
}

Evaluation JudgedMail::measure(const std::vector<double>& probabilities) const {
  const std::size_t labels = probabilities.size() / std::max<std::size_t>(1, mail_.size());
  std::vector<ScoredMail> scored;
  for (std::size_t at = 0; at < mail_.size(); ++at)
    scored.push_back({"", mail_.corpus(at), mail_.label(at), probabilities[at * labels]});
  return evaluate(scored);
}

Status JudgedMail::time(Model& first, Model& second, Speed& of_first, Speed& of_second) const {
  const std::size_t count = std::min(kTimedMessages, mail_.size()), step = mail_.size() / count;
  std::vector<TokenBatch> alone, batched;
  for (std::size_t i = 0; i < count; ++i) {
    alone.push_back(batch(i * step, i * step + 1));  // spread over all the mail: sources differ in length
    if (i % kBatch == 0) batched.emplace_back();
    mail_.append_to(batched.back(), i * step);
  }
  constexpr double kNever = std::numeric_limits<double>::infinity();
  of_first = of_second = {kNever, kNever};
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& [model, speed] : {std::pair{&first, &of_first}, std::pair{&second, &of_second}}) {
      if (Status status = time_round(*model, alone, speed->us_alone); !status) return status;
      if (Status status = time_round(*model, batched, speed->us_batched); !status) return status;
    }
  }
  for (double* sum : {&of_first.us_alone, &of_first.us_batched, &of_second.us_alone, &of_second.us_batched})
    *sum /= static_cast<double>(count);
  return Status::ok();
}

Loss loss_between(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> changes;
  for (std::size_t i = 0; i < before.size(); ++i) changes.push_back(std::abs(after[i] - before[i]));
  if (changes.empty()) return {};
  std::sort(changes.begin(), changes.end());
  Loss loss;
  loss.max_change = changes.back();
  loss.p99_change = changes[(changes.size() - 1) * 99 / 100];
  return loss;
}

}  // namespace winnow
