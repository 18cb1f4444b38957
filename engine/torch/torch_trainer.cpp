#include "engine/torch/torch_trainer.h"

#include <torch/optim/adam.h>
#include <torch/script.h>
#include <torch/serialize/input-archive.h>
#include <torch/serialize/output-archive.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <sstream>
#include <utility>

#include "engine/torch/architecture.h"
#include "engine/torch/archive_scan.h"
#include "engine/torch/batch_tensors.h"
#include "engine/torch/dropout.h"
#include "engine/torch/finished_model.h"
#include "engine/torch/guard.h"
#include "engine/torch/kept_rows.h"
#include "engine/torch/packed_table.h"
#include "engine/torch/row_adagrad.h"
#include "engine/torch/tensor_memory.h"

namespace winnow {
namespace {

constexpr const char* kTable = "table";
constexpr const char* kMlp[] = {"hidden_weight", "hidden_bias", "output_weight", "output_bias"};
constexpr const char* kWeights[] = {kTable, kMlp[0], kMlp[1], kMlp[2], kMlp[3]};

ArchitectureSpec with_table(ArchitectureSpec spec, std::size_t rows) {
  spec.table_size = rows;
  return spec;
}

torch::Tensor forward(torch::jit::Module& module, const BatchTensors& batch) {
  return module.forward({batch.tokens, batch.weights, batch.offsets, batch.dense}).toTensor();
}

std::vector<torch::Tensor> mlp_parameters(const torch::jit::Module& module) {
  std::vector<torch::Tensor> parameters;
  for (const char* name : kMlp) parameters.push_back(module.attr(name).toTensor());
  return parameters;
}

class TorchTrainer : public Trainer {
 public:
  TorchTrainer(const ArchitectureSpec& architecture, std::vector<std::int64_t> rows, const OptimizerSpec& spec)
      : architecture_(architecture),
        spec_(spec),
        rows_(std::move(rows)),
        kept_(architecture.table_size, rows_),
        module_(make_trained_module(with_table(architecture, rows_.size()), spec.seed)),
        table_(module_.attr(kTable).toTensor()),
        table_optimizer_(rows_.size(), architecture.labels + architecture.embedding_width, spec.learning_rate,
                         spec.weight_decay),
        mlp_optimizer_(mlp_parameters(module_),
                       torch::optim::AdamOptions(spec.dense_learning_rate).weight_decay(spec.weight_decay)),
        dense_seen_(torch::zeros({static_cast<std::int64_t>(architecture.dense_width)})) {}

  Status step(const TokenBatch& batch, const std::vector<float>& targets, const std::vector<float>& importance,
              double& loss) override {
    return guarded("training", [&] {
      if (Status status = check_step(batch, targets, importance); !status) return status;
      const TokenBatch kept = drop_out(placed(batch), spec_, steps_);
      return update(kept, borrow_matrix(targets, batch.messages, architecture_.labels),
                    borrow_matrix(importance, batch.messages, architecture_.labels), loss);
    });
  }

  Status absorb(const Trainer& other, Shares shares) override;
  Status blend(const Trainer& other, Shares shares) override;

  /// Of the same architecture with no rows but this one's. All its dense features are trusted: whoever trained it has silenced
  /// the others.
  void take_weights(const ModuleParts& base) {
    const torch::NoGradGuard no_grad;
    std::vector<std::int64_t> places;
    for (const std::int64_t row : base.table.kept) places.push_back(place(row));
    table_.index_copy_(0, torch::tensor(places, torch::kLong), base.table.weights);
    for (std::size_t i = 0; i < base.mlp.size(); ++i) weights(kMlp[i]).copy_(base.mlp[i]);
    dense_seen_.fill_(1);
  }

  Status predict(const TokenBatch& batch, std::vector<float>& logits) const override {
    return guarded("predicting", [&] {
      if (Status status = check_shapes(batch); !status) return status;
      const torch::NoGradGuard no_grad;
      const TokenBatch known = placed(batch);
      const torch::Tensor values = forward(module_, borrow_tensors(known)).contiguous();
      logits.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
      return Status::ok();
    });
  }

  Status checkpoint(std::string& bytes) override;
  Status restore(const std::string& bytes) override;
  Status save(const std::string& manifest_json, std::string& bytes) override;

 private:
  Status check_shapes(const TokenBatch& batch) const {
    if (Status status = check_batch(batch); !status) return status;
    if (Status status = check_tokens(batch, architecture_.table_size); !status) return status;
    const std::size_t width = batch.dense.size() / batch.messages;
    if (width == architecture_.dense_width) return Status::ok();
    return Status::failed("the batch has " + std::to_string(width) + " dense features, the model " +
                          std::to_string(architecture_.dense_width));
  }

