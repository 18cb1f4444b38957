// message_fuzz.cpp - any octets give a Message within its limits, and Features within their promises.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/features/features.h"
#include "engine/message/charset.h"
#include "engine/message/message.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_text(const std::string& text) { require(winnow::is_utf8(text) && text.find('\0') == std::string::npos); }

void check_message(const winnow::Message& message, const winnow::MessageLimits& limits) {
  for (const winnow::Header& header : message.headers) check_text(header.value);
  for (const auto* list : {&message.from, &message.reply_to, &message.sender, &message.to, &message.cc}) {
    require(list->size() <= limits.max_addresses);
    for (const winnow::Mailbox& mailbox : *list) {
      check_text(mailbox.name);
      check_text(mailbox.address);
    }
  }
  for (const std::string* text : {&message.subject, &message.text, &message.html_text, &message.hidden_text})
    check_text(*text);
  for (const winnow::Link& link : message.links) {
    check_text(link.url);
    check_text(link.text);
    check_text(link.host);
  }
  for (const winnow::Attachment& file : message.attachments) check_text(file.name);
  require(message.headers.size() <= limits.max_headers && message.links.size() <= limits.max_links);
  require(message.shape.parts <= limits.max_parts && message.shape.depth <= limits.max_depth);
  require(message.text.size() <= limits.max_text_bytes && message.html_text.size() <= limits.max_text_bytes);
}

void check_features(const winnow::Features& features, std::size_t table_size) {
  require(features.dense.size() == winnow::dense_features().size());
  for (const float value : features.dense) require(value >= -1.0F && value <= 1.0F);
  require(features.tokens.size() == features.weights.size());
  for (const float weight : features.weights) require(std::isfinite(weight) && weight > 0);
  std::vector<std::int64_t> tokens = features.tokens;
  std::sort(tokens.begin(), tokens.end());
  require(std::adjacent_find(tokens.begin(), tokens.end()) == tokens.end());
  require(tokens.empty() || (tokens.front() >= 0 && tokens.back() < static_cast<std::int64_t>(table_size)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kTable = 1u << 16;
  winnow::ReadOptions options;
  options.trusted_authserv_ids = {"mx"};
  const winnow::Message message = winnow::read_message(
      winnow::mail_from_bytes(std::string(reinterpret_cast<const char*>(data), size), 1u << 20), options);
  check_message(message, options.limits);
  const winnow::FeatureExtractor extractor(kTable);
  const winnow::Features features = extractor.extract(message);
  check_features(features, kTable);
  winnow::FeatureOrigins origins;
  require(extractor.extract(message, origins).tokens == features.tokens &&
          origins.tokens.size() == features.tokens.size() && origins.dense.size() == features.dense.size());
  winnow::contains_gtube(message);
  return 0;
}
