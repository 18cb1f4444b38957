#include "config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "config/ascii.h"
#include "config/source_position.h"
#include "config/text_checks.h"

namespace winnow {
namespace {

/// Thrown by the builder through yaml-cpp's parser once a problem is reported that makes reading on pointless.
struct StopReading {};

/// A collection whose end has not come yet.
struct OpenNode {
  YamlNode node;
  std::string key;  // Mapping: the key whose value comes next
  Location key_where;
  bool has_key = false;
  bool drops_value = false;                            // the key was refused
  std::unordered_map<std::string, std::size_t> lines;  // Mapping: where each key was first seen
};

/// Where the list item of a missing value starts: yaml-cpp places such a value at whatever follows.
std::optional<std::size_t> dash_before(std::string_view text, const YAML::Mark& mark) {
  const std::size_t at = std::min(text.size(), static_cast<std::size_t>(std::max(0, mark.pos)));
  const bool is_written = at < text.size() && (text[at] == '~' || text[at] == 'n' || text[at] == 'N');
  const std::size_t before = at == 0 || is_written ? text.npos : text.find_last_not_of(" \r\n", at - 1);
  return before != text.npos && text[before] == '-' ? std::optional(before) : std::nullopt;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const SourceText> source, Diagnostics& problems, const YamlLimits& limits)
      : source_(source), position_(std::move(source)), problems_(problems), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    stop(locate(mark, 1), "only one document is allowed in a file", "remove the '---' line");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    YamlNode node = node_at(YamlNode::Kind::Null, mark);
    if (const std::optional<std::size_t> dash = dash_before(source_->text, mark)) {
      node.where = node.content = position_.locate(*dash, 1);
    }
    add(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.error(locate(mark, 1), "aliases are not supported", "write the value out");
    add(node_at(YamlNode::Kind::Null, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag == "!" ? "" : tag);  // yaml-cpp's word for "quoted"
    YamlNode node = scalar_at(mark, value);
    refuse_control_characters(node);
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::Sequence, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::Mapping, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  /// The tree; after a stop, without the mappings that are not complete, the outermost excepted.
  YamlNode take() {
    while (!open_.empty()) {
      const bool keep = open_.size() == 1 || open_.back().node.kind == YamlNode::Kind::Sequence;
      YamlNode node = std::move(open_.back().node);
      open_.pop_back();
      if (keep) attach(std::move(node));
    }
    return std::move(root_);
  }

  Location locate(const YAML::Mark& mark, std::size_t bytes) {
    return position_.locate(mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos), bytes);
  }

 private:
  [[noreturn]] void stop(Location where, std::string text, std::string hint) {
    problems_.error(std::move(where), std::move(text), std::move(hint));
    throw StopReading{};
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) problems_.error(locate(mark, 1), "anchors are not supported", "write the value out");
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?") return;
    problems_.error(locate(mark, 1), "a value that begins with '!' is a YAML tag, which is not supported",
                    "conditions write 'not' instead of '!'; a text that begins with '!' must be quoted");
  }

  /// The file itself holds none, but a double-quoted text makes them of escapes: of the "\b" in a pattern, say.
  void refuse_control_characters(const YamlNode& scalar) {
    const auto is_refused = [](char c) { return (c >= 0 && c < 0x20 && c != '\t' && c != '\n') || c == 0x7F; };
    const auto found = std::find_if(scalar.scalar.begin(), scalar.scalar.end(), is_refused);
    if (found == scalar.scalar.end()) return;
    const auto offset = static_cast<std::size_t>(found - scalar.scalar.begin());
    problems_.error(location_in_scalar(scalar, offset, 1),
                    "this escape stands for a control character, which is not allowed",
                    "use single quotes, or | for a block");
  }

  YamlNode node_at(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (++nodes_ > limits_.max_nodes) {
      stop(locate(mark, 1), "the file holds more than " + std::to_string(limits_.max_nodes) + " values", {});
    }
    YamlNode node;
    node.kind = kind;
    node.where = locate(mark, 1);
    node.content = node.where;
    return node;
  }

