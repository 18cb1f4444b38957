// trainer_lesson.h - a small model and invented lessons that it can learn.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/trainer.h"
#include "tests/engine/torch/model_archive.h"

namespace winnow {

inline constexpr std::size_t kDense = 3;

inline ArchitectureSpec small_architecture() {
  ArchitectureSpec spec;
  spec.table_size = 256;
  spec.embedding_width = 4;
  spec.dense_width = kDense;
  spec.hidden_width = 8;
  return spec;
}

inline std::unique_ptr<Trainer> make(const ArchitectureSpec& architecture, const OptimizerSpec& optimizer = {}) {
  std::unique_ptr<Trainer> trainer;
  const Status status = backend().make_trainer(architecture, all_rows(architecture.table_size), optimizer, trainer);
  EXPECT_TRUE(status) << status.error();
  return trainer;
}

struct Lesson {
  TokenBatch batch;
  std::vector<float> targets, importance;
};

/// Spam has tokens 10..19, ham 20..29, both share 30..39; the seed only moves which.
inline Lesson lesson(int seed) {
  Lesson lesson;
  for (int message = 0; message < 16; ++message) {
    const bool spam = message % 2 == 0;
    std::vector<std::int64_t> tokens;
    for (int i = 0; i < 4; ++i) tokens.push_back((spam ? 10 : 20) + (seed * 7 + message + i * 3) % 10);
    for (int i = 0; i < 4; ++i) tokens.push_back(30 + (seed + message * 3 + i) % 10);
    lesson.batch.add(tokens, std::vector<float>(tokens.size(), 0.35f),
                     {0.1f, 0.2f * static_cast<float>(message % 3), 1});
    lesson.targets.push_back(spam ? 1.0f : 0.0f);
  }
  lesson.importance.assign(lesson.targets.size(), 1.0f);
  return lesson;
}

inline double train(Trainer& trainer, int first, int last) {
  double loss = 0;
  for (int i = first; i < last; ++i) {
    const Lesson now = lesson(i);
    const Status status = trainer.step(now.batch, now.targets, now.importance, loss);
    EXPECT_TRUE(status) << status.error();
  }
  return loss;
}

inline std::vector<float> predict(Trainer& trainer, const TokenBatch& batch) {
  std::vector<float> logits;
  const Status status = trainer.predict(batch, logits);
  EXPECT_TRUE(status) << status.error();
  return logits;
}

inline std::vector<float> run_shipped(Trainer& trainer, const TokenBatch& batch, std::string* archive = nullptr) {
  std::string bytes;
  Status status = trainer.save("{}", bytes);
  EXPECT_TRUE(status) << status.error();
  std::unique_ptr<Model> model;
  status = backend().load(bytes, {}, model);
  EXPECT_TRUE(status) << status.error();
  std::vector<float> logits;
  if (model) status = model->run(batch, logits);
  EXPECT_TRUE(status) << status.error();
  if (archive != nullptr) *archive = bytes;
  return logits;
}

}  // namespace winnow
