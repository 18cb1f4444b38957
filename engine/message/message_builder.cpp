// message_builder.cpp - the parts of a message become its texts, links and attachments.
#include "engine/message/message_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "config/ascii.h"
#include "engine/message/attachments.h"
#include "engine/message/authentication_results.h"
#include "engine/message/charset.h"
#include "engine/message/cms.h"
#include "engine/message/html_text.h"
#include "engine/message/links.h"
#include "engine/message/text_forms.h"
#include "engine/message/unseen.h"

namespace winnow {
namespace {

bool is_text_type(const std::string& type) {
  return type.rfind("text/", 0) == 0 || type.rfind("multipart/", 0) == 0 || type.rfind("message/", 0) == 0;
}

bool is_cms_type(const std::string& type) {
  return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}

/// <meta charset=...> or <meta http-equiv ... charset=...> in the first part of the HTML.
std::string charset_of_html(std::string_view html) {
  constexpr std::size_t kLook = 2048;
  const std::string head = to_lower(html.substr(0, kLook));
  const std::size_t at = head.find("charset=");
  if (at == std::string::npos) return {};
  std::string_view value = std::string_view(head).substr(at + 8);
  while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
  const auto end =
      std::find_if(value.begin(), value.end(), [](char c) { return !is_alnum(c) && c != '-' && c != '_'; });
  return std::string(value.begin(), end);
}

void add_unique(std::string value, std::vector<std::string>& values) {
  constexpr std::size_t kMax = 20;
  if (value.empty() || values.size() >= kMax || std::find(values.begin(), values.end(), value) != values.end()) return;
  values.push_back(std::move(value));
}

void add_shape(const HtmlShape& part, HtmlShape& all) {
  all.bytes += part.bytes;
  all.tags += part.tags;
  all.images += part.images;
  all.remote_images += part.remote_images;
  all.tiny_images += part.tiny_images;
  all.forms += part.forms;
  all.scripts += part.scripts;
  all.tables += part.tables;
  all.comments_in_words += part.comments_in_words;
  all.styles += part.styles;
  all.hidden_text_bytes += part.hidden_text_bytes;
}

void append_paragraph(std::string_view text, std::size_t max, std::string& target) {
  if (text.empty() || target.size() >= max) return;
  if (!target.empty() && target.back() != '\n') target += '\n';
  target += utf8_prefix(text, max - target.size());
}

/// The date behind the last ';' (RFC 5321 4.4).
std::optional<std::int64_t> arrival_of(const Header& received) {
  const std::size_t semicolon = received.value.rfind(';');
  if (semicolon == std::string::npos) return std::nullopt;
  return parse_date(received.value.substr(semicolon + 1));
}

/// As they would be stored, each once. The first is the one that most mail programs show: of Content-Disposition, if it has one.
std::vector<std::string> names_of(const ContentType& type, const ContentDisposition& disposition) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    const std::string_view stored = name_as_stored(name);
    if (!stored.empty() && std::find(names.begin(), names.end(), stored) == names.end()) names.emplace_back(stored);
  };
  add(disposition.file_name);
  add(type.name);
  for (const auto* others : {&disposition.other_names, &type.other_names})
    std::for_each(others->begin(), others->end(), add);
  return names;
}

}  // namespace

void MessageBuilder::add_headers(const HeaderBlock& block) {
  const MessageLimits& limits = options_.limits;
  std::size_t& repairs = message_.shape.broken_encodings;
  message_.shape.header_count = block.field_count;
  message_.shape.header_bytes = block.bytes;
  message_.shape.limits_hit = block.cut;
  message_.headers.reserve(block.fields.size());
  for (const RawHeader& field : block.fields) {
    message_.headers.push_back({std::string(field.name), decode_header_text(field.value, repairs)});
  }
  const auto mailboxes = [&](std::string_view name, std::vector<Mailbox>& target) {
    if (const std::string* value = block.value(name)) target = parse_mailboxes(*value, limits.max_addresses, repairs);
  };
  mailboxes("From", message_.from);
  mailboxes("Reply-To", message_.reply_to);
  mailboxes("Sender", message_.sender);
  mailboxes("To", message_.to);
  mailboxes("Cc", message_.cc);
  if (const std::string* date = block.value("Date")) message_.date = parse_date(*date);
  if (const Header* received = message_.header("Received")) message_.arrived = arrival_of(*received);
  if (const Header* subject = message_.header("Subject")) message_.subject = subject->value;
  add_authentication(block);
}

void MessageBuilder::add_authentication(const HeaderBlock& block) {
  if (options_.trusted_authserv_ids.empty()) return;
  const std::string from_domain = message_.from.empty() ? std::string() : message_.from.front().domain;
  for (const RawHeader& field : block.fields) {
    if (!equal_ignoring_case(field.name, "Authentication-Results")) continue;
    add_authentication_results(field.value, options_.trusted_authserv_ids, from_domain, message_.authentication);
  }
}