  Status check_step(const TokenBatch& batch, const std::vector<float>& targets,
                    const std::vector<float>& importance) const {
    if (joined_) return Status::failed("a joined model is not trained any more");
    if (Status status = check_shapes(batch); !status) return status;
    const std::size_t expected = batch.messages * architecture_.labels;
    if (targets.size() == expected && importance.size() == expected) return Status::ok();
    return Status::failed("targets and importance must be messages x labels");
  }

  /// Where the table has the row; rows_.size() when it does not.
  std::int64_t place(std::int64_t row) const {
    return static_cast<std::int64_t>(kept_.place(static_cast<std::size_t>(row)));
  }
  /// By places in the table instead of rows, without the tokens that it does not have.
  TokenBatch placed(const TokenBatch& batch) const;
  torch::Tensor weights(const char* name) const { return module_.attr(name).toTensor(); }
  Status update(const TokenBatch& batch, const torch::Tensor& targets, const torch::Tensor& importance, double& loss);
  void update_table();
  void silence_unseen_dense();
  /// After absorb() and blend(): the optimizers are not of these weights any more.
  void end_learning() {
    joined_ = true;
    table_optimizer_.forget();
  }
  /// About, and rather more.
  std::size_t checkpoint_size() const {
    constexpr std::size_t kNames = 1 << 20;
    return 2 * static_cast<std::size_t>(table_.numel()) * sizeof(float) + rows_.size() * sizeof(rows_[0]) + kNames;
  }
  /// The table optimizer's memory as a tensor, borrowed.
  torch::Tensor table_squares() { return torch::from_blob(table_optimizer_.squares().data(), table_.sizes()); }

