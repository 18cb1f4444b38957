// token_rules.cpp - one function per group of namespaces. What matters most comes first: the budget may end.
#include "engine/features/token_rules.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "config/ascii.h"
#include "engine/features/dense_table.h"
#include "engine/features/gather.h"
#include "engine/message/charset.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxRunGrams = 400;  // of one run of a script without spaces
constexpr std::string_view kRecipient = "<recipient>";

class TokenRules {
 public:
  TokenRules(const MessageFacts& facts, const FeatureLimits& limits, TokenCollector& tokens)
      : facts_(facts), limits_(limits), tokens_(tokens) {
    for (const std::uint64_t hash : facts_.recipient_words) own_words_ |= std::uint64_t{1} << hash % 64;
  }

  void sender();
  void links();
  void shape();
  void buckets(const std::vector<float>& dense);
  void subject();
  void text();
  void quoted_and_hidden();
  void grams();

 private:
  struct Word_ {
    std::uint64_t hash;
    std::string_view text;
  };

  Word_ word_of(const NormalText& text, const Word& word) const;
  void words(const NormalText& text, Space word_space, Space pair_space, bool pairs);
  void run_grams(std::string_view run, Space space);
  void opening();
  void plain_words(std::string_view text, Space space, std::size_t max);

  const MessageFacts& facts_;
  const FeatureLimits& limits_;
  TokenCollector& tokens_;
  std::uint64_t own_words_ = 0;  // a bit for each word that names a recipient: nearly all words are told apart by it
  NormalText scratch_;           // of plain_words()
};

/// Words that name the recipient differ from site to site; that one is named at all does not.
TokenRules::Word_ TokenRules::word_of(const NormalText& text, const Word& word) const {
  const auto& own = facts_.recipient_words;
  const bool maybe = (own_words_ >> word.hash % 64 & 1) != 0;
  if (maybe && std::find(own.begin(), own.end(), word.hash) != own.end()) return {word_hash(kRecipient), kRecipient};
  return {word.hash, text.word(word)};
}

void TokenRules::run_grams(std::string_view run, Space space) {
  for (const std::size_t size : {2, 3}) {
    for_each_gram(run, size, kMaxRunGrams, [&](std::string_view gram) { tokens_.add(space, word_hash(gram), gram); });
  }
}

void TokenRules::words(const NormalText& text, Space word_space, Space pair_space, bool pairs) {
  Word_ previous{0, {}};
  for (const Word& word : text.words) {
    const Word_ current = word_of(text, word);
    if (word.no_spaces) {
      run_grams(current.text, word_space);
      previous = {0, {}};
      continue;
    }
    tokens_.add(word_space, current.hash, current.text);
    if (pairs && previous.hash != 0)
      tokens_.add(pair_space, pair_hash(previous.hash, current.hash), previous.text, current.text);
    previous = current;
  }
  for (const std::string& word : text.recovered) tokens_.add(word_space, word_hash(word), word);
}

void TokenRules::plain_words(std::string_view text, Space space, std::size_t max) {
  normalise_text(text, max, scratch_);
  words(scratch_, space, space, false);
}

void TokenRules::subject() { words(facts_.subject.normal, Space::SubjectWord, Space::SubjectPair, true); }

/// The opening has a namespace of its own: a hook in front of pages of harmless text stays visible.
void TokenRules::opening() {
  const NormalText& text = facts_.body_normal;
  std::size_t characters = 0, at = 0;
  while (at < text.text.size() && characters < limits_.max_opening_chars) {
    next_code_point(text.text, at);
    ++characters;
  }
  for (const Word& word : text.words) {
    if (word.begin >= at) break;
    const Word_ current = word_of(text, word);
    if (word.no_spaces) {
      run_grams(current.text, Space::OpeningWord);
    } else if (TokenOrigin* origin = tokens_.add(Space::OpeningWord, current.hash, current.text)) {
      tokens_.read_as(*origin, Space::TextWord, current.text);
    }
  }
}

void TokenRules::text() {
  opening();
  words(facts_.body_normal, Space::TextWord, Space::TextPair, true);
}

void TokenRules::quoted_and_hidden() {
  words(facts_.quoted_normal, Space::QuotedWord, Space::QuotedWord, false);
  constexpr std::size_t kMaxHidden = 4u << 10;
  constexpr std::size_t kMaxWords = 300;
  plain_words(utf8_prefix(facts_.message->hidden_text, kMaxHidden), Space::HiddenWord, kMaxWords);
}

/// The word that a gram of `text` is a piece of, or begins before; "" for scripts without spaces.
std::string_view word_around(const NormalText& text, std::string_view gram) {
  const auto from = static_cast<std::size_t>(gram.data() - text.text.data());
  const auto word = std::upper_bound(text.words.begin(), text.words.end(), from, [](std::size_t at, const Word& w) {
    return at < std::size_t{w.begin} + w.length;
  });
  if (word == text.words.end() || word->no_spaces || word->begin >= from + gram.size()) return {};
  return text.word(*word);
}

void TokenRules::grams() {
  constexpr std::size_t kSize = 4;
  const auto add = [&](const NormalText& text, Space space, Space word_space) {
    for_each_gram(text.text, kSize, limits_.max_gram_chars, [&](std::string_view gram) {
      TokenOrigin* const origin = tokens_.add(space, XXH3_64bits(gram.data(), gram.size()), gram);
      if (origin == nullptr) return;
      const std::string_view word = word_around(text, gram);
      if (!word.empty()) tokens_.read_as(*origin, word_space, word);
    });
  };
  add(facts_.subject.normal, Space::SubjectGram, Space::SubjectWord);
  add(facts_.body_normal, Space::TextGram, Space::TextWord);
}

