// token_collector.h - counts hashed tokens by namespace and turns the counts into weights.
//
// Owns:    the tokens of one message.
// Threads: one per message.
// Blocks:  never; at most max_tokens tokens, and a quota per namespace.
// Fails:   never; what comes past a limit is not counted.
// Weights: (1 + ln tf) of a token, divided by the Euclidean norm of its namespace and multiplied by the namespace's
//          share. So a namespace weighs the same in a long message as in a short one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/features/features.h"

namespace winnow {

/// The namespaces. Their order, names and numbers belong to the feature schema.
enum class Space : std::uint8_t {
  SubjectWord,
  SubjectPair,
  SubjectGram,
  OpeningWord,
  TextWord,
  TextPair,
  TextGram,
  QuotedWord,
  HiddenWord,
  LinkWord,
  UrlHost,
  UrlDomain,
  UrlTld,
  UrlPath,
  FromDomain,
  FromTld,
  FromLocal,
  FromName,
  ReplyTo,
  Attachment,
  Structure,
  Charset,
  Bucket,
  // From here on: only with FeatureSet::Site (site_tokens.h).
  SiteHeader,
  SiteHeaderPair,
  SiteHeaderWord,
  SiteHost,
  SiteAddress,
  SiteMailer,
  SiteList,
};
constexpr std::size_t kGeneralSpaces = static_cast<std::size_t>(Space::SiteHeader);
constexpr std::size_t kSpaces = static_cast<std::size_t>(Space::SiteList) + 1;

struct SpaceAbout {
  std::string_view name;          // in origins: `subject word "invoice"`
  std::size_t quota;              // unique tokens
  float share;                    // Euclidean norm of the namespace's weights
  std::string_view meaning = {};  // of a site feature, for docs/features.md
};
const std::array<SpaceAbout, kSpaces>& spaces();

class TokenCollector {
 public:
  /// `origins` may be null. With FeatureSet::Site the general tokens share the lower half of the table and the site's
  /// the upper one: a general model becomes a site's by twice as many rows, and no site token can weigh as a word did.
  TokenCollector(std::size_t table_size, std::size_t max_tokens, FeatureOrigins* origins,
                 FeatureSet set = FeatureSet::General);

  /// Counts a token by the hash of its text; `text` is only read for the origin. All of these return the origin of a
  /// token that is new, valid until the next call; null when it is not new or nobody asked for origins.
  TokenOrigin* add(Space space, std::uint64_t hash, std::string_view text) { return add(space, hash, text, {}); }
  /// A pair of words.
  TokenOrigin* add(Space space, std::uint64_t hash, std::string_view first, std::string_view second) {
    const Entry* const entry = count(space, hash);
    const bool is_told = origins_ != nullptr && entry != nullptr && entry->times == 1;
    return is_told ? add_origin(*entry, first, second) : nullptr;
  }
  /// Hashes the text itself.
  TokenOrigin* add_text(Space space, std::string_view text);

  /// The token of this origin is known to readers by that word of the mail, or as that sentence.
  void read_as(TokenOrigin& origin, Space space, std::string_view word);
  void read_as(TokenOrigin& origin, std::string_view sentence);

  /// Null when nobody asked for origins.
  const FeatureOrigins* origins() const { return origins_; }

  /// Fills tokens and weights.
  void finish(Features& features) const;

 private:
  struct Entry {
    std::uint32_t token = 0;
    std::uint32_t times = 0;
    Space space{};
  };

  /// Null when there is no room for it.
  const Entry* count(Space space, std::uint64_t hash);
  std::uint32_t token_of(std::uint64_t hash, Space space) const;
  Entry* add_entry(std::uint32_t token, Space space, std::size_t slot);
  TokenOrigin* add_origin(const Entry& entry, std::string_view first, std::string_view second);
  std::size_t slot_of(std::uint32_t token) const;
  void grow();
  /// `subject word "invoice"`, `text pair "click here"`
  TextRange write_name(Space space, std::string_view first, std::string_view second = {});

  const std::size_t mask_;
  const std::size_t max_tokens_;
  FeatureOrigins* const origins_;
  TextRange latest_name_;  // that read_as() wrote: the pieces of a word come one after the other
  std::vector<Entry> entries_;
  std::vector<std::uint16_t> slots_;  // open addressing: index into entries_ plus one
  std::array<std::size_t, kSpaces> used_{};
};

}  // namespace winnow
