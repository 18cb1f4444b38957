// yaml_node.h - a YAML file as a tree of plain, located values.
//
// Owns:    each node owns its children; locations share the source text.
// Threads: a tree is immutable after reading and may be shared.
// Blocks:  read_yaml_file reads one file.
// Fails:   syntax errors, duplicate keys, aliases, tags, several documents, text that is not UTF-8, and whatever passes a
//          limit are reported into Diagnostics; the part that could be read is still returned where possible. After
//          a syntax error an unfinished mapping inside the top one is left out, so nobody misses keys in it.
// Source:  YAML 1.2 by yaml-cpp's event parser; yaml-cpp itself accepts duplicate keys, so they are found here.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"

namespace winnow {

struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Mapping };

  struct Entry;  // key and value of a mapping

  Kind kind = Kind::Null;
  Location where;
  std::string scalar;   // Kind::Scalar: the text
  bool quoted = false;  // Kind::Scalar: it stood in quotes or in a block scalar
  Location content;     // Kind::Scalar: where the text itself starts, inside quotes; what a sub-parser counts from
  std::vector<YamlNode> items;  // Kind::Sequence
  std::vector<Entry> entries;   // Kind::Mapping, in file order, keys unique

  /// The value of a key, or null. The pointer lives as long as this node.
  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  Location key_where;
  YamlNode value;
};

struct YamlLimits {
  std::size_t max_bytes = 4u << 20;   // of one file; yaml-cpp may use 250 bytes of memory for one of hostile text
  std::size_t max_depth = 32;         // nested collections
  std::size_t max_nodes = 1'000'000;  // scalars and collections of one file; about 400 bytes of memory each
};

/// Reads a file. nullopt only when nothing could be read at all; an empty file is a Null node.
std::optional<YamlNode> read_yaml_file(const std::filesystem::path& file, Diagnostics& problems,
                                       const YamlLimits& limits = {});

/// The same for text in memory; `name` is used in messages.
std::optional<YamlNode> read_yaml_text(std::string name, std::string text, Diagnostics& problems,
                                       const YamlLimits& limits = {});

/// Where the bytes [offset, offset+length) of a scalar's text stand in the file, through quotes, escapes, folded lines
/// and block scalars; underlined up to the end of the line in which they start.
Location location_in_scalar(const YamlNode& scalar, std::size_t byte_offset, std::size_t byte_length);

/// "a text", "a list", "a mapping", "nothing": the words messages use.
std::string_view kind_name(const YamlNode& node);

}  // namespace winnow
