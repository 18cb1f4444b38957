// http_client.h - asks the daemon's own HTTP endpoint: one GET, one answer.
//
// Owns:    nothing after the call.
// Threads: from any thread.
// Blocks:  up to `timeout` for all addresses of the host together, and for the resolver when the host is a name.
// Fails:   nullopt when there is no answer; `error` says why. An answer of more than 16 MiB is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace winnow {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

/// `listen` as in metrics.listen: HOST:PORT, [ADDRESS]:PORT or unix:PATH.
std::optional<HttpAnswer> http_get(const std::string& listen, const std::string& path,
                                   std::chrono::milliseconds timeout, std::string& error);

}  // namespace winnow
