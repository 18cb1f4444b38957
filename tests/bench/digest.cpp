#include "tests/bench/digest.h"

#include <xxhash.h>

#include <bit>
#include <string_view>

namespace winnow::bench {
namespace {

class Digest {
 public:
  Digest& add(std::string_view text) { return add(XXH3_64bits(text.data(), text.size())); }
  Digest& add(const std::string& text) { return add(std::string_view(text)); }
  Digest& add(std::uint64_t number) {
    value_ = joined(value_, number);
    return *this;
  }
  Digest& add(bool flag) { return add(std::uint64_t{flag}); }
  Digest& add(float number) { return add(std::uint64_t{std::bit_cast<std::uint32_t>(number)}); }
  Digest& add(std::int64_t number) { return add(static_cast<std::uint64_t>(number)); }
  Digest& add(const Header& header) { return add(header.name).add(header.value); }
  Digest& add(const Mailbox& box) { return add(box.name).add(box.address).add(box.domain); }
  Digest& add(const Link& link) {
    return add(link.url)
        .add(link.host)
        .add(link.domain)
        .add(link.scheme)
        .add(link.text)
        .add(link.text_domain)
        .add(link.from_html)
        .add(link.is_image);
  }
  Digest& add(const Attachment& file) {
    return add(file.name)
        .add(file.extension)
        .add(file.declared_type)
        .add(file.magic_type)
        .add(std::uint64_t{file.size});
  }
  template <typename Value>
  Digest& add(const std::vector<Value>& values) {
    add(std::uint64_t{values.size()});
    for (const Value& value : values) add(value);
    return *this;
  }
  template <typename Value>
  Digest& add(const std::optional<Value>& value) {
    return value ? add(true).add(*value) : add(false);
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

void add_shape(const MessageShape& shape, const HtmlShape& html, Digest& digest) {
  for (const std::size_t number :
       {shape.parts,        shape.depth,        shape.text_parts,       shape.html_parts, shape.base64_text_parts,
        shape.header_count, shape.header_bytes, shape.broken_encodings, shape.nul_bytes,  html.bytes,
        html.tags,          html.images,        html.remote_images,     html.tiny_images, html.forms,
        html.scripts,       html.tables,        html.comments_in_words, html.styles,      html.hidden_text_bytes})
    digest.add(std::uint64_t{number});
  digest.add(shape.limits_hit)
      .add(shape.is_encrypted)
      .add(shape.is_signed)
      .add(shape.is_report)
      .add(shape.top_type)
      .add(shape.charsets)
      .add(shape.types);
}

std::uint64_t of_message(const Message& message) {
  Digest digest;
  digest.add(message.size)
      .add(message.truncated)
      .add(message.headers)
      .add(message.date)
      .add(message.arrived)
      .add(message.subject)
      .add(message.from)
      .add(message.reply_to)
      .add(message.sender)
      .add(message.to)
      .add(message.cc)
      .add(message.text)
      .add(message.html_text)
      .add(message.hidden_text)
      .add(message.links)
      .add(message.attachments);
  add_shape(message.shape, message.html, digest);
  return digest.value();
}

std::uint64_t of_features(const Features& features) {
  return Digest().add(features.tokens).add(features.weights).add(features.dense).value();
}

std::uint64_t of_answer(const StagedMail& mail) {
  Digest digest;
  for (const Modification& one : mail.answer.modifications)
    digest.add(static_cast<std::uint64_t>(one.kind)).add(one.name).add(std::uint64_t{one.index}).add(one.value);
  const Reply& reply = mail.answer.reply;
  digest.add(static_cast<std::uint64_t>(reply.kind)).add(static_cast<std::uint64_t>(reply.code)).add(reply.text);
  // Its times are all 0 here: nothing was timed.
  return digest.add(mail.line).value();
}

}  // namespace

std::uint64_t joined(std::uint64_t all, std::uint64_t one) {
  const std::uint64_t both[] = {all, one};
  return XXH3_64bits(both, sizeof both);
}

MailDigest digest_of(const StagedMail& mail) {
  const FeatureExtractor site(1u << 20, {}, FeatureSet::Site);
  return {of_message(mail.judgement.message), of_features(mail.features),
          of_features(site.extract(mail.judgement.message)), of_answer(mail)};
}

}  // namespace winnow::bench
