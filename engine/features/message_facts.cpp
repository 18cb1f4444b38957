// message_facts.cpp - gathers the facts of a message from its pieces.
#include "engine/features/message_facts.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "config/ascii.h"
#include "engine/features/gather.h"
#include "engine/message/charset.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxQuotedWords = 300;
constexpr std::size_t kMaxSubjectWords = 60;

SubjectFacts gather_subject(const Message& message) {
  SubjectFacts facts;
  facts.text = strip_subject(utf8_prefix(message.subject, 1000), facts.has_reply_prefix);
  facts.counts = count_text(facts.text);
  facts.normal = normalise_text(facts.text, kMaxSubjectWords);
  return facts;
}

/// The hashes of words, by open addressing: one block of memory.
class WordSet {
 public:
  explicit WordSet(const std::vector<Word>& words) : slots_(std::bit_ceil(2 * words.size() + 1)) {
    for (const Word& word : words) slots_[slot_of(word.hash)] = word.hash;
    has_zero_ = std::any_of(words.begin(), words.end(), [](const Word& word) { return word.hash == 0; });
  }
  bool has(std::uint64_t hash) const { return hash == 0 ? has_zero_ : slots_[slot_of(hash)] == hash; }

 private:
  std::size_t slot_of(std::uint64_t hash) const {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  std::vector<std::uint64_t> slots_;  // 0: empty
  bool has_zero_ = false;
};

/// Share of the words of `text` that `other` does not have.
double missing_share(const NormalText& text, const NormalText& other) {
  if (text.words.empty()) return 0;
  const WordSet known(other.words);
  const auto missing =
      std::count_if(text.words.begin(), text.words.end(), [&](const Word& word) { return !known.has(word.hash); });
  return static_cast<double>(missing) / static_cast<double>(text.words.size());
}

/// Words by which the message can name its recipient: the local part and the first label of the domain. In a session they are
/// those that the MTA has accepted, without what is free to choose behind a "+": a sender could write into the header what
/// the text shall hide.
std::vector<std::uint64_t> gather_recipient_words(const Message& message) {
  constexpr std::size_t kMaxRecipients = 5;
  constexpr std::size_t kShortest = 4;
  std::vector<std::uint64_t> hashes;
  const auto add = [&](std::string_view address) {
    const NormalText words = normalise_text(address, 8);
    const std::size_t at = address.find('@');
    bool first_of_domain = true;
    for (const Word& word : words.words) {
      const bool in_domain = at != std::string_view::npos && word.begin > at;
      if (in_domain && !first_of_domain) break;
      if (in_domain) first_of_domain = false;
      if (word.length >= kShortest) hashes.push_back(word.hash);
    }
  };
  const Envelope& envelope = message.envelope;
  for (std::size_t i = 0; i < std::min(kMaxRecipients, envelope.recipients.size()); ++i) {
    std::string address = envelope.recipients[i];
    const std::size_t at = std::min(address.rfind('@'), address.size()), chosen = std::min(address.find('+'), at);
    add(address.erase(chosen, at - chosen));
  }
  if (!envelope.recipients.empty()) return hashes;
  for (std::size_t i = 0; i < std::min(kMaxRecipients, message.to.size()); ++i) add(message.to[i].address);
  return hashes;
}

}  // namespace

void gather_body(const Message& message, const FeatureLimits& limits, MessageFacts& facts) {
  // Mail programs show the HTML where there is one; the plain twin is read only where it says something else.
  const bool html = !message.html_text.empty();
  split_body(utf8_prefix(html ? message.html_text : message.text, kMaxCountedBytes), facts.body_text,
             facts.quoted_text);
  facts.body = count_text(facts.body_text);
  facts.hidden = count_text(message.hidden_text);
  facts.body_normal = normalise_text(facts.body_text, limits.max_words);
  facts.quoted_normal = normalise_text(utf8_prefix(facts.quoted_text, 8u << 10), kMaxQuotedWords);
  if (html && !message.text.empty() && message.shape.text_parts > 0) {
    const NormalText twin = normalise_text(utf8_prefix(message.text, kMaxCountedBytes), limits.max_words);
    facts.twin_difference = missing_share(facts.body_normal, twin);
  }
}

MessageFacts gather_facts(const Message& message, const FeatureLimits& limits) {
  MessageFacts facts;
  facts.message = &message;
  facts.subject = gather_subject(message);
  gather_body(message, limits, facts);
  facts.sender = gather_sender(message, facts.subject.normal);
  facts.links = gather_links(message, facts.sender.registrable, limits.max_urls);
  facts.attachments = gather_attachments(message);
  facts.recipient_words = gather_recipient_words(message);
  count_keywords(facts.body_normal, facts.keywords);
  count_keywords(facts.subject.normal, facts.keywords);
  return facts;
}

}  // namespace winnow