  YamlNode scalar_at(const YAML::Mark& mark, const std::string& value) {
    YamlNode node = node_at(YamlNode::Kind::Scalar, mark);
    node.scalar = value;
    const std::string_view text = source_->text;
    const std::size_t start = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text.size());
    const char first = start < text.size() ? text[start] : ' ';
    node.quoted = first == '"' || first == '\'' || first == '|' || first == '>';
    if (first == '"' || first == '\'') {
      // yaml-cpp takes the end of the file for a closing quote.
      if (!end_of_quotes(start)) stop(node.where, "this text has no closing quote", {});
      node.where = position_.locate(start, end_of_quotes(start).value_or(text.size()) - start);
      node.content = position_.locate(start + 1, value.size());
    } else if (first == '|' || first == '>') {
      node.content = position_.locate(start_of_block(start, value), value.size());
    } else {
      node.where = node.content = position_.locate(start, std::max<std::size_t>(1, value.size()));
    }
    return node;
  }

  /// Where the text of a block scalar begins; empty lines before the first letter are a part of it, indentation is not.
  std::size_t start_of_block(std::size_t header, std::string_view value) const {
    const std::string_view text = source_->text;
    const std::size_t line_end = text.find('\n', header);
    return value.starts_with('\n') ? line_end + 1 : text.find_first_not_of(" \t\r\n", line_end);
  }

