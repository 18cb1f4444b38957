#include "engine/torch/finished_model.h"

#include <torch/script.h>

#include <cstdint>
#include <vector>

#include "engine/torch/guard.h"
#include "engine/torch/torch_model.h"

namespace winnow {
namespace {

std::vector<torch::jit::IValue> probe_inputs(const ModuleParts& parts) {
  constexpr std::int64_t kMessages = 8, kTokens = 512;
  const std::int64_t dense = parts.mlp[0].size(0) - (parts.table.columns() - parts.labels);
  std::vector<std::int64_t> tokens;
  for (std::int64_t i = 0; i < kTokens; ++i) tokens.push_back(i * 2654435761 % parts.table.rows);
  parts.table.mix_into(tokens);
  return {torch::tensor(tokens, torch::kLong), torch::linspace(0.01, 0.5, kTokens),
          torch::arange(kMessages, torch::kLong).mul(kTokens / kMessages),
          torch::linspace(-1, 1, kMessages * dense).view({kMessages, dense})};
}

/// Attributes of the same names do not make the same model: what it computes does.
Status check_computes_the_same(torch::jit::Module& original, const ModuleParts& parts) {
  torch::jit::Module ours = make_shipped_module(parts, pack_table(parts.table, kFloatBits));
  ours.run_method("prepare");
  const torch::jit::IValue theirs = original.forward(probe_inputs(parts));
  const torch::Tensor expected = ours.forward(probe_inputs(parts)).toTensor();
  // Shards add the same numbers in another order.
  const double tolerance = is_sharded(original) ? 1e-5 : 0;
  if (theirs.isTensor() && theirs.toTensor().sizes() == expected.sizes() &&
      torch::allclose(theirs.toTensor(), expected, tolerance, tolerance))
    return Status::ok();
  return Status::failed("its forward() computes something else");
}

}  // namespace

Status read_finished_model(std::string_view archive, ModuleParts& parts) {
  torch::jit::Module module;
  if (Status status = load_checked_module(archive, module); !status) return status;
  const Status status = guarded("reading the model", [&] {
    const torch::NoGradGuard no_grad;
    module.eval();
    if (module.find_method("prepare")) module.run_method("prepare");
    if (Status read = read_parts(module, parts); !read) return read;
    return check_computes_the_same(module, parts);
  });
  return status ? status : Status::failed("is not a model as 'winnow train' makes it: " + status.error());
}

}  // namespace winnow
