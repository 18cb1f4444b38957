#include "models/training_set.h"

#include <algorithm>
#include <cmath>

#include "engine/model_file.h"

namespace winnow {

std::uint64_t TrainingSet::Stored::bytes() const {
  return sizeof(Stored) + tokens.size() * sizeof(std::uint32_t) + (weights.size() + dense.size()) * sizeof(float);
}

void TrainingSet::add(ExtractedMail&& mail) {
  Stored stored;
  stored.hash = std::stoull(mail.sha256.substr(0, 16), nullptr, 16);
  if (!is_kept(stored)) {
    ++forgotten_;
    return;
  }
  stored.corpus = std::move(mail.corpus);
  stored.split = std::move(mail.split);
  stored.sha256 = std::move(mail.sha256);
  stored.label = mail.label;
  stored.tokens.assign(mail.features.tokens.begin(), mail.features.tokens.end());
  stored.weights.assign(mail.features.weights.begin(), mail.features.weights.end());
  stored.dense.assign(mail.features.dense.begin(), mail.features.dense.end());
  bytes_ += stored.bytes();
  mail_.push_back(std::move(stored));
  if (bytes_ > max_bytes_) thin();
}

void TrainingSet::thin() {
  ++halvings_;
  const std::size_t before = mail_.size();
  std::erase_if(mail_, [&](const Stored& mail) { return !is_kept(mail); });
  forgotten_ += before - mail_.size();
  bytes_ = 0;
  for (const Stored& mail : mail_) bytes_ += mail.bytes();
}

void TrainingSet::divide(double share) {
  const bool has_dev = std::any_of(mail_.begin(), mail_.end(), [](const Stored& mail) { return mail.split == "dev"; });
  // The upper half of the hash, because thinning chooses by the lowest bits.
  const auto limit = static_cast<std::uint64_t>(share * 4294967296.0);
  for (std::size_t at = 0; at < mail_.size(); ++at) {
    const Stored& mail = mail_[at];
    const bool by_split = has_dev && !mail.split.empty();
    const bool is_held_out = by_split ? mail.split == "dev" : (mail.hash >> 32) < limit;
    (is_held_out ? held_out_ : learnt_).push_back(at);
  }
}

void TrainingSet::append_to(TokenBatch& batch, std::size_t at) const {
  const Stored& mail = mail_[at];
  batch.offsets.push_back(static_cast<std::int64_t>(batch.tokens.size()));
  batch.tokens.insert(batch.tokens.end(), mail.tokens.begin(), mail.tokens.end());
  batch.weights.insert(batch.weights.end(), mail.weights.begin(), mail.weights.end());
  batch.dense.insert(batch.dense.end(), mail.dense.begin(), mail.dense.end());
  ++batch.messages;
}

std::vector<double> TrainingSet::balanced_weights(const std::vector<std::size_t>& positions) const {
  std::map<Group, double> sizes;
  for (const std::size_t at : positions) sizes[{corpus(at), label(at)}] += 1;
  std::map<Label, double> label_sums;
  for (const auto& [group, size] : sizes) label_sums[group.second] += std::pow(size, kGroupExponent);
  std::vector<double> weights;
  const double per_label = static_cast<double>(positions.size()) / static_cast<double>(label_sums.size());
  for (const std::size_t at : positions) {
    const double group_size = sizes[{corpus(at), label(at)}];
    weights.push_back(per_label * std::pow(group_size, kGroupExponent - 1) / label_sums[label(at)]);
  }
  return weights;
}

std::string TrainingSet::digest() const {
  std::vector<std::string> lines;
  for (const Stored& mail : mail_)
    lines.push_back(mail.sha256 + std::string(label_name(mail.label)) + mail.split + "\n");
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return sha256_hex(all);
}

}  // namespace winnow
