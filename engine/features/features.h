// features.h - Message -> Features: the one implementation that training and serving share.
//
// Owns:    Features owns its vectors. FeatureExtractor is a small value.
// Threads: extract() from any thread at once.
// Blocks:  never; bounded work per message (FeatureLimits).
// Fails:   never.
// Units:   a token is a hash folded to [0, table_size); dense values are scaled to about 0..1.
// Shapes:  tokens and weights have one length (unique tokens); dense has dense_features().size() values in that order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/message.h"

namespace winnow {

struct Features {
  std::vector<std::int64_t> tokens;
  std::vector<float> weights;
  std::vector<float> dense;
};

struct DenseFeature {
  std::string_view name;
  std::string_view meaning;
  std::string_view range;
  std::string_view source;  // which part of the message it reads
  /// What a value above 0 says of a mail, to its reader; "{}" stands for a name out of the mail.
  std::string_view says;
  std::string_view says_below = {};  // the same for a value below 0, where there is one
};

/// The dense features in model order.
const std::vector<DenseFeature>& dense_features();

/// General carries over from site to site. Site has also what tells one site's mail apart (headers, hosts, addresses): only
/// for models that a site trains for itself.
enum class FeatureSet { General, Site };

/// Identity of what extract() computes. Changes whenever a feature's meaning, name, order or hash changes.
struct FeatureSchema {
  std::string id;    // "winnow-1", "winnow-1-site"
  std::string hash;  // 16 hex digits over id, namespaces, hash seed and dense names
};
const FeatureSchema& feature_schema(FeatureSet set = FeatureSet::General);

/// The set whose schema has this id (a model's manifest names it); General for an unknown one.
FeatureSet feature_set_of(std::string_view schema_id);

struct FeatureLimits {
  std::size_t max_tokens = 6000;        // unique tokens of one message
  std::size_t max_words = 3000;         // words of the text read
  std::size_t max_opening_chars = 300;  // the opening, kept apart from the tail
  std::size_t max_gram_chars = 3000;    // of the text read as character n-grams
  std::size_t max_urls = 100;
};

/// A piece of FeatureOrigins::texts.
struct TextRange {
  std::uint32_t at = 0, length = 0;
};

/// Where a token came from.
struct TokenOrigin {
  std::int64_t token = 0;
  TextRange name;   // `subject characters "nvoi"`
  TextRange reads;  // what a reader knows it as: `subject word "invoice"`, or its name
};

/// Where the features of one message came from, in the order of Features. Texts hold text of the mail; whoever prints them
/// escapes them.
struct FeatureOrigins {
  std::string texts;                // of all tokens: one piece of memory, because there are thousands
  std::vector<TokenOrigin> tokens;  // of each unique token
  std::vector<std::string> dense;   // what the value says of this mail; "" for 0

  std::string_view text(TextRange range) const { return std::string_view(texts).substr(range.at, range.length); }
};

class FeatureExtractor {
 public:
  /// table_size: a power of two, at least 2, from the model's manifest.
  explicit FeatureExtractor(std::size_t table_size, FeatureLimits limits = {}, FeatureSet set = FeatureSet::General);

  Features extract(const Message& message) const;

  /// The same Features, and where each came from.
  Features extract(const Message& message, FeatureOrigins& origins) const;

 private:
  Features extract(const Message& message, FeatureOrigins* origins) const;

  std::size_t table_size_;
  FeatureLimits limits_;
  FeatureSet set_;
};

/// True when the visible text or the subject holds the GTUBE test string.
bool contains_gtube(const Message& message);

/// docs/features.md: the dense features and the site's tokens as a page.
std::string dense_feature_table();

}  // namespace winnow
