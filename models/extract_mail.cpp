#include "models/extract_mail.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "engine/message/message.h"
#include "engine/model_file.h"

namespace winnow {
namespace {

std::size_t thread_count(std::size_t wanted) {
  return wanted > 0 ? wanted : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

ExtractedMail extract(LabelledMail&& mail, const FeatureExtractor& extractor) {
  ExtractedMail extracted{std::move(mail.name), std::move(mail.corpus), std::move(mail.split), mail.label, {}, {}};
  extracted.sha256 = sha256_hex(mail.input.raw);
  extracted.features = extractor.extract(read_message(mail.input));
  return extracted;
}

/// Mail that waits to be taken apart together.
class Chunk {
 public:
  Chunk(const FeatureExtractor& extractor, std::size_t threads) : extractor_(extractor), threads_(threads) {}

  void add(LabelledMail&& mail) {
    bytes_ += mail.input.raw.size();
    mail_.push_back(std::move(mail));
  }

  bool is_full() const { return mail_.size() >= kChunkMessages || bytes_ >= kChunkBytes; }

  bool hand_over(const std::function<bool(ExtractedMail&&)>& take) {
    std::vector<ExtractedMail> extracted = extract_all();
    mail_.clear();
    bytes_ = 0;
    return std::all_of(extracted.begin(), extracted.end(), [&](ExtractedMail& one) { return take(std::move(one)); });
  }

 private:
  std::vector<ExtractedMail> extract_all() {
    std::vector<ExtractedMail> extracted(mail_.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t at = next++; at < mail_.size(); at = next++)
        extracted[at] = extract(std::move(mail_[at]), extractor_);
    };
    std::vector<std::thread> helpers;
    for (std::size_t i = 1; i < threads_; ++i) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
    return extracted;
  }

  const FeatureExtractor& extractor_;
  std::size_t threads_;
  std::vector<LabelledMail> mail_;
  std::size_t bytes_ = 0;
};

}  // namespace

void extract_mail(const ExtractOptions& options, const FeatureExtractor& extractor, Diagnostics& problems,
                  const std::function<bool(ExtractedMail&&)>& take) {
  Chunk chunk(extractor, thread_count(options.threads));
  bool wanted = true;
  read_labelled_mail(options.sources, options.filter, options.max_scan_bytes, problems, [&](LabelledMail&& mail) {
    chunk.add(std::move(mail));
    if (chunk.is_full()) wanted = chunk.hand_over(take);
    return wanted;
  });
  if (wanted) chunk.hand_over(take);
}

}  // namespace winnow
