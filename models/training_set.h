// training_set.h - the features of all training mail in memory, divided into what is learnt from and what is held out.
//
// Owns:    its mail, features only.
// Threads: one thread.
// Blocks:  never.
// Fails:   never.
// Units:   max_bytes bounds the features kept. Past it the mail is thinned evenly, by content hash: half of what is
//          there is forgotten and half of what still comes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "models/extract_mail.h"
#include "models/labelled_mail.h"

namespace winnow {

/// Between 1, where every message counts the same and the largest corpus decides alone, and 0, where every group does and
/// the errors of the smallest ones are learnt by heart. Chosen by what left-out corpora gain (docs/accuracy.md).
inline constexpr double kGroupExponent = 0.3;

/// Between 0, where spam of a kind keeps its weight, and 1, where it is brought down to that of the ham. Chosen likewise.
inline constexpr double kKindExponent = 0.75;
/// Spam of a kind keeps at least so much of its weight, and all of it where there are fewer ham or spam of the kind than
/// tell a habit from chance. Both set by judgement, not by figures.
inline constexpr double kLeastForAKind = 0.1;
inline constexpr std::size_t kFewestOfAKind = 20;

struct GroupCount {
  std::size_t ham = 0, spam = 0;

  void count(bool is_spam) { ++(is_spam ? spam : ham); }
};

/// What is learnt from mail of one kind (mail_kind.h).
struct KindBalance {
  GroupCount messages;     // copies counted, which are learnt as well
  double spam_factor = 1;  // on the weight of its spam
};

/// Positions of mail in a TrainingSet.
struct MailParts {
  std::vector<std::size_t> learnt, held_out;
};

class TrainingSet {
 public:
  explicit TrainingSet(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  void add(ExtractedMail&& mail);

  /// Copies with an innocent tail are learnt from when their original and the tail's mail are, and are nowhere else.
  /// Decides, after the last add(), what is held out: mail of split "dev", and `share` of mail without a
  /// split; of mail of split "train" that share too when there is no "dev".
  void divide(double share);

  /// All of it, as divided.
  const MailParts& parts() const { return parts_; }
  /// The same without the mail of these corpora, and without copies that have a tail from there.
  MailParts parts_without(const std::vector<std::string>& corpora) const;
  /// Positions of the mail of these corpora, learnt or held out.
  std::vector<std::size_t> of_corpora(const std::vector<std::string>& corpora) const;

  /// The labels of the model that is trained: "spam", and "phishing" when there is such mail; or those given.
  std::vector<std::string> labels() const;
  /// Those of a model that is trained on.
  void use_labels(std::vector<std::string> labels) { given_labels_ = std::move(labels); }
  bool has_given_labels() const { return !given_labels_.empty(); }
  /// Whether there is mail that a label can be learnt from: one that no mail has stays as it was.
  bool teaches(const std::string& label) const;

  Label label(std::size_t at) const { return mail_[at].label; }
  bool is_copy(std::size_t at) const { return mail_[at].tail.has_value(); }
  const std::string& corpus(std::size_t at) const { return mail_[at].corpus; }
  const std::string& kind(std::size_t at) const { return mail_[at].kind; }
  void append_to(TokenBatch& batch, std::size_t at) const;
  /// Rows of the token table that at least `fewest` of these messages have, copies not counted; in rising order.
  std::vector<std::int64_t> rows_of(const std::vector<std::size_t>& positions, std::size_t fewest) const;

  /// One weight per position, mean 1: among ham and among spam a group (corpus x label) weighs its size to the
  /// power of kGroupExponent, and ham and spam weigh the same.
  std::vector<double> balanced_weights(const std::vector<std::size_t>& positions) const;
  /// By the kinds that mail came with, none where it came without: spam of a kind that outweighs its ham gets the factor
  /// (ham / spam) ^ kKindExponent. For collections of wanted mail are English and plain, and a model would learn that all
  /// else is spam. Ham that outweighs its spam does so still: to err on that side costs less.
  std::map<std::string, KindBalance> balance_of_kinds(const std::vector<std::size_t>& positions) const;
  /// balanced_weights() times those factors: for learning only, for what is calibrated, measured and compared is the mail as
  /// it comes.
  std::vector<double> learning_weights(const std::vector<std::size_t>& positions) const;

  std::size_t size() const { return mail_.size(); }
  std::size_t forgotten() const { return forgotten_; }
  /// Names the mail, whatever the order it came in: 64 hex digits.
  std::string digest(const MailParts& parts) const;
  /// Names it with all by which a training takes it: order, corpora and the tails of copies, too.
  std::string digest_in_order(const MailParts& parts) const;

 private:
  struct Stored {
    std::string corpus, split, sha256, kind;
    Label label = Label::Ham;
    std::optional<MailOrigin> tail;
    std::uint64_t hash = 0;
    std::vector<std::uint32_t> tokens;
    std::vector<float> weights;
    std::vector<float> dense;
    std::uint64_t bytes() const;
  };
  using Group = std::pair<std::string, Label>;

  std::vector<std::string> named(const MailParts& parts) const;
  bool is_kept(const Stored& mail) const { return (mail.hash & ((1u << halvings_) - 1)) == 0; }
  void thin();

  std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0;
  unsigned halvings_ = 0;
  std::size_t forgotten_ = 0;
  std::deque<Stored> mail_;
  MailParts parts_;
  std::vector<std::string> given_labels_;
};

}  // namespace winnow
