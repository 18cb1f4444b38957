#include "engine/torch/architecture.h"

#include <torch/script.h>

#include <cmath>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "engine/parts.h"

namespace winnow {
namespace {

// Columns of the table: first the linear part (one per label), then the embedding.
constexpr const char* kTrainedForward = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    bag = torch.embedding_bag(self.table, tokens, offsets, False, 0, True, weights)[0]
)";

constexpr const char* kShippedForward = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    rows = self.places.index_select(0, tokens).long()
    bag = torch.embedding_bag(self.table, rows, offsets, False, 0, True, weights)[0]
)";

// A shard holds some rows; tokens of other shards' rows count nothing here.
constexpr const char* kShardForward = R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor) -> Tensor:
    row = tokens - self.first
    is_here = torch.logical_and(row >= 0, row < self.places.size(0))
    here = torch.where(is_here, row, torch.zeros_like(row))
    rows = self.places.index_select(0, here).long()
    return torch.embedding_bag(self.table, rows, offsets, False, 0, True, weights * is_here)[0]
)";

constexpr const char* kHeadForward = R"(
def forward(self, previous: Tensor, dense: Tensor) -> Tensor:
    bag = previous
)";

constexpr const char* kLayers = R"(
    joined = torch.cat([bag[:, self.labels:], dense], 1)
    hidden = torch.relu(torch.addmm(self.hidden_bias, joined, self.hidden_weight))
    return bag[:, :self.labels] + torch.addmm(self.output_bias, hidden, self.output_weight)
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

constexpr const char* kMlpNames[] = {"hidden_weight", "hidden_bias", "output_weight", "output_bias"};
constexpr std::size_t kMlpDimensions[] = {2, 1, 2, 1};

void define_forward(torch::jit::Module& module, std::int64_t labels, const char* beginning) {
  module.register_attribute("labels", c10::IntType::get(), labels);
  module.define(std::string(beginning) + kLayers);
}

void add_buffer(torch::jit::Module& module, const char* name, const torch::Tensor& value) {
  module.register_parameter(name, value.detach().clone(), /*is_buffer=*/true);
}

torch::jit::Module make_shard(const PackedTable& packed, std::int64_t first) {
  torch::jit::Module shard("WinnowShard");
  add_packed_table(shard, packed);
  shard.register_attribute("first", c10::IntType::get(), first);
  shard.define(kShardForward);
  return shard;
}

torch::jit::Module make_head(const ModuleParts& parts) {
  torch::jit::Module head("WinnowHead");
  for (std::size_t i = 0; i < std::size(kMlpNames); ++i) add_buffer(head, kMlpNames[i], parts.mlp[i]);
  define_forward(head, parts.labels, kHeadForward);
  return head;
}

/// The code of the module that calls the shards and the head: what the file is for whoever runs it whole.
std::string sharded_code(const std::vector<std::string>& shards) {
  std::string forward =
      "def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:\n";
  std::string prepare = "def prepare(self) -> None:\n";
  for (const std::string& shard : shards) {
    const bool first = shard == shards.front();
    forward +=
        std::string("    bag = ") + (first ? "" : "bag + ") + "self." + shard + ".forward(tokens, weights, offsets)\n";
    prepare += "    self." + shard + ".prepare()\n";
  }
  return forward + "    return self.head.forward(bag, dense)\n" + prepare;
}

Status read_tensor(const torch::jit::Module& module, const std::string& name, std::size_t dimensions,
                   torch::Tensor& tensor) {
  if (!module.hasattr(name) || !module.attr(name).isTensor()) return Status::failed("it has no '" + name + "'");
  tensor = module.attr(name).toTensor().detach();
  if (tensor.scalar_type() != torch::kFloat || tensor.dim() != static_cast<std::int64_t>(dimensions))
    return Status::failed("its '" + name + "' is of another kind");
  if (!torch::isfinite(tensor).all().item<bool>())
    return Status::failed("its '" + name + "' holds something that is not a number");
  return Status::ok();
}

