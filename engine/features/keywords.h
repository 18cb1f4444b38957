// keywords.h - groups of words that unwanted mail likes, in several languages.
//
// Threads: any; the table is built once.
// Blocks:  never; a look-up per word and per pair of words.
// Fails:   never.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/features/words.h"

namespace winnow {

enum class KeywordGroup : std::uint8_t {
  Money,
  Urgency,
  Pharmacy,
  Account,
  Prize,
  Credit,
  Investment,
  Adult,
  Gambling,
  Offer,
  Inheritance,
  Extortion,
  Delivery,
  Marketing
};
constexpr std::size_t kKeywordGroups = 14;

/// Different keywords found, per group.
using KeywordCounts = std::array<std::size_t, kKeywordGroups>;

void count_keywords(const NormalText& text, KeywordCounts& counts);

/// Names of companies whose customers are phished, in normal form: the brand that `text` names, "" if none.
std::string_view brand_named_in(const NormalText& text);

/// All words of the tables, for the feature schema's hash.
std::string_view keyword_table_text();

}  // namespace winnow
