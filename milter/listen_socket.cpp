#include "milter/listen_socket.h"

#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace winnow {
namespace {

std::string errno_text() { return std::generic_category().message(errno); }

bool is_listening(int descriptor) {
  int listening = 0;
  socklen_t length = sizeof listening;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0;
}

std::optional<gid_t> group_id(const std::string& name) {
  const ::group* entry = ::getgrnam(name.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->gr_gid);
}

std::string no_such_group(const std::string& name) {
  return "milter.socket_group: there is no group '" + name + "'; set it to a group the MTA is in, or to \"\"";
}

bool give_to_group(const std::string& path, const std::string& group, std::string& error) {
  const auto id = group_id(group);
  if (!id) {
    error = no_such_group(group);
    return false;
  }
  if (::chown(path.c_str(), static_cast<uid_t>(-1), *id) != 0) {
    error = "cannot give " + path + " to group '" + group + "': " + errno_text() +
            "; make the daemon's user a member of it, or set milter.socket_group to \"\"";
    return false;
  }
  return true;
}

/// Only a connect that is refused tells that nobody listens: one that times out may meet a listener too busy to accept.
bool is_abandoned(const std::string& path, std::string& error) {
  Endpoint endpoint;
  endpoint.path = path;
  const SocketAddress address = address_of(endpoint);
  if (address.length == 0) {
    error = path + ": " + address.error;
    return false;
  }
  const ConnectAttempt attempt = try_connect(address, std::chrono::milliseconds(1000));
  if (attempt.socket) {
    error = "another process listens on " + path;
    return false;
  }
  if (attempt.failed == ECONNREFUSED || attempt.failed == ENOENT) return true;
  error = "cannot tell whether another process listens on " + path + ": " +
          std::generic_category().message(attempt.failed) +
          "; stop that process, or remove the file when there is none";
  return false;
}

}  // namespace

bool remove_stale_socket(const std::string& path, std::string& error) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return true;
    error = "cannot look at " + path + ": " + errno_text();
    return false;
  }
  if (!S_ISSOCK(found.st_mode)) {
    error = path + " exists and is not a socket";
    return false;
  }
  if (!is_abandoned(path, error)) return false;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    error = "cannot remove the old socket " + path + ": " + errno_text();
    return false;
  }
  return true;
}

std::optional<SocketFile> socket_file_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return SocketFile{found.st_dev, found.st_ino};
}

std::string wrong_about_socket(const MilterSettings& settings) {
  std::string error;
  const auto endpoint = Endpoint::parse(settings.socket, error);
  const bool has_group = endpoint && endpoint->family == Endpoint::Family::Unix && !settings.socket_group.empty();
  return has_group && !group_id(settings.socket_group) ? no_such_group(settings.socket_group) : "";
}

bool share_socket(const std::string& path, unsigned mode, const std::string& group, std::string& error) {
  if (!group.empty() && !give_to_group(path, group, error)) return false;
  if (::chmod(path.c_str(), mode) != 0) {
    error = "cannot set the mode of " + path + ": " + errno_text();
    return false;
  }
  return true;
}

std::string why_not_bound(const Endpoint& endpoint) {
  const SocketAddress address = address_of(endpoint);
  if (address.length == 0) return address.error;
  const Descriptor probe(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!probe || ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0) {
    return errno_text();
  }
  if (endpoint.family == Endpoint::Family::Unix) (void)::unlink(endpoint.path.c_str());
  return "libmilter refuses it; syslog has its reason";
}

UmaskFor::UmaskFor(unsigned mode) : before_(::umask(0777 & ~mode)) {}
UmaskFor::~UmaskFor() { ::umask(before_); }

std::vector<int> listening_descriptors() {
  std::vector<int> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failed)) {
    const std::string name = entry.path().filename();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (descriptor >= 0 && is_listening(descriptor)) found.push_back(descriptor);
  }
  return found;
}

void set_no_delay(int descriptor) {
  const int on = 1;  // refused for a unix socket, which does not need it
  (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

unsigned short bound_port(int descriptor) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return 0;
}

}  // namespace winnow
