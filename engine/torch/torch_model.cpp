#include "engine/torch/torch_model.h"

#include <torch/cuda.h>
#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/torch/architecture.h"
#include "engine/torch/archive_scan.h"
#include "engine/torch/fused_bag.h"
#include "engine/torch/guard.h"
#include "engine/torch/memory_reader.h"
#include "engine/torch/operator_check.h"
#include "engine/torch/program.h"
#include "engine/torch/program_model.h"
#include "engine/torch/tensor_memory.h"

namespace winnow {
namespace {

Status check_forward(const torch::jit::Module& module) {
  const auto forward = module.find_method("forward");
  if (!forward) return Status::failed("the model has no forward()");
  const std::size_t arguments = forward->num_inputs();  // self included
  if (arguments != 5)
    return Status::failed("forward() takes " + std::to_string(arguments - 1) +
                          " inputs, not the four (tokens, weights, offsets, dense)");
  return Status::ok();
}

/// Loaded outside InferenceMode: inference tensors could not be changed by prepare() or folded by freeze.
void unpack(torch::jit::Module& module) {
  module.eval();
  if (module.find_method("prepare")) module.run_method("prepare");
}

/// What the module answers to the probe as it was loaded, on the CPU.
Status answers_as_loaded(const torch::jit::Module& module, const TokenBatch& probe, std::vector<float>& answers) {
  if (probe.messages == 0) return Status::ok();
  ProgramModel plain(make_whole_program(module, "as loaded"), Site{});
  const Status status = plain.run(probe, answers);
  if (status) return status;
  return Status::failed("failed on a probe of " + std::to_string(probe.messages) + " messages: " + status.error());
}

/// How far an answer may be from that of the module as it was loaded, as a share of the answer, or of 1 if it is less.
double allowed_difference(const Site& site) {
  if (site.precision == Precision::Half)
    return 2e-2;  // half precision has 11 bits, and a logit is a sum of many rounded terms
  return site.uses_gpu() ? 1e-3 : 1e-5;
}

Status check_answers(Model& model, const Site& site, const TokenBatch& probe, const std::vector<float>& expected) {
  if (probe.messages == 0) return Status::ok();
  std::vector<float> answers;
  if (Status status = model.run(probe, answers); !status) return status;
  if (answers.size() != expected.size())
    return Status::failed("answers " + std::to_string(answers.size()) + " numbers to a probe where it answered " +
                          std::to_string(expected.size()) + " as it was loaded (" + model.form() + ")");
  const double allowed = allowed_difference(site);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double truth = expected[i], difference = std::abs(answers[i] - truth);
    if (!std::isnan(truth) && !(difference <= allowed * std::max(1.0, std::abs(truth))))
      return Status::failed("answers " + std::to_string(answers[i]) + " to a probe where it answered " +
                            std::to_string(expected[i]) + " as it was loaded (" + model.form() + ")");
  }
  return Status::ok();
}

Status make_program(const torch::jit::Module& module, const Placement& placement, const Site& site,
                    std::unique_ptr<Program>& program) {
  if (site.devices.size() > 1 && placement.stages.empty())
    return Status::failed("a model that is not in parts runs on one device");
  if (site.devices.size() > 1)
    return make_parted_program(module, placement.stages, site.devices, site.precision, program);
  program = make_whole_program(freeze_on(module, site.home(), site.precision), "frozen");
  return Status::ok();
}

/// LibTorch's optimizer for the CPU, where it changes anything and answers the same.
void optimize(ProgramModel& model, const torch::jit::Module& module, const Site& site, const TokenBatch& probe,
              const std::vector<float>& expected) {
  std::unique_ptr<Program> faster = make_optimized_program(module);
  if (faster == nullptr) return;
  model.run_by(std::move(faster));
  if (!check_answers(model, site, probe, expected)) model.run_by(nullptr);
}

Site site_of(const Placement& placement) {
  Site site;
  site.devices.clear();
  for (const std::string& name : placement.devices) site.devices.emplace_back(name);
  site.precision = placement.half ? Precision::Half : Precision::Float;
  return site;
}

/// The weights were converted on the default stream; the model has one of its own.
void await_devices(const Site& site) {
  for (const torch::Device& device : site.devices) {
    if (device.is_cuda()) torch::cuda::synchronize(device.index());
  }
}

/// The probe as it is, but for a model with the default architecture's weights: that must show its rows, too.
TokenBatch probe_for(const torch::jit::Module& module, TokenBatch probe) {
  ModuleParts parts;
  if (read_parts(module, parts)) parts.table.mix_into(probe.tokens);
  return probe;
}

/// The default architecture in our own loops; null for any other, and where it answers otherwise.
std::unique_ptr<Model> fuse(const torch::jit::Module& module, const Site& site, const TokenBatch& probe,
                            const std::vector<float>& expected) {
  ModuleParts parts;
  if (is_sharded(module) || !read_parts(module, parts) || !has_default_forward(module, parts)) return nullptr;
  auto fused = std::make_unique<FusedBag>(std::make_shared<const BagNetwork>(parts));
  return check_answers(*fused, site, probe, expected) ? std::move(fused) : nullptr;
}

Status load_placed(torch::jit::Module module, const Placement& placement, std::unique_ptr<Model>& model) {
  const torch::NoGradGuard no_grad;
  const Site site = site_of(placement);
  unpack(module);
  const TokenBatch probe = probe_for(module, placement.probe);
  std::vector<float> expected;
  if (Status status = answers_as_loaded(module, probe, expected); !status) return status;
  const bool checked_on_cpu =
      site.devices.size() == 1 && site.home().is_cpu() && site.precision == Precision::Float && probe.messages > 0;
  if (checked_on_cpu) model = fuse(module, site, probe, expected);
  if (model != nullptr) return Status::ok();
  keep_tensor_memory();
  std::unique_ptr<Program> program;
  if (Status status = make_program(module, placement, site, program); !status) return status;
  await_devices(site);
  auto loaded = std::make_unique<ProgramModel>(std::move(program), site);
  if (Status status = check_answers(*loaded, site, probe, expected); !status) return status;
  if (checked_on_cpu) optimize(*loaded, module, site, probe, expected);
  model = std::move(loaded);
  return Status::ok();
}

}  // namespace

Status load_checked_module(std::string_view archive, torch::jit::Module& module) {
  ModelInspection inspection;
  if (Status status = scan_archive(archive, inspection); !status) return status;
  return guarded("loading the model", [&] {
    // Onto the CPU first: the file may come from a machine with a GPU that this one does not have.
    module = torch::jit::load(std::make_shared<MemoryReader>(archive), torch::Device(torch::kCPU));
    if (Status status = check_operators(module); !status) return status;
    return check_forward(module);
  });
}

Status load_torch_model(std::string_view archive, const Placement& placement, std::unique_ptr<Model>& model) {
  torch::jit::Module module;
  if (Status status = load_checked_module(archive, module); !status) return status;
  Status status = guarded("loading the model", [&] { return load_placed(std::move(module), placement, model); });
  give_back_free_memory();
  return status;
}

}  // namespace winnow
