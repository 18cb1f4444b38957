// message_builder.h - collects the headers and parts of one message into a Message.
//
// Owns:    the Message until take().
// Threads: one builder per message, one thread.
// Blocks:  never; all budgets of MessageLimits are shared by all parts.
// Fails:   never; what is over a budget is left out and told by the shape of the Message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/message/header_block.h"
#include "engine/message/message.h"
#include "engine/message/mime_parts.h"
#include "engine/message/transfer_encoding.h"

namespace winnow {

class MessageBuilder {
 public:
  explicit MessageBuilder(const ReadOptions& options) : options_(options) {}

  void add_headers(const HeaderBlock& block);
  void add_leaf(const LeafPart& part);
  void add_summary(MimeSummary summary);
  void count_nul_bytes(std::size_t count) { message_.shape.nul_bytes = count; }
  Message take();

 private:
  bool is_text_with_name(const LeafPart& part) const;

  /// Text of one part, in the order of the parts.
  struct Piece {
    std::string text;
    bool is_html = false;
    std::size_t alternative = 0;
    bool is_blank = false;
  };

  std::string decode_text(const LeafPart& part, TransferEncoding encoding, std::size_t most, bool& cut);
  void add_text(const LeafPart& part, TransferEncoding encoding);
  void add_html(std::string html, std::size_t alternative);
  void add_bare_links(std::string_view visible, std::size_t first);
  void add_cms(const LeafPart& part, TransferEncoding encoding);
  void add_uu_files(std::string_view text);
  void add_attachment(const LeafPart& part, TransferEncoding encoding, std::vector<std::string> names, bool is_body);
  void add_authentication(const HeaderBlock& block);
  void note_part(const LeafPart& part, TransferEncoding encoding);
  void merge_text();
  bool has_twin(const Piece& piece) const;

  const ReadOptions& options_;
  Message message_;
  std::vector<Piece> pieces_;
  std::size_t text_left_ = options_.limits.max_text_bytes;
  std::size_t cms_depth_ = 0;  // signed messages may hold signed messages
  std::size_t cms_parts_ = 0;  // read within signed messages
  std::size_t html_left_ = options_.limits.max_html_bytes;
};

}  // namespace winnow
