// program_model.h - a Program as a Model: batches onto its devices, answers and derivatives back.
//
// Owns:    the program, the memory that batches are copied from, and on a GPU a stream of its own.
// Threads: see engine/model.h.
// Fails:   a failed Status; nothing throws. failure_cause() says when it was the device's fault.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/Stream.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model.h"
#include "engine/torch/packed_inputs.h"
#include "engine/torch/program.h"

namespace winnow {

/// Where a program computes, and how precisely.
struct Site {
  std::vector<at::Device> devices = {at::Device(at::kCPU)};
  Precision precision = Precision::Float;

  /// Where its inputs are expected.
  const at::Device& home() const { return devices.front(); }
  bool uses_gpu() const;
};

class ProgramModel : public Model {
 public:
  ProgramModel(std::unique_ptr<Program> program, const Site& site);

  /// From now on run() goes by `faster`, which computes the same but may have no derivatives; null: no longer.
  void run_by(std::unique_ptr<Program> faster) { faster_ = std::move(faster); }

  Status run(const TokenBatch& batch, std::vector<float>& logits) override;
  Status differentiate(const TokenBatch& batch, std::size_t label, Gradients& gradients) override;
  std::string_view failure_cause() const override { return failure_cause_; }
  std::string device() const override;
  std::string form() const override;

 private:
  Status compute(const TokenBatch& batch, std::vector<float>& logits);
  Status find_gradients(const TokenBatch& batch, std::size_t label, Gradients& gradients);
  BatchTensors placed(const TokenBatch& batch);
  BatchTensors in_precision(BatchTensors inputs) const;
  Status remember(Status status);

  const std::unique_ptr<Program> program_;
  std::unique_ptr<Program> faster_;
  std::vector<at::Tensor> constants_;
  const Site site_;
  const std::optional<c10::Stream> stream_;
  PackedInputs packed_;
  std::string_view failure_cause_ = "model";
};

}  // namespace winnow
