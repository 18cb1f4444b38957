// features.cpp - facts, then dense values, then tokens; and the schema that names all of it.
#include "engine/features/features.h"

#include <xxhash.h>

#include <cstdio>
#include <string>
#include <utility>

#include "engine/features/dense_table.h"
#include "engine/features/message_facts.h"
#include "engine/features/token_collector.h"
#include "engine/features/token_rules.h"

namespace winnow {
namespace {

/// Raised by whoever changes what a feature means without changing a name (see README.md).
constexpr int kRevision = 1;

std::vector<float> dense_values(const MessageFacts& facts) {
  std::vector<float> values;
  values.reserve(dense_rows().size());
  for (const DenseRow& row : dense_rows()) values.push_back(row.compute(facts));
  return values;
}

std::vector<std::string> dense_sentences(const std::vector<float>& values, const MessageFacts& facts) {
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < values.size(); ++i) sentences.push_back(sentence_of(dense_rows()[i], values[i], facts));
  return sentences;
}

Features extract_features(const Message& message, std::size_t table_size, const FeatureLimits& limits,
                          FeatureOrigins* origins) {
  const MessageFacts facts = gather_facts(message, limits);
  Features features;
  features.dense = dense_values(facts);
  if (origins != nullptr) origins->dense = dense_sentences(features.dense, facts);
  TokenCollector tokens(table_size, limits.max_tokens, origins);
  add_tokens(facts, features.dense, limits, tokens);
  tokens.finish(features);
  return features;
}

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

FeatureSchema make_schema() {
  FeatureSchema schema;
  schema.id = "winnow-1";
  const FeatureLimits limits;
  std::string all = schema.id + "\n" + std::to_string(kRevision) + "\n";
  for (const std::size_t limit : {limits.max_tokens, limits.max_words, limits.max_opening_chars,
                                  limits.max_gram_chars, limits.max_urls}) {
    all += std::to_string(limit) + " ";
  }
  for (const SpaceAbout& space : spaces()) {
    all.append("\n")
        .append(space.name)
        .append(" ")
        .append(std::to_string(space.quota))
        .append(" ")
        .append(std::to_string(space.share));
  }
  for (const DenseRow& row : dense_rows()) all.append("\n").append(row.about.name);
  all.append("\n").append(keyword_table_text());
  schema.hash = hex(XXH3_64bits(all.data(), all.size()));
  return schema;
}

}  // namespace

const FeatureSchema& feature_schema() {
  static const FeatureSchema schema = make_schema();
  return schema;
}

FeatureExtractor::FeatureExtractor(std::size_t table_size, FeatureLimits limits)
    : table_size_(table_size), limits_(limits) {}

Features FeatureExtractor::extract(const Message& message) const {
  return extract_features(message, table_size_, limits_, nullptr);
}

Features FeatureExtractor::extract(const Message& message, FeatureOrigins& origins) const {
  return extract_features(message, table_size_, limits_, &origins);
}

bool contains_gtube(const Message& message) {
  // In pieces, so that this file is no spam when it is mailed.
  static const std::string mark =
      std::string("XJS*C4JDBQADN1") + ".NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL" + "*C.34X";
  for (const std::string* text : {&message.subject, &message.text, &message.html_text}) {
    if (text->find(mark) != std::string::npos) return true;
  }
  return false;
}

}  // namespace winnow
