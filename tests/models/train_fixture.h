// train_fixture.h - trainings of a small model on invented mail in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/torch_backend.h"
#include "models/train.h"
#include "models/whole_file.h"
#include "tests/models/temp_folder.h"

namespace winnow {

inline constexpr std::size_t kOfEach = 120;

/// Invented mail that differs in its words, never the same twice.
inline std::string invented(Label label, std::size_t number) {
  const bool spam = label == Label::Spam;
  const std::vector<std::string> words =
      spam ? std::vector<std::string>{"winner", "prize", "claim", "lottery", "urgent", "million"}
           : std::vector<std::string>{"meeting", "minutes", "garden", "roof", "tuesday", "drawing"};
  const std::string& one = words[number % 6];
  const std::string& two = words[(number / 6 + 2) % 6];
  return "From: <a" + std::to_string(number) + "@example.org>\nTo: <b@example.net>\nSubject: " + one + " " +
         std::to_string(number * 7919 % 1000) + "\n\n" + two + " and " + one + ", number " + std::to_string(number) +
         ".\n";
}

class Train : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    if (load_torch_backend(error) == nullptr) GTEST_SKIP() << error;
    for (std::size_t i = 0; i < kOfEach; ++i) {
      folder_.write("spam/" + std::to_string(i), invented(Label::Spam, i));
      folder_.write("ham/" + std::to_string(i), invented(Label::Ham, i));
    }
    options_.sources = {{folder_.path() / "spam", Label::Spam}, {folder_.path() / "ham", Label::Ham}};
    options_.output = folder_.path() / "site.pt";
    options_.created = "2026-01-02";
    options_.architecture.table_size = 1u << 12;
    options_.held_out = 0.25;
    options_.epochs = 3;
    options_.batch_size = 16;
  }

  bool train(const std::function<bool(const TrainProgress&)>& on_progress = [](const TrainProgress&) { return true; }) {
    problems_ = {};
    report_ = {};
    return train_model(options_, on_progress, report_, problems_);
  }

  std::string output() const {
    std::string bytes;
    EXPECT_TRUE(read_whole_file(options_.output, bytes));
    return bytes;
  }

  /// Null, with problems, when the model cannot be used.
  std::shared_ptr<Engine> load(const std::filesystem::path& model) {
    EngineSettings settings;
    settings.model = model;
    settings.device = "cpu";
    return make_engine(settings, problems_);
  }

  test::TempFolder folder_;
  TrainOptions options_;
  TrainReport report_;
  Diagnostics problems_;
};

}  // namespace winnow
