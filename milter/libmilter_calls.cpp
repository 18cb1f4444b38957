#include "milter/libmilter_calls.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include "milter/milter_wire.h"

namespace winnow {
namespace {

constexpr std::size_t kBytesAhead = 8192;   // envelope and headers of most mail; chunks of a body are read past it
constexpr std::size_t kBytesBehind = 2048;  // the headers that Winnow adds
constexpr std::size_t kDescriptors = 65536;

std::size_t octets_of(std::span<const iovec> pieces) {
  std::size_t octets = 0;
  for (const iovec& piece : pieces) octets += piece.iov_len;
  return octets;
}

/// A packet by which the MTA waits for nothing: another one follows at once.
bool is_change(std::span<const iovec> pieces) {
  constexpr std::size_t kHead = 5;  // length and command
  constexpr char kChanges[] = {wire::kAddHeader,    wire::kInsertHeader,    wire::kChangeHeader,
                               wire::kAddRecipient, wire::kDeleteRecipient, wire::kQuarantine};
  if (pieces.empty() || pieces.front().iov_len != kHead) return false;
  const char command = static_cast<const char*>(pieces.front().iov_base)[kHead - 1];
  return std::string_view(kChanges, sizeof kChanges).find(command) != std::string_view::npos;
}

class Connection {
 public:
  bool has_read_ahead() const { return begin_ != end_; }

  /// As ::recv.
  ssize_t read_ahead(int descriptor, int flags) {
    const ssize_t got = ::recv(descriptor, in_.data(), in_.size(), flags);
    begin_ = 0;
    end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got;
  }

  std::size_t take(void* into, std::size_t size) {
    const std::size_t taken = std::min(size, end_ - begin_);
    std::memcpy(into, in_.data() + begin_, taken);
    begin_ += taken;
    return taken;
  }

  /// False when there is no room.
  bool hold_back(std::span<const iovec> pieces) {
    if (octets_of(pieces) > out_.size() - held_) return false;
    for (const iovec& piece : pieces) {
      std::memcpy(out_.data() + held_, piece.iov_base, piece.iov_len);
      held_ += piece.iov_len;
    }
    return true;
  }

  /// As ::writev, after what was held back and with it where it can.
  ssize_t write(int descriptor, std::span<const iovec> pieces) {
    if (held_ > 0 && pieces.size() < kPieces) {
      std::array<iovec, kPieces> all{iovec{out_.data(), held_}};
      std::copy(pieces.begin(), pieces.end(), all.begin() + 1);
      const ssize_t written = ::writev(descriptor, all.data(), static_cast<int>(pieces.size() + 1));
      if (written < 0) return -1;
      const std::size_t of_held = std::min(held_, static_cast<std::size_t>(written));
      drop(of_held);
      if (static_cast<std::size_t>(written) > of_held) return written - static_cast<ssize_t>(of_held);
    }
    if (!flush(descriptor)) return -1;
    return ::writev(descriptor, pieces.data(), static_cast<int>(pieces.size()));
  }

  /// False as ::write fails; what is left stays held back.
  bool flush(int descriptor) {
    while (held_ > 0) {
      const ssize_t written = ::write(descriptor, out_.data(), held_);
      if (written < 0) return false;
      drop(static_cast<std::size_t>(written));
    }
    return true;
  }

 private:
  static constexpr std::size_t kPieces = 4;  // libmilter writes two at most

  void drop(std::size_t octets) {
    held_ -= octets;
    std::memmove(out_.data(), out_.data() + octets, held_);
  }

  std::size_t begin_ = 0, end_ = 0, held_ = 0;
  std::array<char, kBytesAhead> in_;
  std::array<char, kBytesBehind> out_;
};

std::array<std::atomic<Connection*>, kDescriptors> g_connections;  // by descriptor

bool may_have_buffers(int descriptor) { return descriptor >= 0 && static_cast<std::size_t>(descriptor) < kDescriptors; }

/// Null where nothing is buffered.
Connection* connection_at(int descriptor) {
  return may_have_buffers(descriptor)
             ? g_connections[static_cast<std::size_t>(descriptor)].load(std::memory_order_acquire)
             : nullptr;
}

void put_connection(int descriptor, std::unique_ptr<Connection> connection) {
  const std::unique_ptr<Connection> before(
      g_connections[static_cast<std::size_t>(descriptor)].exchange(connection.release(), std::memory_order_acq_rel));
}

}  // namespace
}  // namespace winnow

using winnow::Connection;

int winnow_milter_accept(int listening, sockaddr* peer, socklen_t* peer_size) noexcept {
  const int accepted = ::accept(listening, peer, peer_size);
  if (winnow::may_have_buffers(accepted))
    winnow::put_connection(accepted, std::unique_ptr<Connection>(new (std::nothrow) Connection));
  return accepted;
}

int winnow_milter_poll(pollfd* polled, nfds_t count, int timeout_ms) noexcept {
  // libmilter polls several connections only while it has nothing to read of them: a worker goes on as long as there is.
  const bool is_for_reading = count == 1 && (polled->events & POLLIN) != 0;
  Connection* connection = is_for_reading ? winnow::connection_at(polled->fd) : nullptr;
  if (connection == nullptr) return ::poll(polled, count, timeout_ms);
  (void)connection->flush(polled->fd);  // a connection that is broken is told so by reading
  // Reading what is there costs no more than asking; an end or an error is left to be told by the plain calls.
  if (!connection->has_read_ahead() && connection->read_ahead(polled->fd, MSG_DONTWAIT) <= 0)
    return ::poll(polled, count, timeout_ms);
  polled->revents = POLLIN;
  return 1;
}

ssize_t winnow_milter_read(int descriptor, void* into, size_t size) noexcept {
  Connection* connection = winnow::connection_at(descriptor);
  if (connection == nullptr) return ::read(descriptor, into, size);
  if (!connection->has_read_ahead()) {
    if (size >= winnow::kBytesAhead) return ::read(descriptor, into, size);
    const ssize_t got = connection->read_ahead(descriptor, 0);
    if (got <= 0) return got;
  }
  return static_cast<ssize_t>(connection->take(into, size));
}

ssize_t winnow_milter_writev(int descriptor, const iovec* pieces, int count) noexcept {
  Connection* connection = winnow::connection_at(descriptor);
  if (connection == nullptr || count < 0) return ::writev(descriptor, pieces, count);
  const std::span<const iovec> packet(pieces, static_cast<std::size_t>(count));
  if (winnow::is_change(packet) && connection->hold_back(packet))
    return static_cast<ssize_t>(winnow::octets_of(packet));
  return connection->write(descriptor, packet);
}

int winnow_milter_close(int descriptor) noexcept {
  if (winnow::may_have_buffers(descriptor)) winnow::put_connection(descriptor, nullptr);
  return ::close(descriptor);
}
