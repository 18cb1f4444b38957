// features.cpp - facts, then dense values, then tokens; and the schema that names all of it.
#include "engine/features/features.h"

#include <xxhash.h>

#include <cstdio>
#include <string>
#include <utility>

#include "engine/features/dense_table.h"
#include "engine/features/message_facts.h"
#include "engine/features/site_headers.h"
#include "engine/features/site_tokens.h"
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

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

/// Raised when a site token changes its meaning.
constexpr int kSiteRevision = 1;

void append_spaces(std::size_t from, std::size_t to, std::string& all) {
  for (std::size_t i = from; i < to; ++i) {
    const SpaceAbout& space = spaces()[i];
    all.append("\n")
        .append(space.name)
        .append(" ")
        .append(std::to_string(space.quota))
        .append(" ")
        .append(std::to_string(space.share));
  }
}

FeatureSchema make_schema(FeatureSet set) {
  FeatureSchema schema;
  const bool site = set == FeatureSet::Site;
  schema.id = site ? "winnow-1-site" : "winnow-1";
  const FeatureLimits limits;
  std::string all = schema.id + "\n" + std::to_string(kRevision) + "\n";
  for (const std::size_t limit :
       {limits.max_tokens, limits.max_words, limits.max_opening_chars, limits.max_gram_chars, limits.max_urls}) {
    all += std::to_string(limit) + " ";
  }
  append_spaces(0, kGeneralSpaces, all);
  for (const DenseRow& row : dense_rows()) all.append("\n").append(row.about.name);
  all.append("\n").append(keyword_table_text());
  if (site) {
    append_spaces(kGeneralSpaces, kSpaces, all);
    all.append("\n").append(site_header_rules()).append(std::to_string(kSiteRevision));
  }
  schema.hash = hex(XXH3_64bits(all.data(), all.size()));
  return schema;
}

}  // namespace

const FeatureSchema& feature_schema(FeatureSet set) {
  static const FeatureSchema general = make_schema(FeatureSet::General), site = make_schema(FeatureSet::Site);
  return set == FeatureSet::Site ? site : general;
}

FeatureSet feature_set_of(std::string_view schema_id) {
  return schema_id == feature_schema(FeatureSet::Site).id ? FeatureSet::Site : FeatureSet::General;
}

FeatureExtractor::FeatureExtractor(std::size_t table_size, FeatureLimits limits, FeatureSet set)
    : table_size_(table_size), limits_(limits), set_(set) {}

Features FeatureExtractor::extract(const Message& message) const { return extract(message, nullptr); }

Features FeatureExtractor::extract(const Message& message, FeatureOrigins& origins) const {
  return extract(message, &origins);
}

Features FeatureExtractor::extract(const Message& message, FeatureOrigins* origins) const {
  const MessageFacts facts = gather_facts(message, limits_);
  Features features;
  features.dense = dense_values(facts);
  if (origins != nullptr) origins->dense = dense_sentences(features.dense, facts);
  TokenCollector tokens(table_size_, limits_.max_tokens, origins, set_);
  // First: the general tokens of a long message may use up the budget.
  if (set_ == FeatureSet::Site) add_site_tokens(message, tokens);
  add_tokens(facts, features.dense, limits_, tokens);
  tokens.finish(features);
  return features;
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
