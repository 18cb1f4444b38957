#include "milter/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace winnow {
namespace {

std::string errno_text(int error) { return std::generic_category().message(error); }

SocketAddress unix_address(const std::string& path) {
  SocketAddress address;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) {
    address.error = "the path of the socket is longer than the 107 bytes that systems take";
    return address;
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  std::memcpy(&address.storage, &name, sizeof name);
  address.length = sizeof name;
  return address;
}

SocketAddress inet_address(const Endpoint& endpoint) {
  SocketAddress address;
  addrinfo hints{};
  hints.ai_family = endpoint.family == Endpoint::Family::Inet6 ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = endpoint.host.empty() ? AI_PASSIVE : 0;
  addrinfo* found = nullptr;
  const char* host = endpoint.host.empty() ? nullptr : endpoint.host.c_str();
  const int failed = ::getaddrinfo(host, endpoint.port.c_str(), &hints, &found);
  if (failed != 0) {
    address.error = ::gai_strerror(failed);
    return address;
  }
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.length = found->ai_addrlen;
  ::freeaddrinfo(found);
  return address;
}

bool is_numeric(const std::string& host, int family) {
  unsigned char buffer[sizeof(in6_addr)];
  return ::inet_pton(family, host.c_str(), buffer) == 1;
}

std::optional<Endpoint> parse_inet(std::string_view rest, Endpoint endpoint, std::string& error) {
  const std::size_t at = rest.find('@');
  endpoint.port = rest.substr(0, at);
  if (at != std::string_view::npos) endpoint.host = rest.substr(at + 1);
  if (endpoint.host.size() > 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']') {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  }
  if (endpoint.port.empty() || endpoint.port.find_first_not_of("0123456789") != std::string::npos ||
      endpoint.port.size() > 5 || std::stoi(endpoint.port) > 65535) {
    error = "'" + endpoint.port + "' is not a port number";
    return std::nullopt;
  }
  return endpoint;
}

}  // namespace

std::optional<Endpoint> Endpoint::parse(std::string_view text, std::string& error) {
  Endpoint endpoint;
  const std::size_t colon = text.find(':');
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (text.starts_with('/')) {
    endpoint.path = text;
    return endpoint;
  }
  if (scheme == "unix" || scheme == "local") {
    endpoint.path = rest;
    if (rest.empty()) {
      error = "the path of the socket is missing";
      return std::nullopt;
    }
    return endpoint;
  }
  if (scheme == "inet" || scheme == "inet6") {
    endpoint.family = scheme == "inet" ? Family::Inet : Family::Inet6;
    return parse_inet(rest, endpoint, error);
  }
  error = "a socket is written unix:PATH, inet:PORT@HOST or inet6:PORT@HOST";
  return std::nullopt;
}

std::string Endpoint::to_string() const {
  if (family == Family::Unix) return "unix:" + path;
  std::string text = (family == Family::Inet ? "inet:" : "inet6:") + port;
  if (host.empty()) return text;
  const bool numeric = is_numeric(host, family == Family::Inet ? AF_INET : AF_INET6);
  return text + "@" + (numeric ? "[" + host + "]" : host);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Descriptor::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

SocketAddress address_of(const Endpoint& endpoint) {
  return endpoint.family == Endpoint::Family::Unix ? unix_address(endpoint.path) : inet_address(endpoint);
}

ConnectAttempt try_connect(const SocketAddress& address, std::chrono::milliseconds timeout) {
  Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(timeout).count();
  const timeval limit{microseconds / 1'000'000, microseconds % 1'000'000};
  // A blocking connect with a send timeout: a non-blocking one fails at once when a unix socket's backlog is full.
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0 ||
      ::fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0) {
    return {{}, errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno};
  }
  return {std::move(socket), 0};
}

Descriptor connect_to(const Endpoint& endpoint, std::chrono::milliseconds timeout, std::string& error) {
  const SocketAddress address = address_of(endpoint);
  if (address.length == 0) {
    error = address.error;
    return {};
  }
  auto [socket, failed] = try_connect(address, timeout);
  if (!socket) {
    error = errno_text(failed);
    return {};
  }
  if (endpoint.family != Endpoint::Family::Unix) {
    const int on = 1;  // a command is often followed by another small one: Nagle would hold it back
    (void)::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return std::move(socket);
}

}  // namespace winnow