void MessageBuilder::note_part(const LeafPart& part, TransferEncoding encoding) {
  MessageShape& shape = message_.shape;
  const std::string& type = part.content_type.type;
  add_unique(part.content_type.charset, shape.charsets);
  if (type == "text/html") ++shape.html_parts;
  if (type == "text/plain") ++shape.text_parts;
  if (encoding == TransferEncoding::Base64 && type.rfind("text/", 0) == 0) ++shape.base64_text_parts;
  if (type == "application/pgp-encrypted") shape.is_encrypted = true;
  if (type == "application/pgp-signature" || type.find("pkcs7-signature") != std::string::npos) shape.is_signed = true;
}

/// Whether a part with a name is still what a reader sees first: mail programs give names to the text itself, too.
bool MessageBuilder::is_text_with_name(const LeafPart& part) const {
  if (part.is_walked || part.content_type.type == "text/plain") return true;
  const auto is_blank = [](const Piece& piece) { return piece.is_blank; };
  const bool comes_first = part.alternative != 0 || std::all_of(pieces_.begin(), pieces_.end(), is_blank);
  return part.content_type.type == "text/html" && comes_first;
}

void MessageBuilder::add_leaf(const LeafPart& part) {
  const TransferEncoding encoding = parse_transfer_encoding(part.headers->value("Content-Transfer-Encoding"));
  const ContentDisposition disposition =
      parse_content_disposition(part.headers->value("Content-Disposition"), message_.shape.broken_encodings);
  if (disposition.cut) message_.shape.limits_hit = true;
  std::vector<std::string> names = names_of(part.content_type, disposition);
  if (part.is_walked && names.empty()) return;
  if (!part.is_walked) note_part(part, encoding);
  const bool may_show = is_text_type(part.content_type.type) && !disposition.is_attachment;
  const bool is_body = part.is_walked || (may_show && (names.empty() || is_text_with_name(part)));
  // Mail programs show HTML also where it is a file, unless it is said to be none of the text.
  const bool is_shown = !part.is_walked && (is_body || (may_show && part.content_type.type == "text/html"));
  if (!is_shown || !names.empty()) add_attachment(part, encoding, std::move(names), is_body);
  if (is_shown) add_text(part, encoding);
  if (is_cms_type(part.content_type.type)) add_cms(part, encoding);
}

/// Mail programs show what is signed, whatever they think of the signature.
void MessageBuilder::add_cms(const LeafPart& part, TransferEncoding encoding) {
  constexpr std::size_t kMaxDepth = 2;
  // Further than what the walker gives to its multiparts.
  constexpr std::size_t kAlternatives = 1u << 20;
  bool cut = false;
  CmsMessage cms = read_cms(decode_transfer(part.body, encoding, part.body.size(), cut));
  if (cms.kind == CmsKind::Encrypted) message_.shape.is_encrypted = true;
  if (cms.kind == CmsKind::Signed) message_.shape.is_signed = true;
  if (cms.content.empty() || cms_depth_ == kMaxDepth || cms_parts_ >= options_.limits.max_parts) return;
  const std::string octets = normalise_line_ends(cms.content);
  std::size_t body_at = 0;
  const HeaderBlock headers = read_header_block(octets, {}, body_at);
  const MimeLimits limits{options_.limits.max_depth, options_.limits.max_parts - cms_parts_};
  const std::size_t offset = ++cms_parts_ * kAlternatives;
  ++cms_depth_;
  const MimeSummary summary =
      walk_parts(headers, std::string_view(octets).substr(body_at), limits, [&](const LeafPart& leaf) {
        LeafPart inner = leaf;
        if (inner.alternative != 0) inner.alternative += offset;
        add_leaf(inner);
      });
  --cms_depth_;
  cms_parts_ += summary.parts;
  message_.shape.broken_encodings += summary.repairs;
  if (summary.cut || headers.cut) message_.shape.limits_hit = true;
}

std::string MessageBuilder::decode_text(const LeafPart& part, TransferEncoding encoding, std::size_t most, bool& cut) {
  const std::string octets = decode_transfer(part.body, encoding, most, cut);
  std::string charset = part.content_type.charset;
  if (charset.empty() && part.content_type.type == "text/html") charset = charset_of_html(octets);
  std::string text = to_utf8(octets, charset, message_.shape.broken_encodings);
  return text.find('\r') == std::string::npos ? text : normalise_line_ends(text);
}

void MessageBuilder::add_text(const LeafPart& part, TransferEncoding encoding) {
  const bool is_html = part.content_type.type == "text/html";
  std::size_t& left = is_html ? html_left_ : text_left_;
  bool cut = false;
  std::string text = decode_text(part, encoding, left, cut);
  if (!is_html) {
    const std::size_t decoded = text.size();
    text = without_long_blanks(std::move(text));
    // Of a text that is mostly what nobody sees, more is read.
    if (cut && text.size() < decoded / 2) {
      cut = false;
      text = without_long_blanks(decode_text(part, encoding, options_.limits.max_html_bytes, cut));
    }
  }
  left -= std::min(left, text.size());
  if (cut) message_.shape.limits_hit = true;
  if (is_html) return add_html(std::move(text), part.alternative);
  text = text_as_shown(std::move(text), part.content_type);
  add_uu_files(text);
  if (!find_links(text, options_.limits.max_links, message_.links)) message_.shape.limits_hit = true;
  const bool is_blank = trim(text).empty();
  pieces_.push_back({std::move(text), false, part.alternative, is_blank});
}

