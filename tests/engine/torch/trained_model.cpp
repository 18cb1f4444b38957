#include "tests/engine/torch/trained_model.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <sstream>
#include <vector>

#include "engine/trainer.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {

TokenBatch trained_on(std::size_t seed) {
  TokenBatch batch;
  for (std::size_t message = 0; message < 16; ++message) {
    std::vector<std::int64_t> tokens;
    for (std::size_t i = 0; i < 30 * (message % 4); ++i)
      tokens.push_back(static_cast<std::int64_t>((seed * 977 + message * 131 + i * i * 37) % kTrainedRows));
    batch.add(tokens, std::vector<float>(tokens.size(), 0.2f), {0.1f, 0.5f * static_cast<float>(message % 2)});
  }
  return batch;
}

std::string trained_archive() {
  ArchitectureSpec spec;
  spec.table_size = kTrainedRows;
  spec.dense_width = 2;
  spec.hidden_width = 8;
  spec.labels = 2;
  OptimizerSpec fast;
  fast.learning_rate = 0.05;
  std::unique_ptr<Trainer> trainer;
  std::vector<std::int64_t> rows;
  for (const std::int64_t row : all_rows(kTrainedRows)) {
    if (row % 3 != 1) rows.push_back(row);
  }
  EXPECT_TRUE(backend().make_trainer(spec, rows, fast, trainer));
  for (std::size_t step = 0; step < 20; ++step) {
    std::vector<float> targets;
    for (std::size_t i = 0; i < 32; ++i) targets.push_back(i / 2 % 2 == 0 ? 1.0f : 0.0f);
    double loss = 0;
    EXPECT_TRUE(trainer->step(trained_on(step), targets, std::vector<float>(32, 1.0f), loss));
  }
  std::string bytes;
  EXPECT_TRUE(trainer->save("{}", bytes));
  return bytes;
}

std::string archive_with_forward(const std::string& archive, const std::string& code) {
  std::istringstream file(archive);
  torch::jit::Module from = torch::jit::load(file);
  from.run_method("prepare");
  torch::jit::Module module("WinnowBag");
  for (const auto& buffer : from.named_buffers()) module.register_buffer(buffer.name, buffer.value);
  module.register_attribute("labels", c10::IntType::get(), from.attr("labels"));
  module.define(code);
  std::ostringstream bytes;
  module.save(bytes);
  return bytes.str();
}

}  // namespace winnow