/// RFC 2606 names stand for somebody; as a feature they would mark mail whose addresses were replaced.
bool is_reserved_name(std::string_view domain) {
  for (const std::string_view name : {"example.com", "example.org", "example.net"}) {
    if (domain == name) return true;
  }
  const std::string_view tld = domain.substr(domain.rfind('.') + 1);
  return tld == "example" || tld == "invalid" || tld == "test" || tld == "localhost";
}

void TokenRules::sender() {
  const SenderFacts& sender = facts_.sender;
  if (!is_reserved_name(sender.registrable)) {
    tokens_.add_text(Space::FromDomain, sender.domain);
    tokens_.add_text(Space::FromDomain, sender.registrable);
    const std::size_t dot = sender.domain.rfind('.');
    if (dot != std::string::npos) tokens_.add_text(Space::FromTld, std::string_view(sender.domain).substr(dot + 1));
  }
  // "john.smith99" -> "a.a0": how the address is made, not whose it is.
  std::string shape;
  for (const char c : sender.local) {
    const char kind = is_digit(c) ? '0' : is_alpha(c) ? 'a' : c;
    if (shape.empty() || shape.back() != kind) shape += kind;
  }
  tokens_.add_text(Space::FromLocal, shape.substr(0, 12));
  plain_words(sender.name, Space::FromName, 12);
  if (facts_.message->reply_to.empty()) return;
  tokens_.add_text(Space::ReplyTo, sender.reply_to_differs ? "another domain" : "own domain");
  if (sender.reply_to_is_freemail) tokens_.add_text(Space::ReplyTo, "free mail");
}

void TokenRules::links() {
  constexpr std::size_t kMaxLinkText = 150;
  constexpr std::size_t kPathWords = 8;
  std::size_t seen = 0;
  for (const Link* own : facts_.links.own) {
    const Link& link = *own;
    if (link.host.empty()) continue;
    if (++seen > limits_.max_urls) break;
    if (!is_reserved_name(link.domain)) {
      tokens_.add_text(Space::UrlHost, link.host);
      tokens_.add_text(Space::UrlDomain, link.domain);
    }
    if (!is_ip_address(link.host))
      tokens_.add_text(Space::UrlTld, std::string_view(link.host).substr(link.host.rfind('.') + 1));
    if (link.is_image) continue;
    plain_words(link.path().substr(0, 200), Space::UrlPath, kPathWords);
    if (!link.text.empty()) plain_words(utf8_prefix(link.text, kMaxLinkText), Space::LinkWord, kPathWords * 2);
  }
}

void TokenRules::shape() {
  const MessageShape& shape = facts_.message->shape;
  std::string types;
  constexpr std::size_t kMaxTypes = 12;
  for (std::size_t i = 0; i < std::min(shape.types.size(), kMaxTypes); ++i) {
    types += (i == 0 ? "" : " ") + shape.types[i];
    tokens_.add_text(Space::Structure, shape.types[i]);
  }
  tokens_.add_text(Space::Structure, types);
  for (const std::string& charset : shape.charsets) tokens_.add_text(Space::Charset, charset);
  for (const winnow::Attachment& file : facts_.message->attachments) {
    if (!is_attached_file(file)) continue;
    if (!file.extension.empty()) tokens_.add_text(Space::Attachment, "." + file.extension);
    if (!file.magic_type.empty()) tokens_.add_text(Space::Attachment, "is " + file.magic_type);
    tokens_.add_text(Space::Attachment, file.declared_type);
  }
}

constexpr int kLowestStep = -1;
constexpr int kSteps = 5;  // -1 to 3

std::string bucket_name(std::size_t row, int step) {
  return std::string(dense_rows()[row].about.name) + ' ' + std::to_string(step);
}

/// The hashes of bucket_name(), of all rows and steps.
const std::vector<std::array<std::uint64_t, kSteps>>& bucket_hashes() {
  static const auto all = [] {
    std::vector<std::array<std::uint64_t, kSteps>> hashes(dense_rows().size());
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      for (int step = 0; step < kSteps; ++step) {
        const std::string name = bucket_name(row, step + kLowestStep);
        hashes[row][static_cast<std::size_t>(step)] = XXH3_64bits(name.data(), name.size());
      }
    }
    return hashes;
  }();
  return all;
}

/// Dense values in four steps, for the linear part of a model: it can then bend where the value cannot.
void TokenRules::buckets(const std::vector<float>& dense) {
  const auto& hashes = bucket_hashes();
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (dense[i] == 0) continue;  // most are: nothing to say
    const int step = dense[i] < 0 ? kLowestStep : std::min(3, static_cast<int>(dense[i] * 4));
    const std::uint64_t hash = hashes[i][static_cast<std::size_t>(step - kLowestStep)];
    const std::string name = tokens_.origins() == nullptr ? std::string() : bucket_name(i, step);
    TokenOrigin* const origin = tokens_.add(Space::Bucket, hash, name);
    if (origin != nullptr && !tokens_.origins()->dense[i].empty())
      tokens_.read_as(*origin, tokens_.origins()->dense[i]);
  }
}

}  // namespace

void add_tokens(const MessageFacts& facts, const std::vector<float>& dense, const FeatureLimits& limits,
                TokenCollector& tokens) {
  TokenRules rules(facts, limits, tokens);
  rules.subject();
  rules.sender();
  rules.links();
  rules.shape();
  rules.buckets(dense);
  rules.text();
  rules.quoted_and_hidden();
  rules.grams();
}

}  // namespace winnow
