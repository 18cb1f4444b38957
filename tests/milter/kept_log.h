// kept_log.h - metrics and a log that only remember. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "milter/log.h"
#include "milter/metrics.h"

namespace winnow {

class CountingMetrics : public Metrics {
 public:
  void judged(const Judgement&, std::chrono::microseconds) override { ++judged_; }
  void fallback(const Fallback& fallback) override { causes_.push_back(fallback.cause); }
  void skipped() override { ++skipped_; }
  void in_flight(std::size_t) override {}
  void reload(bool) override {}
  void model(const std::string&, const std::string&) override {}
  std::string text() const override { return ""; }

  int judged_ = 0, skipped_ = 0;
  std::vector<ScoreError> causes_;
};

class KeptLog : public Log {
 public:
  void write(LogLevel, const std::string& line) override { lines_.push_back(line); }
  std::vector<std::string> lines_;
};

}  // namespace winnow
