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
  void refused(std::size_t modifications) override { refused_ += modifications; }
  void unsent() override { ++unsent_; }
  void reload(ReloadResult result) override { reloads_.push_back(result); }
  void model(const std::string& name, const std::string&) override { models_.push_back(name); }
  std::string text() const override { return ""; }

  int judged_ = 0, skipped_ = 0, unsent_ = 0;
  std::size_t refused_ = 0;
  std::vector<std::string> models_;
  std::vector<ScoreError> causes_;
  std::vector<ReloadResult> reloads_;
};

class KeptLog : public Log {
 public:
  void write(LogLevel level, const std::string& line) override {
    levels_.push_back(level);
    lines_.push_back(line);
  }
  std::vector<LogLevel> levels_;
  std::vector<std::string> lines_;
};

}  // namespace winnow
