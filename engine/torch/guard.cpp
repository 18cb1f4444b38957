#include "engine/torch/guard.h"

#include <c10/util/Exception.h>

#include <exception>
#include <sstream>

#include "engine/torch/missing_backend.h"

namespace winnow {
namespace {

constexpr std::size_t kMaxErrorLength = 300;

/// LibTorch's texts run over many lines. The reason stands in the first, except after a TorchScript traceback, where
/// it stands in the last that begins with the name of an error, or simply in the last.
std::string telling_line(const std::string& text) {
  std::istringstream lines(text);
  std::string first, last, named;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (first.empty()) first = line;
    if (line.rfind("RuntimeError: ", 0) == 0) named = line;
    last = line;
  }
  const bool traceback = first.rfind("The following operation failed", 0) == 0 || first.rfind("Traceback", 0) == 0;
  if (!traceback) return first;
  return named.empty() ? last : named;
}

std::string reason_line(const std::string& text) {
  const std::string missing = missing_backend(text);
  std::string reason = (missing.empty() ? telling_line(text) : missing).substr(0, kMaxErrorLength);
  for (char& c : reason) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return reason.empty() ? "no reason given" : reason;
}

}  // namespace

Status guarded(const std::string& what, const std::function<Status()>& step) {
  try {
    return step();
  } catch (const c10::Error& error) {
    return Status::failed(what + ": " + reason_line(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return Status::failed(what + ": " + reason_line(error.what()));
  } catch (...) {
    return Status::failed(what + ": unknown exception");
  }
}

}  // namespace winnow
