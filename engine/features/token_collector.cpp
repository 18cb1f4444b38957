// token_collector.cpp - an open-addressing table over the folded tokens.
#include "engine/features/token_collector.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>

namespace winnow {
namespace {

constexpr std::size_t kMostTokens = 30000;  // what 16-bit slots can number

constexpr std::size_t kFirstSlots = 4096;      // twice as many as most messages have tokens
constexpr std::size_t kTextBytes = 48u << 10;  // the names of the tokens of most messages

/// The namespace goes into the hash, so that a word in subject and text gives two tokens.
std::uint64_t with_space(std::uint64_t hash, Space space) {
  std::uint64_t mixed = hash ^ ((static_cast<std::uint64_t>(space) + 1) * 0x9E3779B97F4A7C15ULL);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

/// 1 + ln tf
double term_weight(std::uint32_t times) {
  static const std::array<double, 32> few = [] {
    std::array<double, 32> weights{};
    for (std::size_t i = 1; i < weights.size(); ++i) weights[i] = 1 + std::log(static_cast<double>(i));
    return weights;
  }();
  return times < few.size() ? few[times] : 1 + std::log(static_cast<double>(times));
}

constexpr std::array<SpaceAbout, kSpaces> kSpaceTable = {{
    {"subject word", 120, 1.0F},
    {"subject pair", 60, 0.7F},
    {"subject characters", 300, 1.0F},
    {"opening word", 150, 2.0F},
    {"text word", 1500, 1.0F},
    {"text pair", 1500, 1.0F},
    {"text characters", 2600, 1.0F},
    {"quoted word", 200, 0.3F},
    {"hidden word", 200, 0.7F},
    {"link text word", 150, 0.7F},
    {"url host", 60, 0.5F},
    {"url domain", 60, 0.7F},
    {"url tld", 20, 0.5F},
    {"url path word", 150, 0.5F},
    {"sender domain", 4, 0.5F},
    {"sender tld", 2, 0.3F},
    {"sender local part", 4, 0.4F},
    {"sender name word", 20, 0.7F},
    {"reply-to", 4, 0.4F},
    {"attachment", 40, 0.7F},
    {"structure", 30, 0.5F},
    {"charset", 10, 0.3F},
    {"bucket", 150, 1.0F},
    {"header", 120, 1.0F, "names of the headers, also as they are written"},
    {"header pair", 80, 0.7F, "two header names in a row"},
    {"header word", 300, 1.0F, "words of header values, each with its header"},
    {"host", 120, 1.0F, "client, HELO, earlier hops, hosts of message ids; networks of the addresses"},
    {"address", 80, 1.0F, "sender, reply-to, envelope sender, recipients; with and without the local part"},
    {"mailer", 40, 1.0F, "mail program; how message ids, boundaries and dates are made; who signs"},
    {"list", 80, 1.0F, "words of the headers of mailing lists, the list's mark in the subject"},
}};

}  // namespace

const std::array<SpaceAbout, kSpaces>& spaces() { return kSpaceTable; }

TokenCollector::TokenCollector(std::size_t table_size, std::size_t max_tokens, FeatureOrigins* origins, FeatureSet set)
    : mask_((set == FeatureSet::Site ? table_size / 2 : table_size) - 1),
      max_tokens_(std::min(max_tokens, kMostTokens)),
      origins_(origins),
      slots_(kFirstSlots) {
  entries_.reserve(std::min<std::size_t>(max_tokens_, 2048));
  if (origins_ == nullptr) return;
  origins_->texts.clear();
  origins_->texts.reserve(kTextBytes);
  origins_->tokens.clear();
  origins_->tokens.reserve(kFirstSlots / 2);
}

inline std::uint32_t TokenCollector::token_of(std::uint64_t hash, Space space) const {
  const std::size_t half = space >= Space::SiteHeader ? mask_ + 1 : 0;
  return static_cast<std::uint32_t>((with_space(hash, space) & mask_) + half);
}

/// Of the token, or the empty one where it belongs.
inline std::size_t TokenCollector::slot_of(std::uint32_t token) const {
  const std::size_t last = slots_.size() - 1;
  // Fibonacci hashing: the folded token has its entropy in the low bits already, the table may be larger than
  // they are.
  std::size_t at = (token * 2654435769U) & last;
  while (slots_[at] != 0 && entries_[slots_[at] - 1U].token != token) at = (at + 1) & last;
  return at;
}

TokenCollector::Entry* TokenCollector::add_entry(std::uint32_t token, Space space, std::size_t slot) {
  std::size_t& used = used_[static_cast<std::size_t>(space)];
  if (entries_.size() >= max_tokens_ || used >= kSpaceTable[static_cast<std::size_t>(space)].quota) return nullptr;
  ++used;
  entries_.push_back({token, 0, space});
  slots_[slot] = static_cast<std::uint16_t>(entries_.size());
  if (2 * entries_.size() > slots_.size()) grow();
  return &entries_.back();
}

void TokenCollector::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    slots_[slot_of(entries_[i].token)] = static_cast<std::uint16_t>(i + 1);
}

const TokenCollector::Entry* TokenCollector::count(Space space, std::uint64_t hash) {
  const std::uint32_t token = token_of(hash, space);
  const std::size_t slot = slot_of(token);
  Entry* const entry = slots_[slot] != 0 ? &entries_[slots_[slot] - 1U] : add_entry(token, space, slot);
  if (entry != nullptr) ++entry->times;
  return entry;
}

TokenOrigin* TokenCollector::add_origin(const Entry& entry, std::string_view first, std::string_view second) {
  const TextRange name = write_name(entry.space, first, second);
  origins_->tokens.push_back({static_cast<std::int64_t>(entry.token), name, name});
  return &origins_->tokens.back();
}

TextRange TokenCollector::write_name(Space space, std::string_view first, std::string_view second) {
  std::string& texts = origins_->texts;
  const auto at = static_cast<std::uint32_t>(texts.size());
  texts.append(spaces()[static_cast<std::size_t>(space)].name).append(" \"").append(first);
  if (!second.empty()) texts.append(" ").append(second);
  texts += '"';
  return {at, static_cast<std::uint32_t>(texts.size()) - at};
}

void TokenCollector::read_as(TokenOrigin& origin, Space space, std::string_view word) {
  const TextRange name = write_name(space, word);
  if (origins_->text(name) == origins_->text(latest_name_)) {
    origins_->texts.resize(name.at);
  } else {
    latest_name_ = name;
  }
  origin.reads = latest_name_;
}

void TokenCollector::read_as(TokenOrigin& origin, std::string_view sentence) {
  origin.reads = {static_cast<std::uint32_t>(origins_->texts.size()), static_cast<std::uint32_t>(sentence.size())};
  origins_->texts += sentence;
}

TokenOrigin* TokenCollector::add_text(Space space, std::string_view text) {
  return text.empty() ? nullptr : add(space, XXH3_64bits(text.data(), text.size()), text);
}

void TokenCollector::finish(Features& features) const {
  std::array<double, kSpaces> norms{};
  for (const Entry& entry : entries_) {
    const double tf = term_weight(entry.times);
    norms[static_cast<std::size_t>(entry.space)] += tf * tf;
  }
  for (double& norm : norms) norm = std::sqrt(norm);
  features.tokens.resize(entries_.size());
  features.weights.resize(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const auto space = static_cast<std::size_t>(entry.space);
    features.tokens[i] = entry.token;
    features.weights[i] = static_cast<float>(term_weight(entry.times) / norms[space] * kSpaceTable[space].share);
  }
}

}  // namespace winnow
