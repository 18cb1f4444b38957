#include "milter/milter_wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace winnow {
namespace {

// libmilter never sends more; a larger length means that the two sides have lost step.
constexpr std::uint32_t kMaxPacket = 1u << 20;

Status errno_status(const char* what) {
  return Status::failed(std::string(what) + ": " + std::generic_category().message(errno));
}

}  // namespace

std::string encode_u32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

std::uint32_t decode_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4 && i < bytes.size(); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void MilterWire::queue(char command, std::string_view payload) {
  out_ += encode_u32(static_cast<std::uint32_t>(payload.size() + 1));
  out_ += command;
  out_ += payload;
}

Status MilterWire::wait_for(short events, std::chrono::steady_clock::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd waiting{socket_.get(), events, 0};
  const int ready = ::poll(&waiting, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
  if (ready > 0 || (ready < 0 && errno == EINTR)) return Status::ok();
  if (ready < 0) return errno_status("poll");
  return Status::failed("no answer within " + std::to_string(timeout_.count()) + " ms");
}

std::optional<int> MilterWire::peer_process() const {
  ucred peer{};
  socklen_t length = sizeof peer;
  const int failed = ::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length);
  if (failed != 0 || peer.pid <= 0) return std::nullopt;  // TCP has no such thing
  return peer.pid;
}

Status MilterWire::flush() {
  const auto until = std::chrono::steady_clock::now() + timeout_;
  std::size_t sent = 0;
  while (sent < out_.size()) {
    const ssize_t count = ::send(socket_.get(), out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EINTR) {
      if (Status waited = wait_for(POLLOUT, until); !waited) return waited;
    } else {
      return errno_status("send");
    }
  }
  out_.clear();
  return Status::ok();
}

Status MilterWire::fill(std::size_t wanted) {
  const auto until = std::chrono::steady_clock::now() + timeout_;
  char chunk[16384];
  while (in_.size() < wanted) {
    const ssize_t count = ::recv(socket_.get(), chunk, sizeof chunk, 0);
    if (count > 0) {
      in_.append(chunk, static_cast<std::size_t>(count));
    } else if (count == 0) {
      return Status::failed("the milter closed the connection");
    } else if (errno == EAGAIN || errno == EINTR) {
      if (Status waited = wait_for(POLLIN, until); !waited) return waited;
    } else {
      return errno_status("recv");
    }
  }
  return Status::ok();
}

Status MilterWire::read(Packet& packet) {
  if (Status sent = flush(); !sent) return sent;
  if (Status filled = fill(5); !filled) return filled;
  const std::uint32_t length = decode_u32(in_);
  if (length == 0 || length > kMaxPacket) return Status::failed("a packet of impossible length");
  if (Status filled = fill(4 + std::size_t{length}); !filled) return filled;
  packet.command = in_[4];
  packet.payload = in_.substr(5, length - 1);
  in_.erase(0, 4 + std::size_t{length});
  return Status::ok();
}

}  // namespace winnow
