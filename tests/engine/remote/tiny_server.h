// tiny_server.h - a loopback HTTP server of one thread that does what a test tells it, however wrong.
//
// Owns:    the listening socket and the thread; the destructor ends both.
// Threads: `serve` runs on the server's thread, one connection after the other.
// Blocks:  the destructor until the connection in work is done with; Peer's reads end when the server stops.
#pragma once

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/support/poll_until.h"

namespace winnow {

/// A connection as the server sees it.
class Peer {
 public:
  Peer(int socket, int stop) : socket_(socket), stop_(stop) {}
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// The next request with its body; "" when the client has gone or the server stops.
  std::string read_request() {
    std::string request;
    for (std::size_t end = 0;;) {
      const std::size_t headers = request.find("\r\n\r\n");
      if (headers != request.npos && end == 0) end = headers + 4 + body_size(request.substr(0, headers));
      if (end > 0 && request.size() >= end) return request;
      if (!read_some(request)) return {};
    }
  }
  void send(const std::string& bytes) const { (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void answer(const std::string& body, const std::string& status = "200 OK", const std::string& headers = "") const {
    send("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body);
  }
  /// Returns once the client's system has all that was sent.
  void await_arrival() const {
    const auto has_arrived = [this] {
      int unacknowledged = 0;
      return ::ioctl(socket_, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
    };
    if (!poll_until(has_arrived)) throw std::runtime_error("nobody takes what was sent");
  }
  /// Says nothing until the client goes or the server stops.
  void hang() {
    std::string ignored;
    while (read_some(ignored)) ignored.clear();
  }

 private:
  static std::size_t body_size(const std::string& headers) {
    const std::size_t at = headers.find("Content-Length: ");
    return at == headers.npos ? 0 : std::stoul(headers.substr(at + 16));
  }
  bool read_some(std::string& bytes) const {
    std::array<pollfd, 2> waits{{{socket_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0 || waits[1].revents != 0) return false;
    char block[4096];
    const ssize_t got = ::recv(socket_, block, sizeof block, 0);
    if (got > 0) bytes.append(block, static_cast<std::size_t>(got));
    return got > 0;
  }

  const int socket_, stop_;
};

class TinyServer {
 public:
  explicit TinyServer(std::function<void(Peer&)> serve) : serve_(std::move(serve)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 16) != 0 || ::pipe(stop_) != 0 ||
        ::getsockname(listener_, plain, &size) != 0)
      throw std::runtime_error("no server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }
  ~TinyServer() {
    (void)!::write(stop_[1], "x", 1);
    thread_.join();
    for (const int descriptor : {listener_, stop_[0], stop_[1]}) ::close(descriptor);
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    std::array<pollfd, 2> waits{{{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    while (::poll(waits.data(), waits.size(), -1) > 0 && waits[1].revents == 0) {
      Peer peer(::accept(listener_, nullptr, nullptr), stop_[0]);
      ++connections_;
      serve_(peer);
    }
  }

  const std::function<void(Peer&)> serve_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  unsigned port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

/// A port on which nobody listens.
inline std::string url_of_nobody() {
  const TinyServer gone([](Peer&) {});
  return gone.url();
}

}  // namespace winnow
