// batcher_fixture.h - batchers of models that tell what they did.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "engine/batcher.h"
#include "tests/engine/await.h"
#include "tests/engine/fake_models.h"

namespace winnow {

class BatcherTest : public ::testing::Test {
 protected:
  std::unique_ptr<Batcher> make(const BatchSettings& settings, std::size_t models = 1,
                                std::shared_ptr<Gate> gate = {}) {
    std::vector<std::unique_ptr<Model>> replicas;
    for (std::size_t i = 0; i < models; ++i) replicas.push_back(std::make_unique<DifferentiableSumModel>(log_, gate));
    return make_batcher(std::move(replicas), settings);
  }

  std::shared_ptr<ModelLog> log_ = std::make_shared<ModelLog>();
};

}  // namespace winnow
