// load.h - sends messages over many connections at a pace, and measures how long each takes to be answered.
//
// Owns:    a thread for each connection while it runs.
// Threads: run_load() and its on_tick on the calling thread.
// Blocks:  run_load() until all is answered, the time is over, or on_tick says stop.
// Fails:   a message without an answer is counted and its connection opened anew; a connection on which three in a row
//          fail ends. The plan bounds every run.
// Units:   microseconds of wall clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/load_target.h"

namespace winnow {

/// When messages are sent. With Rate and Burst each has its time, and delays count from that: a server that stalls is not
/// spared the messages that come meanwhile (no coordinated omission).
enum class Pace {
  Answered,  // each connection sends the next when the one before is answered
  Rate,      // so many a second, spread over whichever connections are free
  Burst      // all at the same moment, connecting included
};

struct LoadPlan {
  std::size_t connections = 8;
  Pace pace = Pace::Answered;
  double rate = 0;                        // messages a second, of Pace::Rate
  std::size_t messages = 1000;            // at most
  std::chrono::microseconds duration{0};  // after it no message begins; 0 = no limit but the number of messages
};

/// When the message is due, counted from the start; nullopt = as soon as a connection is free.
std::optional<std::chrono::microseconds> due_after(const LoadPlan& plan, std::size_t number);

struct LoadResult {
  std::size_t answered = 0, failed = 0;
  double seconds = 0;
  std::map<std::string, std::size_t> verdicts, fallbacks;
  std::vector<std::uint32_t> whole;           // us from when the message was due, or taken up, to its answer
  std::vector<std::uint32_t> end_of_message;  // us from the end of message to its answer
  std::string error;                          // why messages failed: the last reason
};

/// `on_tick` is told about ten times a second how many messages are done; false stops the run.
LoadResult run_load(const LoadPlan& plan, const LoadTarget& target,
                    const std::function<bool(std::size_t done)>& on_tick);

}  // namespace winnow
