#include "engine/torch/torch_compressor.h"

#include <torch/script.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/torch/architecture.h"
#include "engine/torch/finished_model.h"
#include "engine/torch/guard.h"
#include "engine/torch/packed_table.h"

namespace winnow {
namespace {

constexpr std::size_t kFewestBits = 2, kMostCodebookBits = 8;

Status check_encoding(const TableEncoding& encoding) {
  const bool codebook = encoding.bits >= kFewestBits && encoding.bits <= kMostCodebookBits;
  if (!codebook && encoding.bits != 16 && encoding.bits != 32)
    return Status::failed("a weight cannot be stored in " + std::to_string(encoding.bits) +
                          " bits; 2 to 8, 16 and 32 are possible");
  if (encoding.shards < 1 || encoding.shards > kMaxShards)
    return Status::failed("a table can be in 1 to " + std::to_string(kMaxShards) + " parts, not in " +
                          std::to_string(encoding.shards));
  if (!(encoding.prune >= 0 && encoding.prune <= 1))
    return Status::failed("the share left out must be between 0 and 1");
  return Status::ok();
}

/// How far each row can move a logit: a column of the linear part moves it by its value, one of the embedding by way of
/// the hidden units, of which any half may be silent.
torch::Tensor row_importance(const ModuleParts& parts) {
  const std::int64_t embedding = parts.table.columns() - parts.labels;
  const torch::Tensor hidden = parts.mlp[0].narrow(0, 0, embedding).square();
  const torch::Tensor through_hidden = hidden.matmul(parts.mlp[2].square()).amax(1);
  const torch::Tensor reach = torch::cat({torch::ones({parts.labels}), through_hidden});
  return parts.table.weights.square().matmul(reach);
}

class TorchCompressor : public Compressor {
 public:
  explicit TorchCompressor(ModuleParts parts) : parts_(std::move(parts)), importance_(row_importance(parts_)) {}

  Status write(const TableEncoding& encoding, const std::string& manifest_json, std::string& bytes,
               TableShape& shape) override {
    if (Status status = check_encoding(encoding); !status) return status;
    return guarded("compressing the model", [&] {
      const torch::NoGradGuard no_grad;
      const std::vector<PackedTable> packed = pack_shards(encoding);
      shape.rows = static_cast<std::size_t>(parts_.table.rows);
      shape.columns = static_cast<std::size_t>(parts_.table.columns());
      shape.touched = parts_.table.touched().size();
      shape.kept = 0;
      for (const PackedTable& shard : packed) shape.kept += static_cast<std::size_t>(shard.kept);
      const bool whole = packed.size() == 1;
      torch::jit::Module module = whole ? make_shipped_module(parts_, packed[0]) : make_sharded_module(parts_, packed);
      std::ostringstream stream;
      module.save(stream, {{"winnow.json", manifest_json}});
      bytes = std::move(stream).str();
      return Status::ok();
    });
  }

 private:
  /// Even ranges of rows.
  std::vector<PackedTable> pack_shards(const TableEncoding& encoding) const {
    const std::int64_t rows = parts_.table.rows, shards = static_cast<std::int64_t>(encoding.shards);
    std::vector<PackedTable> packed;
    std::int64_t before = 0;  // kept rows of the shards that are done
    for (std::int64_t shard = 0; shard < shards; ++shard) {
      const KeptTable range = parts_.table.between(shard * rows / shards, (shard + 1) * rows / shards);
      const std::int64_t kept = range.weights.size(0);
      packed.push_back(pack_table(pruned(range, importance_.narrow(0, before, kept), encoding.prune), encoding.bits));
      before += kept;
    }
    return packed;
  }

  const ModuleParts parts_;
  const torch::Tensor importance_;
};

}  // namespace

Status make_torch_compressor(std::string_view archive, std::unique_ptr<Compressor>& compressor) {
  ModuleParts parts;
  if (Status status = read_finished_model(archive, parts); !status) return status;
  return guarded("reading the model", [&] {
    const torch::NoGradGuard no_grad;
    compressor = std::make_unique<TorchCompressor>(std::move(parts));
    return Status::ok();
  });
}

}  // namespace winnow
