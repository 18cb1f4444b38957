// reasons.h - what spoke for spam in a message that is marked, in a few words for its X-Winnow header.
//
// Owns:    plain values; the engine is borrowed for the call.
// Threads: from any thread; the model runs where the Batcher says.
// Blocks:  half a second at most, and never past `deadline`.
// Fails:   never: a busy model, a late answer or contributions that do not add up give no reasons, and say which.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "engine/explanation.h"

namespace winnow {

/// What came of asking for reasons. None: nothing speaks for spam enough to be named.
enum class ReasonsResult { Given, None, Busy, Late, Failed };
std::string_view reasons_result_name(ReasonsResult result);  // "given", "none", "busy", "late", "failed"

struct Reasons {
  ReasonsResult result = ReasonsResult::Failed;
  std::vector<Contribution> strongest;  // at most three, strongest first; only what speaks for spam
  std::chrono::nanoseconds cpu{0};      // processor time of the model
};

Reasons find_reasons(const Engine& engine, const Message& message, std::chrono::steady_clock::time_point deadline);

}  // namespace winnow