  /// nullopt when there is no closing quote.
  std::optional<std::size_t> end_of_quotes(std::size_t start) const {
    const std::string_view text = source_->text;
    const char quote = text[start];
    for (std::size_t at = start + 1; at < text.size(); ++at) {
      if (quote == '"' && text[at] == '\\') {
        ++at;
      } else if (text[at] == quote) {
        if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
        ++at;
      }
    }
    return std::nullopt;
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (open_.size() >= limits_.max_depth) {
      stop(locate(mark, 1), "nested deeper than " + std::to_string(limits_.max_depth) + " levels", {});
    }
    open_.push_back({node_at(kind, mark), {}, {}, false, false, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    const bool is_key = !open_.empty() && open_.back().node.kind == YamlNode::Kind::Mapping && !open_.back().has_key;
    if (is_key) {
      begin_entry(std::move(node));
    } else {
      attach(std::move(node));
    }
  }

  void begin_entry(YamlNode key) {
    OpenNode& mapping = open_.back();
    mapping.has_key = true;
    mapping.drops_value = true;
    if (key.kind != YamlNode::Kind::Scalar) {
      problems_.error(key.where, "a key must be a text, got " + std::string(kind_name(key)));
      return;
    }
    const auto [seen, is_new] = mapping.lines.try_emplace(key.scalar, key.where.line);
    if (!is_new) {
      problems_.error(key.where, "duplicate key " + quoted_for_message(key.scalar),
                      "first seen in line " + std::to_string(seen->second));
      return;
    }
    mapping.drops_value = false;
    mapping.key = std::move(key.scalar);
    mapping.key_where = std::move(key.where);
  }

  void attach(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::Sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.has_key) {
      if (!parent.drops_value) {
        // yaml-cpp places a missing value at whatever follows; a person looks at the key.
        if (node.kind == YamlNode::Kind::Null) node.where = node.content = parent.key_where;
        parent.node.entries.push_back({std::move(parent.key), std::move(parent.key_where), std::move(node)});
      }
      parent.has_key = false;
    }
  }

  std::shared_ptr<const SourceText> source_;
  SourcePosition position_;
  Diagnostics& problems_;
  const YamlLimits& limits_;
  std::vector<OpenNode> open_;
  YamlNode root_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
};

constexpr std::string_view kNoAnchor = "the referenced anchor is not defined";

/// yaml-cpp's words, the same for all of its versions: 0.8 names the anchor too, which the line shown does anyway.
std::string_view words_of(const YAML::Exception& error) {
  const std::string_view message = error.msg;
  return message.substr(0, kNoAnchor.size()) == kNoAnchor ? kNoAnchor : message;
}

bool is_plain_key(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
}

/// The text of a line without its indentation and the dash of a list item.
std::string_view content_of_line(std::string_view line) {
  line = trim(line);
  return line.starts_with("- ") ? trim(line.substr(2)) : line;
}

/// "id:a", which is a text and no key.
bool lacks_blank(std::string_view line) {
  line = content_of_line(line);
  const std::size_t colon = line.find(':');
  return colon != line.npos && colon + 1 < line.size() && line[colon + 1] != ' ' && is_plain_key(line.substr(0, colon));
}

/// For a line that is right by itself, but yaml-cpp has taken its key for the end of the line before.
std::string hint_at_line_before(std::string_view before, std::string_view key) {
  if (!is_plain_key(content_of_line(key))) return "";
  before = trim(before);
  if (lacks_blank(before.substr(before.rfind('\n') + 1))) return "a blank must stand behind the ':' of the line before";
  return "the line before is no key; if it goes on with a text, indent it";
}

/// The commonest reasons for yaml-cpp's vaguest messages.
std::string syntax_hint(const SourceText& source, std::size_t offset, std::string_view message) {
  const std::string_view text = source.text;
  const std::size_t line_start = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;  // npos + 1 is 0
  const std::size_t first = text.find_first_not_of(' ', line_start);
  if (first != text.npos && text[first] == '\t') return "indent with spaces, not with tabs";
  if (message == "illegal map value") {
    const std::string hint =
        hint_at_line_before(text.substr(0, line_start), text.substr(line_start, offset - line_start));
    return hint.empty() ? "a value that holds ': ' must be in quotes as a whole" : hint;
  }
  if (message == "end of map not found" &&
      lacks_blank(text.substr(line_start, text.find('\n', line_start) - line_start))) {
    return "a blank must stand behind the ':'";
  }
  const std::size_t before = text.substr(0, offset).find_last_not_of(' ');
  if (message == "end of map not found" && before != text.npos && (text[before] == '"' || text[before] == '\'')) {
    return "a value that begins with a quote ends with it; put the whole of it into other quotes";
  }
  const bool is_bracket = offset < text.size() && (text[offset] == '[' || text[offset] == '{');
  if (message == "end of map flow not found" && is_bracket) {
    return "quote the condition, or any value between braces that holds brackets";
  }
  if (message == kNoAnchor) return "a value that begins with '*' must be in quotes";
  const bool is_reserved = offset < text.size() && (text[offset] == '@' || text[offset] == '`' || text[offset] == '%');
  if (is_reserved) return std::string("a value that begins with '") + text[offset] + "' must be in quotes";
  return "";
}

void report_syntax_error(const YAML::Exception& error, const SourceText& source, TreeBuilder& builder,
                         Diagnostics& problems) {
  const std::size_t offset = error.mark.pos < 0 ? 0 : static_cast<std::size_t>(error.mark.pos);
  const std::string_view words = words_of(error);
  problems.error(builder.locate(error.mark, 1), "not valid YAML: " + std::string(words),
                 syntax_hint(source, offset, words));
}

}  // namespace

std::optional<YamlNode> build_yaml_tree(std::shared_ptr<const SourceText> source, Diagnostics& problems,
                                        const YamlLimits& limits) {
  TreeBuilder builder(source, problems, limits);
  try {
    std::istringstream stream(source->text);
    YAML::Parser parser(stream);
    // The second call finds the end, or a second document, which the builder refuses.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const StopReading&) {
    // reported where it was thrown
  } catch (const YAML::Exception& error) {
    report_syntax_error(error, *source, builder, problems);
  }
  YamlNode root = builder.take();
  if (!root.where.source) root.where = {source, 0, 0, 1};
  return root;
}

}  // namespace winnow
