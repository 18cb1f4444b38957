// http_connection.h - one HTTP/1.1 client connection that is kept open between calls, plain or TLS.
//
// Owns:    the socket; shares the TLS settings of its pool.
// Threads: one at a time.
// Blocks:  call() until `until` at the latest, whatever the server does, name resolution included; the destructor may
//          wait for the resolver's own time limit when a name server hangs.
// Fails:   a value that says what went wrong, in one word and in one sentence; nothing throws.
// Limits:  an answer's body as the request says, its headers 16 KiB.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/http_url.h"
#include "engine/status.h"

namespace winnow {

struct HttpCall {
  std::string target;                     // "/v2/models/winnow/infer"
  std::string_view body;                  // empty: GET, else POST
  std::optional<std::size_t> json_bytes;  // of a body with binary tensors
  std::size_t max_answer_bytes = 65536;
};

struct ServerAnswer {
  unsigned status = 0;
  std::string body;
  std::optional<std::size_t> json_bytes;  // as its header says
};

/// Refused: no connection. Tls: nobody who can be trusted. Cut: the connection ended. Answer: not HTTP, or too much of it.
enum class HttpFault { None, Refused, Timeout, Tls, Cut, Answer };

struct HttpResult {
  HttpFault fault = HttpFault::None;
  std::string sentence;  // of the fault
  ServerAnswer answer;
  bool reused = false;  // on a connection that was kept from a call before
};

/// What TLS connections trust. Built once per pool.
class TlsTrust;
/// An empty `ca_file` is the system's certificates. Null with a sentence when the file cannot be used.
std::shared_ptr<TlsTrust> make_tls_trust(const std::filesystem::path& ca_file, std::string& error);

class HttpConnection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~HttpConnection() = default;
  /// Connects when there is no connection. A connection that the server had closed meanwhile, or spoken on, is made
  /// again, once.
  virtual HttpResult call(const HttpCall& call, TimePoint until) = 0;
};

/// When the first of `left` addresses has had its share of the time: one that swallows everything leaves time for the others.
HttpConnection::TimePoint end_of_turn(HttpConnection::TimePoint now, HttpConnection::TimePoint until, std::size_t left);

/// Firewalls forget idle connections without a word to either end; few of them as soon as this.
inline constexpr std::chrono::seconds kLongestIdle{15};

/// `trust` may be null for a plain URL. A non-empty token is sent as bearer token. A connection that was idle for
/// `longest_idle` is not used again.
std::unique_ptr<HttpConnection> make_http_connection(const HttpUrl& url, std::shared_ptr<TlsTrust> trust,
                                                     const std::string& token,
                                                     std::chrono::seconds longest_idle = kLongestIdle);

}  // namespace winnow
