// milter_wire.h - packets of the milter protocol on a connected socket: uint32 length, command byte, payload.
//
// Owns:    its socket.
// Threads: one thread.
// Blocks:  flush() and read() up to the timeout.
// Fails:   a failed Status; the connection is then of no further use.
// Units:   a packet's length counts the command byte and the payload, in network byte order.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/status.h"
#include "milter/endpoint.h"

namespace winnow {

/// Commands of the MTA and replies of the milter that Winnow's client knows, by their byte on the wire.
namespace wire {
inline constexpr char kAbort = 'A', kBody = 'B', kConnect = 'C', kMacro = 'D', kEndOfMessage = 'E', kHelo = 'H',
                      kHeader = 'L', kMail = 'M', kEndOfHeaders = 'N', kNegotiate = 'O', kQuit = 'Q', kRcpt = 'R',
                      kData = 'T';
inline constexpr char kAddRecipient = '+', kDeleteRecipient = '-', kAccept = 'a', kContinue = 'c', kDiscard = 'd',
                      kAddHeader = 'h', kInsertHeader = 'i', kChangeHeader = 'm', kProgress = 'p', kQuarantine = 'q',
                      kReject = 'r', kSkip = 's', kTempFail = 't', kReplyCode = 'y';
}  // namespace wire

struct Packet {
  char command = 0;
  std::string payload;
};

std::string encode_u32(std::uint32_t value);
std::uint32_t decode_u32(std::string_view four_bytes);

class MilterWire {
 public:
  MilterWire(Descriptor socket, std::chrono::milliseconds timeout) : socket_(std::move(socket)), timeout_(timeout) {}

  /// Queues a packet; flush() sends what is queued.
  void queue(char command, std::string_view payload);
  Status flush();
  /// Sends what is queued, then waits for one packet.
  Status read(Packet& packet);
  std::optional<int> peer_process() const;

 private:
  Status fill(std::size_t wanted);
  Status wait_for(short events, std::chrono::steady_clock::time_point until) const;

  Descriptor socket_;
  std::chrono::milliseconds timeout_;
  std::string out_, in_;
};

}  // namespace winnow
