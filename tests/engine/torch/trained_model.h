// trained_model.h - a small model of the default architecture, and messages for it.
#pragma once

#include <string>

#include "engine/model.h"

namespace winnow {

inline constexpr std::size_t kTrainedRows = 1u << 10;

/// 16 messages, some of them without tokens; other ones for each seed.
TokenBatch trained_on(std::size_t seed);

/// Trained until its weights are nothing special: two labels, two dense values, two thirds of the rows.
std::string trained_archive();

/// The weights of `archive` under another forward().
std::string archive_with_forward(const std::string& archive, const std::string& code);

}  // namespace winnow