  ArchitectureSpec architecture_;
  const OptimizerSpec spec_;
  const std::vector<std::int64_t> rows_;  // that the table has, in rising order
  const KeptRows kept_;                   // the same, to find them
  mutable torch::jit::Module module_;     // running a module changes nothing in it, but is not const
  torch::Tensor table_;
  RowAdagrad table_optimizer_;
  torch::optim::Adam mlp_optimizer_;
  torch::Tensor dense_seen_;  // 1 where a training message had a value other than 0
  std::uint64_t steps_ = 0;
  bool joined_ = false;
};

TokenBatch TorchTrainer::placed(const TokenBatch& batch) const {
  const auto nowhere = static_cast<std::int64_t>(rows_.size());
  TokenBatch placed = with_tokens(batch, [&](std::int64_t& token, float&) {
    token = place(token);
    return token != nowhere;
  });
  placed.dense = batch.dense;
  return placed;
}

Status TorchTrainer::update(const TokenBatch& batch, const torch::Tensor& targets, const torch::Tensor& importance,
                            double& loss) {
  const double total = importance.sum().item<double>();
  loss = 0;
  ++steps_;
  if (total <= 0) return Status::ok();
  table_.mutable_grad().reset();
  mlp_optimizer_.zero_grad();
  const BatchTensors tensors = borrow_tensors(batch);
  dense_seen_.logical_or_(tensors.dense.ne(0).any(0));
  const torch::Tensor logits = forward(module_, tensors);
  // Binary cross entropy on logits, in the form that does not overflow: max(z, 0) - z * y + log(1 + exp(-|z|)).
  const torch::Tensor each = logits.clamp_min(0) - logits * targets + torch::log1p(torch::exp(-logits.abs()));
  const torch::Tensor mean = (each * importance).sum() / total;
  loss = mean.item<double>();
  if (!std::isfinite(loss)) return Status::failed("the loss is not a number any more; lower the learning rates");
  mean.backward();
  update_table();
  mlp_optimizer_.step();
  return Status::ok();
}

void TorchTrainer::update_table() {
  const torch::NoGradGuard no_grad;
  const torch::Tensor& gradient = table_.grad();
  if (!gradient.defined()) return;  // no token in the whole batch
  const torch::Tensor rows = gradient._indices()[0].contiguous(), values = gradient._values().contiguous();
  table_optimizer_.step(table_.data_ptr<float>(), {rows.data_ptr<std::int64_t>(), values.data_ptr<float>(),
                                                   static_cast<std::size_t>(rows.numel())});
}

/// A dense feature that no training message had still has the random weights it began with. Mail in service may have it
/// (files have no SMTP session), and must not be judged by chance.
void TorchTrainer::silence_unseen_dense() {
  const torch::NoGradGuard no_grad;
  const auto first = static_cast<std::int64_t>(architecture_.embedding_width);
  const auto width = static_cast<std::int64_t>(architecture_.dense_width);
  weights("hidden_weight").narrow(0, first, width).mul_(dense_seen_.unsqueeze(1));
}

Status TorchTrainer::checkpoint(std::string& bytes) {
  if (joined_) return Status::failed("a joined model has no checkpoint");
  return guarded("writing the checkpoint", [&] {
    torch::serialize::OutputArchive archive, mlp_state;
    archive.write("steps", torch::tensor(static_cast<std::int64_t>(steps_)));
    archive.write("rows", torch::tensor(rows_, torch::kLong));
    for (const char* name : kWeights) archive.write(name, weights(name).detach());
    mlp_optimizer_.save(mlp_state);
    archive.write("table_squares", table_squares());
    archive.write("dense_seen", dense_seen_);
    archive.write("mlp_optimizer", mlp_state);
    bytes.clear();
    bytes.reserve(checkpoint_size());  // a string that grows is there twice
    archive.save_to([&bytes](const void* part, std::size_t size) {
      bytes.append(static_cast<const char*>(part), size);
      return size;
    });
    return Status::ok();
  });
}

Status TorchTrainer::absorb(const Trainer& other, Shares shares) {
  return guarded("joining two models", [&] {
    const auto* second = dynamic_cast<const TorchTrainer*>(&other);
    if (second == nullptr) return Status::failed("only models of this trainer can be joined");
    if (second->architecture_.table_size != architecture_.table_size || second->rows_ != rows_ ||
        second->architecture_.dense_width != architecture_.dense_width ||
        second->architecture_.labels != architecture_.labels) {
      return Status::failed("the models differ in table, dense features or labels");
    }
    const torch::NoGradGuard no_grad;
    ArchitectureSpec joined = architecture_;
    joined.embedding_width += second->architecture_.embedding_width;
    joined.hidden_width += second->architecture_.hidden_width;
    const torch::jit::Module mean =
        mean_module({architecture_, module_, shares.own}, {second->architecture_, second->module_, shares.other});
    dense_seen_.logical_or_(second->dense_seen_);
    architecture_ = joined;
    module_ = mean;
    table_ = weights(kTable);
    end_learning();
    return Status::ok();
  });
}

Status TorchTrainer::blend(const Trainer& other, Shares shares) {
  return guarded("blending two models", [&] {
    const auto* second = dynamic_cast<const TorchTrainer*>(&other);
    if (second == nullptr) return Status::failed("only models of this trainer can be blended");
    if (second->rows_ != rows_) return Status::failed("the models differ in their rows");
    for (const char* name : kWeights) {
      if (weights(name).sizes() != second->weights(name).sizes())
        return Status::failed("the models differ in their shape");
    }
    const torch::NoGradGuard no_grad;
    for (const char* name : kWeights) weights(name).mul_(shares.own).add_(second->weights(name), shares.other);
    dense_seen_.logical_or_(second->dense_seen_);
    end_learning();
    return Status::ok();
  });
}

void read_into(torch::serialize::InputArchive& archive, const char* name, torch::Tensor target) {
  torch::Tensor value;
  archive.read(name, value);
  TORCH_CHECK(value.sizes() == target.sizes(), "'", name, "' has another shape: it belongs to another architecture");
  target.copy_(value);
}

Status TorchTrainer::restore(const std::string& bytes) {
  if (joined_) return Status::failed("a joined model has no checkpoint");
  ModelInspection inspection;
  if (Status status = scan_archive(bytes, inspection); !status) return status;
  return guarded("reading the checkpoint", [&] {
    const torch::NoGradGuard no_grad;
    torch::serialize::InputArchive archive, mlp_state;
    archive.load_from(bytes.data(), bytes.size(), torch::Device(torch::kCPU));
    torch::Tensor rows, steps;
    archive.read("rows", rows);
    TORCH_CHECK(rows.equal(torch::tensor(rows_, torch::kLong)), "it learns other rows: it belongs to other mail");
    for (const char* name : kWeights) read_into(archive, name, weights(name));
    read_into(archive, "table_squares", table_squares());
    read_into(archive, "dense_seen", dense_seen_);
    archive.read("mlp_optimizer", mlp_state);
    mlp_optimizer_.load(mlp_state);
    archive.read("steps", steps);
    steps_ = static_cast<std::uint64_t>(steps.item<std::int64_t>());
    return Status::ok();
  });
}

Status TorchTrainer::save(const std::string& manifest_json, std::string& bytes) {
  return guarded("writing the model", [&] {
    silence_unseen_dense();
    ModuleParts parts;
    parts.labels = static_cast<std::int64_t>(architecture_.labels);
    parts.table = {static_cast<std::int64_t>(architecture_.table_size), rows_, weights(kTable).detach()};
    for (const char* name : kMlp) parts.mlp.push_back(weights(name).detach());
    const torch::jit::Module shipped = make_shipped_module(parts, pack_table(parts.table, kFloatBits));
    std::ostringstream stream;
    shipped.save(stream, {{"winnow.json", manifest_json}});
    bytes = std::move(stream).str();
    return Status::ok();
  });
}

ArchitectureSpec architecture_of(const ModuleParts& parts) {
  const std::int64_t embedding = parts.table.columns() - parts.labels;
  ArchitectureSpec spec;
  spec.table_size = static_cast<std::size_t>(parts.table.rows);
  spec.embedding_width = static_cast<std::size_t>(embedding);
  spec.dense_width = static_cast<std::size_t>(parts.mlp[0].size(0) - embedding);
  spec.hidden_width = static_cast<std::size_t>(parts.mlp[0].size(1));
  spec.labels = static_cast<std::size_t>(parts.labels);
  return spec;
}

Status check_specs(const ArchitectureSpec& architecture, const OptimizerSpec& optimizer) {
  constexpr std::size_t kMaxRows = std::size_t{1} << 28, kMaxWidth = 65536;
  const std::size_t rows = architecture.table_size;
  if (rows == 0 || rows > kMaxRows || (rows & (rows - 1)) != 0)
    return Status::failed("the table size must be a power of two, at most 2^28");
  for (const std::size_t width : {architecture.embedding_width, architecture.hidden_width, architecture.labels}) {
    if (width > kMaxWidth) return Status::failed("widths must be at most 65536");
  }
  if (architecture.labels == 0) return Status::failed("a model needs a label");
  if ((architecture.embedding_width == 0) != (architecture.hidden_width == 0))
    return Status::failed("embedding and hidden width are both 0 (a linear model) or both at least 1");
  for (const double share : {optimizer.token_dropout, optimizer.dense_dropout}) {
    if (!(share >= 0 && share < 1)) return Status::failed("dropout must be at least 0 and below 1");
  }
  return Status::ok();
}

Status check_rows(const std::vector<std::int64_t>& rows, std::size_t table_size) {
  const bool rising = std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
  if (rising && (rows.empty() || (rows.front() >= 0 && static_cast<std::size_t>(rows.back()) < table_size)))
    return Status::ok();
  return Status::failed("the rows to learn must be rows of the table, in rising order");
}

}  // namespace

Status make_torch_trainer(const ArchitectureSpec& architecture, const std::vector<std::int64_t>& rows,
                          const OptimizerSpec& optimizer, std::unique_ptr<Trainer>& trainer) {
  if (Status status = check_specs(architecture, optimizer); !status) return status;
  if (Status status = check_rows(rows, architecture.table_size); !status) return status;
  return guarded("making the trainer", [&] {
    keep_tensor_memory();
    trainer = std::make_unique<TorchTrainer>(architecture, rows, optimizer);
    return Status::ok();
  });
}

Status make_torch_trainer_from(std::string_view archive, const std::vector<std::int64_t>& rows,
                               const OptimizerSpec& optimizer, ArchitectureSpec& architecture,
                               std::unique_ptr<Trainer>& trainer) {
  ModuleParts base;
  if (Status status = read_finished_model(archive, base); !status) return status;
  ArchitectureSpec own = architecture_of(base);
  if (architecture.table_size != 0 && architecture.table_size < own.table_size)
    return Status::failed("the table cannot become smaller than that of the base");
  own.table_size = std::max(own.table_size, architecture.table_size);
  if (Status status = check_specs(own, optimizer); !status) return status;
  if (Status status = check_rows(rows, own.table_size); !status) return status;
  return guarded("making the trainer", [&] {
    keep_tensor_memory();
    std::vector<std::int64_t> all;
    std::set_union(rows.begin(), rows.end(), base.table.kept.begin(), base.table.kept.end(), std::back_inserter(all));
    auto made = std::make_unique<TorchTrainer>(own, std::move(all), optimizer);
    made->take_weights(base);
    architecture = own;
    trainer = std::move(made);
    return Status::ok();
  });
}

}  // namespace winnow
