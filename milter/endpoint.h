// endpoint.h - where a milter listens, as MTAs and libmilter write it: unix:PATH, inet:PORT@HOST, inet6:PORT@HOST.
//
// Owns:    plain values; try_connect and connect_to give the caller a descriptor.
// Blocks:  these two up to their timeout; address_of and connect_to for the resolver when the host is a name.
// Fails:   parse returns nullopt, connect_to an invalid descriptor; both say why in `error`.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace winnow {

struct Endpoint {
  enum class Family { Unix, Inet, Inet6 };
  Family family = Family::Unix;
  std::string path;  // Unix
  std::string host;  // Inet, Inet6; "" = any address
  std::string port;

  /// Also takes "local:PATH" and a bare absolute path, as MTAs do.
  static std::optional<Endpoint> parse(std::string_view text, std::string& error);
  /// The form libmilter reads; numeric hosts are bracketed so that it asks no resolver.
  std::string to_string() const;
};

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void close();

 private:
  int fd_ = -1;
};

/// The address of an endpoint for bind and connect; `length` 0 means that there is none, and `error` says why.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  std::string error;
};
SocketAddress address_of(const Endpoint& endpoint);

/// `socket` is invalid when it could not be connected; `failed` is then the errno that says why.
struct ConnectAttempt {
  Descriptor socket;
  int failed = 0;
};
ConnectAttempt try_connect(const SocketAddress& address, std::chrono::milliseconds timeout);

/// A connected, non-blocking stream socket.
Descriptor connect_to(const Endpoint& endpoint, std::chrono::milliseconds timeout, std::string& error);

}  // namespace winnow
