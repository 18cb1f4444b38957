#include "models/extract_mail.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "engine/message/message.h"
#include "engine/model_file.h"
#include "models/mail_kind.h"

namespace winnow {
namespace {

std::size_t thread_count(std::size_t wanted) {
  return wanted > 0 ? wanted : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

/// One message taken apart.
struct Piece {
  ExtractedMail mail;
  std::optional<ExtractedMail> copy;  // with a tail
};

/// Mail that waits to be taken apart together.
class Chunk {
 public:
  Chunk(const FeatureExtractor& extractor, const ExtractOptions& options, const InnocentTails& tails)
      : extractor_(extractor),
        threads_(thread_count(options.threads)),
        tells_kinds_(options.tell_kinds),
        tails_(tails) {}

  void add(LabelledMail&& mail) {
    bytes_ += mail.input.raw.size();
    mail_.push_back(std::move(mail));
  }

  bool is_full() const { return mail_.size() >= kChunkMessages || bytes_ >= kChunkBytes; }

  bool hand_over(const std::function<bool(ExtractedMail&&)>& take) {
    std::vector<Piece> pieces = take_apart();
    mail_.clear();
    bytes_ = 0;
    return std::all_of(pieces.begin(), pieces.end(), [&](Piece& piece) {
      return take(std::move(piece.mail)) && (!piece.copy || take(std::move(*piece.copy)));
    });
  }

 private:
  Piece take_apart_one(LabelledMail&& mail) const {
    Piece piece{{std::move(mail.name), std::move(mail.corpus), std::move(mail.split), mail.label, {}, {}, {}, {}}, {}};
    piece.mail.sha256 = sha256_hex(mail.input.raw);
    Message message = read_message(mail.input);
    if (tells_kinds_) piece.mail.kind = kind_of(message);
    const Tail* tail = tails_.tail_for(mail.label, content_hash(piece.mail.sha256));
    if (tail != nullptr) piece.copy = piece.mail;
    piece.mail.features = extractor_.extract(message);
    if (tail == nullptr) return piece;
    append_tail(message, tail->text);
    piece.copy->tail = tail->origin;
    piece.copy->features = extractor_.extract(message);
    return piece;
  }

  std::vector<Piece> take_apart() {
    std::vector<Piece> pieces(mail_.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t at = next++; at < mail_.size(); at = next++) pieces[at] = take_apart_one(std::move(mail_[at]));
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < threads_; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    return pieces;
  }

  const FeatureExtractor& extractor_;
  const std::size_t threads_;
  const bool tells_kinds_;
  const InnocentTails& tails_;
  std::vector<LabelledMail> mail_;
  std::size_t bytes_ = 0;
};

/// The whole mail is gone through once for its tails alone: the first spam of all is to have tails of the last ham, too.
/// False when that was ended.
bool gather_tails(const ExtractOptions& options, InnocentTails& tails) {
  Diagnostics told_later;  // by the reading proper
  bool wanted = true;
  if (options.tails <= 0) return wanted;
  read_labelled_mail(options.sources, options.filter, options.max_scan_bytes, told_later, [&](LabelledMail&& mail) {
    if (options.on_gathering && !options.on_gathering()) return wanted = false;
    if (!is_spam(mail.label) && mail.split != "test")  // its words would be learnt as spam's
      tails.offer(mail.label, read_message(mail.input), {mail.corpus, mail.split, sha256_hex(mail.input.raw)});
    return wanted;
  });
  return wanted;
}

}  // namespace

std::uint64_t content_hash(const std::string& sha256) { return std::stoull(sha256.substr(0, 16), nullptr, 16); }

void extract_mail(const ExtractOptions& options, const FeatureExtractor& extractor, Diagnostics& problems,
                  const std::function<bool(ExtractedMail&&)>& take) {
  InnocentTails tails(options.tails);
  if (!gather_tails(options, tails)) return;
  Chunk chunk(extractor, options, tails);
  bool wanted = true;
  read_labelled_mail(options.sources, options.filter, options.max_scan_bytes, problems, [&](LabelledMail&& mail) {
    chunk.add(std::move(mail));
    if (chunk.is_full()) wanted = chunk.hand_over(take);
    return wanted;
  });
  if (wanted) chunk.hand_over(take);
}

}  // namespace winnow
