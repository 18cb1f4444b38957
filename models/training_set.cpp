#include "models/training_set.h"

#include <algorithm>
#include <cmath>

#include "config/text_checks.h"
#include "engine/model_file.h"

namespace winnow {
namespace {

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

double spam_factor(const GroupCount& messages, double ham_weight, double spam_weight) {
  if (std::min(messages.ham, messages.spam) < kFewestOfAKind) return 1;
  return std::clamp(std::pow(ham_weight / spam_weight, kKindExponent), kLeastForAKind, 1.0);
}

}  // namespace

std::uint64_t TrainingSet::Stored::bytes() const {
  return sizeof(Stored) + tokens.size() * sizeof(std::uint32_t) + (weights.size() + dense.size()) * sizeof(float);
}

void TrainingSet::add(ExtractedMail&& mail) {
  Stored stored;
  stored.hash = content_hash(mail.sha256);
  if (!is_kept(stored)) {
    ++forgotten_;
    return;
  }
  stored.corpus = std::move(mail.corpus);
  stored.split = std::move(mail.split);
  stored.sha256 = std::move(mail.sha256);
  stored.kind = std::move(mail.kind);
  stored.label = mail.label;
  stored.tail = std::move(mail.tail);
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
  const auto is_held_out = [&](const std::string& split, std::uint64_t hash) {
    const bool by_split = has_dev && !split.empty();
    return by_split ? split == "dev" : (hash >> 32) < limit;
  };
  for (std::size_t at = 0; at < mail_.size(); ++at) {
    const Stored& mail = mail_[at];
    const bool held_out = is_held_out(mail.split, mail.hash);
    if (mail.tail && (held_out || is_held_out(mail.tail->split, content_hash(mail.tail->sha256)))) continue;
    (held_out ? parts_.held_out : parts_.learnt).push_back(at);
  }
}

MailParts TrainingSet::parts_without(const std::vector<std::string>& corpora) const {
  MailParts rest = parts_;
  const auto is_left_out = [&](std::size_t at) {
    const std::optional<MailOrigin>& tail = mail_[at].tail;
    return is_among(corpora, corpus(at)) || (tail && is_among(corpora, tail->corpus));
  };
  std::erase_if(rest.learnt, is_left_out);
  std::erase_if(rest.held_out, is_left_out);
  return rest;
}

std::vector<std::size_t> TrainingSet::of_corpora(const std::vector<std::string>& corpora) const {
  std::vector<std::size_t> positions;
  for (std::size_t at = 0; at < mail_.size(); ++at) {
    if (!is_copy(at) && is_among(corpora, corpus(at))) positions.push_back(at);
  }
  return positions;
}

std::vector<std::string> TrainingSet::labels() const {
  if (!given_labels_.empty()) return given_labels_;
  std::vector<std::string> labels = {"spam"};
  const std::string phishing(label_name(Label::Phishing));
  if (teaches(phishing)) labels.push_back(phishing);
  return labels;
}

bool TrainingSet::teaches(const std::string& label) const {
  if (label == label_name(Label::Spam)) return true;
  return std::any_of(mail_.begin(), mail_.end(), [&](const Stored& mail) { return label_name(mail.label) == label; });
}

void TrainingSet::append_to(TokenBatch& batch, std::size_t at) const {
  const Stored& mail = mail_[at];
  batch.offsets.push_back(static_cast<std::int64_t>(batch.tokens.size()));
  batch.tokens.insert(batch.tokens.end(), mail.tokens.begin(), mail.tokens.end());
  batch.weights.insert(batch.weights.end(), mail.weights.begin(), mail.weights.end());
  batch.dense.insert(batch.dense.end(), mail.dense.begin(), mail.dense.end());
  ++batch.messages;
}

std::vector<std::int64_t> TrainingSet::rows_of(const std::vector<std::size_t>& positions, std::size_t fewest) const {
  std::vector<std::uint32_t> messages;  // that have each row
  for (const std::size_t at : positions) {
    if (is_copy(at)) continue;
    for (const std::uint32_t token : mail_[at].tokens) {
      if (token >= messages.size()) messages.resize(token + 1);
      ++messages[token];
    }
  }
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < messages.size(); ++row) {
    if (messages[row] >= std::max<std::size_t>(fewest, 1)) rows.push_back(static_cast<std::int64_t>(row));
  }
  return rows;
}

std::vector<double> TrainingSet::balanced_weights(const std::vector<std::size_t>& positions) const {
  std::map<Group, double> sizes;
  for (const std::size_t at : positions) sizes[{corpus(at), label(at)}] += 1;
  std::map<bool, double> class_sums;  // by is_spam
  for (const auto& [group, size] : sizes) class_sums[is_spam(group.second)] += std::pow(size, kGroupExponent);
  std::vector<double> weights;
  const double per_class = static_cast<double>(positions.size()) / static_cast<double>(class_sums.size());
  for (const std::size_t at : positions) {
    const double group_size = sizes[{corpus(at), label(at)}];
    weights.push_back(per_class * std::pow(group_size, kGroupExponent - 1) / class_sums[is_spam(label(at))]);
  }
  return weights;
}

std::map<std::string, KindBalance> TrainingSet::balance_of_kinds(const std::vector<std::size_t>& positions) const {
  const std::vector<double> weights = balanced_weights(positions);
  std::map<std::string, KindBalance> kinds;
  std::map<std::string, std::map<bool, double>> sums;  // by kind and is_spam
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::size_t at = positions[i];
    if (kind(at).empty()) continue;
    const bool spam = is_spam(label(at));
    sums[kind(at)][spam] += weights[i];
    kinds[kind(at)].messages.count(spam);
  }
  for (auto& [kind, balance] : kinds)
    balance.spam_factor = spam_factor(balance.messages, sums[kind][false], sums[kind][true]);
  return kinds;
}

std::vector<double> TrainingSet::learning_weights(const std::vector<std::size_t>& positions) const {
  const std::map<std::string, KindBalance> kinds = balance_of_kinds(positions);
  std::vector<double> weights = balanced_weights(positions);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (!is_spam(label(positions[i]))) continue;
    if (const auto found = kinds.find(kind(positions[i])); found != kinds.end())
      weights[i] *= found->second.spam_factor;
  }
  return weights;
}

/// A line for each message.
std::vector<std::string> TrainingSet::named(const MailParts& parts) const {
  std::vector<std::string> lines;
  const auto name = [&](const std::vector<std::size_t>& positions, const char* part) {
    for (const std::size_t at : positions)
      lines.push_back(mail_[at].sha256 + std::string(label_name(mail_[at].label)) + part + "\n");
  };
  name(parts.learnt, "learnt");
  name(parts.held_out, "held out");
  return lines;
}

std::string TrainingSet::digest(const MailParts& parts) const {
  std::vector<std::string> lines = named(parts);
  std::sort(lines.begin(), lines.end());
  return sha256_hex(join(lines, ""));
}

std::string TrainingSet::digest_in_order(const MailParts& parts) const {
  std::vector<std::string> lines = named(parts);
  for (const auto* positions : {&parts.learnt, &parts.held_out}) {
    for (const std::size_t at : *positions)
      lines.push_back(corpus(at) + (is_copy(at) ? " " + mail_[at].tail->sha256 : "") + "\n");
  }
  return sha256_hex(join(lines, ""));
}

}  // namespace winnow
