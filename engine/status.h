// status.h - "it worked" or one sentence of why not; what crosses the plugin's border instead of exceptions.
//
// Owns:    plain values.
// Fails:   never.
#pragma once

#include <string>
#include <utility>

namespace winnow {

class [[nodiscard]] Status {
 public:
  static Status ok() { return Status({}); }
  static Status failed(std::string why) { return Status(why.empty() ? "unknown failure" : std::move(why)); }
  explicit operator bool() const { return error_.empty(); }
  const std::string& error() const { return error_; }

 private:
  explicit Status(std::string error) : error_(std::move(error)) {}
  std::string error_;
};

}  // namespace winnow