void MessageBuilder::add_html(std::string html, std::size_t alternative) {
  const MessageLimits& limits = options_.limits;
  HtmlText read = read_html(html, {limits.max_text_bytes, limits.max_links});
  add_shape(read.shape, message_.html);
  if (read.cut) message_.shape.limits_hit = true;
  const std::size_t first = message_.links.size();
  for (Link& link : read.links) {
    if (message_.links.size() >= limits.max_links) {
      message_.shape.limits_hit = true;
      break;
    }
    message_.links.push_back(std::move(link));
  }
  add_bare_links(read.visible, first);
  append_paragraph(read.hidden, limits.max_text_bytes, message_.hidden_text);
  const bool is_blank = trim(read.visible).empty();
  pieces_.push_back({std::move(read.visible), true, alternative, is_blank});
}

void MessageBuilder::add_bare_links(std::string_view visible, std::size_t first) {
  for (Link& link : bare_links(visible, message_.links, first)) {
    if (message_.links.size() < options_.limits.max_links)
      message_.links.push_back(std::move(link));
    else
      message_.shape.limits_hit = true;
  }
}

/// Some mail programs show them as files, others as the text that they are: they are both.
void MessageBuilder::add_uu_files(std::string_view text) {
  constexpr std::size_t kMaxFiles = 20;
  constexpr std::size_t kEncodedLook = 4u << 10;
  for (const UuFile& file : find_uu_files(text, kMaxFiles)) {
    bool cut = false;
    const std::string first =
        decode_transfer(file.octets.substr(0, kEncodedLook), TransferEncoding::UuEncode, kEncodedLook, cut);
    Attachment attachment;
    attachment.name = name_as_stored(file.name);
    attachment.extension = file_extension(attachment.name);
    attachment.declared_type = "application/octet-stream";
    attachment.magic_type = magic_type(first);
    attachment.size = first.size();
    message_.attachments.push_back(std::move(attachment));
  }
}

void MessageBuilder::add_attachment(const LeafPart& part, TransferEncoding encoding, std::vector<std::string> names,
                                    bool is_body) {
  constexpr std::size_t kLook = 36u << 10;  // as far as the mark of an ISO image
  constexpr std::size_t kEncodedLook = 52u << 10;
  bool cut = false;
  const std::string first = decode_transfer(part.body.substr(0, kEncodedLook), encoding, kLook, cut);
  Attachment attachment;
  if (!names.empty()) {
    attachment.name = std::move(names.front());
    names.erase(names.begin());
  }
  attachment.extension = file_extension(attachment.name);
  attachment.other_names = std::move(names);
  attachment.declared_type = part.content_type.type;
  attachment.magic_type = magic_type(first);
  // The size is told without decoding: base64 carries three octets in four, with a line end every 76.
  attachment.size = part.body.size() > kEncodedLook && encoding == TransferEncoding::Base64 ? part.body.size() / 78 * 57
                    : encoding == TransferEncoding::None                                    ? part.body.size()
                                                                                            : first.size();
  attachment.is_body = is_body;
  message_.attachments.push_back(std::move(attachment));
}

void MessageBuilder::add_summary(MimeSummary summary) {
  MessageShape& shape = message_.shape;
  shape.parts = summary.parts;
  shape.depth = summary.depth;
  shape.broken_encodings += summary.repairs;
  if (summary.cut) shape.limits_hit = true;
  if (!summary.types.empty()) shape.top_type = summary.types.front();
  shape.types = std::move(summary.types);
  shape.is_report = shape.top_type == "multipart/report";
  if (shape.top_type == "multipart/signed") shape.is_signed = true;
  if (shape.top_type == "multipart/encrypted") shape.is_encrypted = true;
}

/// Whether the piece says in HTML what another says in plain text, or the other way round.
bool MessageBuilder::has_twin(const Piece& piece) const {
  return piece.alternative != 0 && std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& other) {
           return other.is_html != piece.is_html && other.alternative == piece.alternative && !other.is_blank;
         });
}

void MessageBuilder::merge_text() {
  const bool has_html =
      std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.is_html && !piece.is_blank; });
  for (const Piece& piece : pieces_) {
    const bool twin = has_twin(piece);
    // Mail programs show plain parts that are no alternative above and below the HTML.
    if (has_html && (piece.is_html || !twin))
      append_paragraph(piece.text, options_.limits.max_text_bytes, message_.html_text);
    if (piece.is_html && twin) continue;
    if (message_.text.size() + piece.text.size() > options_.limits.max_text_bytes) message_.shape.limits_hit = true;
    append_paragraph(piece.text, options_.limits.max_text_bytes, message_.text);
  }
}

Message MessageBuilder::take() {
  merge_text();
  return std::move(message_);
}

}  // namespace winnow
