// http_endpoint.h - a small HTTP server for metrics and health: /metrics, /livez, /readyz.
//
// Owns:    its socket and one thread.
// Threads: the routes are called on that thread.
// Blocks:  start() for a second at most, where a unix socket is in its place already; the destructor, which closes the door,
//          until the thread has ended.
// Fails:   start() returns null and says why. A client that sends too much or too slowly is hung up on; when too many are
//          connected, the one that has waited longest without asking anything, or else the one that comes.
// Units:   see the limits below.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace winnow {

struct HttpRoutes {
  std::function<std::string()> metrics;
  std::function<std::string()> why_not_ready;  // "" = ready
};

struct HttpLimits {
  std::size_t max_connections = 32;
  std::size_t max_header_bytes = 8192;
  std::chrono::seconds timeout{5};  // of one request and of one answer
};

class HttpEndpoint {
 public:
  virtual ~HttpEndpoint() = default;
  /// `listen`: ADDRESS:PORT, [ADDRESS]:PORT, or unix:PATH.
  static std::unique_ptr<HttpEndpoint> start(const std::string& listen, HttpRoutes routes, std::string& error,
                                             const HttpLimits& limits = {});
  /// Removes the file of its unix socket, so that nobody connects any more. That of another process in its place stays.
  virtual void close_door() = 0;
  /// Where it listens, with the port it really got.
  virtual const std::string& address() const = 0;
};

}  // namespace winnow