Status check_shapes(const ModuleParts& parts) {
  const torch::Tensor &hidden = parts.mlp[0], &hidden_bias = parts.mlp[1], &output = parts.mlp[2];
  const std::int64_t embedding = parts.table.columns() - parts.labels;
  const bool fits = parts.labels > 0 && embedding >= 0 && hidden.size(0) >= embedding &&
                    hidden_bias.size(0) == hidden.size(1) && output.size(0) == hidden.size(1) &&
                    output.size(1) == parts.labels && parts.mlp[3].size(0) == parts.labels;
  return fits ? Status::ok() : Status::failed("its weights do not fit together");
}

Status read_layers(const torch::jit::Module& module, ModuleParts& parts) {
  if (!module.hasattr("labels") || !module.attr("labels").isInt()) return Status::failed("it has no 'labels'");
  parts.labels = module.attr("labels").toInt();
  for (std::size_t i = 0; i < std::size(kMlpNames); ++i) {
    torch::Tensor tensor;
    if (Status status = read_tensor(module, kMlpNames[i], kMlpDimensions[i], tensor); !status) return status;
    parts.mlp.push_back(tensor);
  }
  return Status::ok();
}

Status read_table(const torch::jit::Module& module, KeptTable& table) {
  torch::Tensor weights;
  if (Status status = read_tensor(module, "table", 2, weights); !status) return status;
  if (!module.hasattr("places") || !module.attr("places").isTensor()) return Status::failed("it has no 'places'");
  return read_kept_table(module.attr("places").toTensor(), weights, table);
}

Status read_whole(const torch::jit::Module& module, ModuleParts& parts) {
  if (Status status = read_layers(module, parts); !status) return status;
  if (Status status = read_table(module, parts.table); !status) return status;
  return check_shapes(parts);
}

Status read_shards(const torch::jit::Module& module, ModuleParts& parts) {
  if (Status status = read_layers(module.attr("head").toModule(), parts); !status) return status;
  std::vector<KeptTable> tables;
  for (std::string name = "table_0"; module.hasattr(name); name = "table_" + std::to_string(tables.size())) {
    if (!module.attr(name).isModule()) return Status::failed("its '" + name + "' is no part");
    if (Status status = read_table(module.attr(name).toModule(), tables.emplace_back()); !status) return status;
  }
  if (tables.empty()) return Status::failed("it has no 'table_0'");
  parts.table = joined(tables);
  return check_shapes(parts);
}

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
  define_forward(module, static_cast<std::int64_t>(spec.labels), kTrainedForward);
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
  define_forward(module, labels, kTrainedForward);
  return module;
}

bool is_sharded(const torch::jit::Module& module) { return module.hasattr("head") && module.attr("head").isModule(); }

Status read_parts(const torch::jit::Module& module, ModuleParts& parts) {
  return is_sharded(module) ? read_shards(module, parts) : read_whole(module, parts);
}

torch::jit::Module make_sharded_module(const ModuleParts& parts, const std::vector<PackedTable>& shards) {
  torch::jit::Module module("WinnowShardedBag");
  const std::vector<std::string> names = stages_of_shards(shards.size()).front().parts;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    module.register_module(names[i], make_shard(shards[i], first));
    first += shards[i].rows;
  }
  module.register_module("head", make_head(parts));
  module.define(sharded_code(names));
  return module;
}

torch::jit::Module make_shipped_module(const ModuleParts& parts, const PackedTable& table) {
  torch::jit::Module module("WinnowBag");
  add_packed_table(module, table);
  for (std::size_t i = 0; i < std::size(kMlpNames); ++i) add_buffer(module, kMlpNames[i], parts.mlp[i]);
  define_forward(module, parts.labels, kShippedForward);
  return module;
}

}  // namespace winnow
