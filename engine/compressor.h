// compressor.h - writes a model of the default architecture again, its table in fewer bytes; implemented by the LibTorch
// plugin.
//
// Owns:    a Compressor owns the weights, unpacked; what it was made from may go.
// Threads: one thread.
// Blocks:  write() for about a second per million rows.
// Fails:   a failed Status; never throws.
//
// Every form unpacks itself by prepare() into floats, so all of them serve at the same speed, and from the same memory but
// for rows that were left out. What is not the table (the MLP) is kept as it is.
#pragma once

#include <cstddef>
#include <string>

#include "engine/status.h"

namespace winnow {

/// How the token table is stored. Rows that no training message touched are zero and are never stored.
struct TableEncoding {
  /// Per weight: 32 keeps the floats (the model's answers stay the same bit for bit), 16 rounds them to half precision,
  /// 2..8 store an index into a codebook of 2^bits values per column.
  std::size_t bits = 32;
  /// Of the touched rows, the share that is left out: those that can move a logit least. 0..1
  double prune = 0;
  /// Ranges of rows, one part of the model each: stages_of_shards(), which the manifest must then name. Each has codebooks
  /// of its own.
  std::size_t shards = 1;
};

inline constexpr std::size_t kMaxShards = 16;

struct TableShape {
  std::size_t rows = 0, columns = 0;
  std::size_t touched = 0;  // rows that are not zero
  std::size_t kept = 0;     // rows that are stored
};

class Compressor {
 public:
  virtual ~Compressor() = default;
  /// The whole archive in this form, with the manifest as extra/winnow.json.
  virtual Status write(const TableEncoding& encoding, const std::string& manifest_json, std::string& bytes,
                       TableShape& shape) = 0;
};

}  // namespace winnow
