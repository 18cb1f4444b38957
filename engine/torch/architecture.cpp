#include "engine/torch/architecture.h"

#include <torch/script.h>

#include <cmath>
#include <random>

#include "engine/torch/quantize.h"

namespace winnow {
namespace {

// Columns of the table: first the linear part (one per label), then the embedding.
constexpr const char* kForward = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    bag = torch.embedding_bag(self.table, tokens, offsets, False, 0, True, weights)[0]
    joined = torch.cat([bag[:, self.labels:], dense], 1)
    hidden = torch.relu(torch.addmm(self.hidden_bias, joined, self.hidden_weight))
    return bag[:, :self.labels] + torch.addmm(self.output_bias, hidden, self.output_weight)
)";

constexpr const char* kPrepare = R"(
def prepare(self) -> None:
    self.table = self.table_int8.float() * self.table_scale.float().unsqueeze(1)
)";

std::int64_t table_columns(const ArchitectureSpec& spec) {
  return static_cast<std::int64_t>(spec.labels + spec.embedding_width);
}

/// Uniform in +-1/sqrt(rows), as torch.nn.Linear starts; from our own generator, so that a seed means the same weights
/// with every LibTorch.
torch::Tensor random_matrix(std::size_t rows, std::size_t columns, std::mt19937_64& generator) {
  torch::Tensor matrix = torch::empty({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)});
  const float bound = 1.0f / std::sqrt(static_cast<float>(rows));
  float* values = matrix.data_ptr<float>();
  for (std::size_t i = 0; i < rows * columns; ++i) {
    const auto unit = static_cast<float>(generator() >> 40) / static_cast<float>(1u << 24);
    values[i] = (2 * unit - 1) * bound;
  }
  return matrix;
}

void define_module(torch::jit::Module& module, const ArchitectureSpec& spec) {
  module.register_attribute("labels", c10::IntType::get(), static_cast<std::int64_t>(spec.labels));
  module.define(kForward);
}

constexpr const char* kMlpNames[] = {"hidden_weight", "hidden_bias", "output_weight", "output_bias"};

}  // namespace

torch::jit::Module make_trained_module(const ArchitectureSpec& spec, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  const std::size_t joined = spec.embedding_width + spec.dense_width;
  torch::jit::Module module("WinnowBag");
  const auto add = [&module](const char* name, torch::Tensor value) {
    module.register_parameter(name, value.set_requires_grad(true), /*is_buffer=*/false);
  };
  add("table", torch::zeros({static_cast<std::int64_t>(spec.table_size), table_columns(spec)}));
  add("hidden_weight", random_matrix(joined, spec.hidden_width, generator));
  add("hidden_bias", torch::zeros({static_cast<std::int64_t>(spec.hidden_width)}));
  add("output_weight", random_matrix(spec.hidden_width, spec.labels, generator));
  add("output_bias", torch::zeros({static_cast<std::int64_t>(spec.labels)}));
  define_module(module, spec);
  return module;
}

torch::jit::Module mean_module(const WeighedModule& a, const WeighedModule& b) {
  const torch::NoGradGuard no_grad;
  const auto of = [](const WeighedModule& m, const char* name) { return m.module.attr(name).toTensor().detach(); };
  const auto weighed = [&](const char* name, bool side_by_side) {
    const torch::Tensor first = of(a, name) * a.part, second = of(b, name) * b.part;
    return side_by_side ? torch::cat({first, second}, 0) : first + second;
  };
  const auto labels = static_cast<std::int64_t>(a.spec.labels);
  const auto columns = [&](const WeighedModule& m, bool linear) {
    const torch::Tensor table = of(m, "table");
    return linear ? table.narrow(1, 0, labels) * m.part : table.narrow(1, labels, table.size(1) - labels);
  };
  // Each model's hidden units see its own embedding only, and the dense features.
  const auto hidden = [&](const WeighedModule& m, bool embedding) {
    const torch::Tensor weight = of(m, "hidden_weight");
    const auto width = static_cast<std::int64_t>(m.spec.embedding_width);
    return embedding ? weight.narrow(0, 0, width) : weight.narrow(0, width, weight.size(0) - width);
  };
  torch::jit::Module module("WinnowBag");
  const auto add = [&module](const char* name, torch::Tensor value) {
    module.register_parameter(name, value.contiguous().set_requires_grad(true), /*is_buffer=*/false);
  };
  add("table", torch::cat({columns(a, true) + columns(b, true), columns(a, false), columns(b, false)}, 1));
  add("hidden_weight", torch::cat({torch::block_diag({hidden(a, true), hidden(b, true)}),
                                   torch::cat({hidden(a, false), hidden(b, false)}, 1)}));
  add("hidden_bias", torch::cat({of(a, "hidden_bias"), of(b, "hidden_bias")}));
  add("output_weight", weighed("output_weight", true));
  add("output_bias", weighed("output_bias", false));
  define_module(module, a.spec);
  return module;
}

torch::jit::Module make_shipped_module(const ArchitectureSpec& spec, const torch::jit::Module& trained) {
  const torch::NoGradGuard no_grad;
  torch::jit::Module module("WinnowBag");
  const QuantizedTable table = quantize_rows(trained.attr("table").toTensor().detach());
  const auto add = [&module](const char* name, const torch::Tensor& value) {
    module.register_parameter(name, value, /*is_buffer=*/true);
  };
  add("table_int8", table.values);
  add("table_scale", table.scales);
  add("table", torch::zeros({0, table_columns(spec)}));
  for (const char* name : kMlpNames) add(name, trained.attr(name).toTensor().detach().clone());
  define_module(module, spec);
  module.define(kPrepare);
  return module;
}

}  // namespace winnow
