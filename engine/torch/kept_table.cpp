#include "engine/torch/kept_table.h"

#include <algorithm>

namespace winnow {
namespace {

std::vector<std::int64_t> numbers_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.data_ptr<std::int64_t>(), flat.data_ptr<std::int64_t>() + flat.numel()};
}

}  // namespace

std::vector<std::int64_t> KeptTable::touched() const { return numbers_of(weights.ne(0).any(1).nonzero().squeeze(1)); }

KeptTable KeptTable::with(const std::vector<std::int64_t>& positions) const {
  KeptTable some{rows, {}, weights.index_select(0, at::tensor(positions, at::kLong))};
  for (const std::int64_t position : positions) some.kept.push_back(kept[static_cast<std::size_t>(position)]);
  return some;
}

KeptTable KeptTable::between(std::int64_t first, std::int64_t end) const {
  const auto from = std::lower_bound(kept.begin(), kept.end(), first), to = std::lower_bound(from, kept.end(), end);
  KeptTable range{end - first, {from, to}, weights.narrow(0, from - kept.begin(), to - from).clone()};
  for (std::int64_t& row : range.kept) row -= first;
  return range;
}

void KeptTable::mix_into(std::vector<std::int64_t>& tokens) const {
  if (kept.empty()) return;
  for (std::size_t i = 0; i < tokens.size(); i += 2) tokens[i] = kept[i * kept.size() / tokens.size()];
}

at::Tensor KeptTable::with_zeros() const { return at::cat({weights, weights.new_zeros({1, columns()})}); }

Status read_kept_table(const at::Tensor& places, const at::Tensor& weights, KeptTable& table) {
  const std::int64_t kept = weights.size(0) - 1;
  const Status wrong = Status::failed("its 'places' are not those of its table");
  if (places.scalar_type() != at::kInt || places.dim() != 1 || kept < 0) return wrong;
  const at::Tensor rows = places.ne(kept).nonzero().squeeze(1);
  const bool fits = rows.numel() == kept && places.index_select(0, rows).equal(at::arange(kept, at::kInt)) &&
                    weights[kept].eq(0).all().item<bool>();
  if (!fits) return wrong;
  table = {places.size(0), numbers_of(rows), weights.narrow(0, 0, kept)};
  return Status::ok();
}

KeptTable joined(const std::vector<KeptTable>& tables) {
  KeptTable all;
  std::vector<at::Tensor> weights;
  for (const KeptTable& table : tables) {
    for (const std::int64_t row : table.kept) all.kept.push_back(all.rows + row);
    all.rows += table.rows;
    weights.push_back(table.weights);
  }
  all.weights = at::cat(weights);
  return all;
}

}  // namespace winnow
