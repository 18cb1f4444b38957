#include "milter/listen_socket.h"

#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace winnow {
namespace {

// The systemd unit makes it for the daemon's user before each start (packaging/systemd).
constexpr const char* kFolderOfUnit = "/run/winnow";

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

std::string not_given(const std::string& path, const std::string& group, const std::string& reason) {
  return "cannot give " + path + " to group '" + group + "': " + reason +
         "; make the daemon's user a member of it, or set milter.socket_group to \"\"";
}

bool give_to_group(const std::string& path, const std::string& group, std::string& error) {
  const auto id = group_id(group);
  if (!id) {
    error = no_such_group(group);
    return false;
  }
  if (::chown(path.c_str(), static_cast<uid_t>(-1), *id) != 0) {
    error = not_given(path, group, errno_text());
    return false;
  }
  return true;
}

/// chown(2): who is not root gives files only to groups that they are in.
bool is_member_of(gid_t group) {
  if (::geteuid() == 0 || ::getegid() == group) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  return std::find(groups.begin(), groups.begin() + std::max(count, 0), group) != groups.begin() + std::max(count, 0);
}

std::string this_user() {
  const ::passwd* entry = ::getpwuid(::geteuid());
  return "user '" + (entry == nullptr ? std::to_string(::geteuid()) : std::string(entry->pw_name)) + "'";
}

/// "" or why no socket can be made at the path: only another socket may stand there.
std::string wrong_about_file(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return errno == ENOENT ? "" : "cannot look at " + path + ": " + errno_text();
  }
  return S_ISSOCK(found.st_mode) ? "" : path + " exists and is not a socket";
}

std::optional<SocketProblem> problem_of_folder(const std::string& setting, const std::filesystem::path& folder) {
  // The dot makes a file that is no folder a failure, too.
  if (folder == kFolderOfUnit || ::access((folder / ".").c_str(), W_OK | X_OK) == 0) return std::nullopt;
  const int failed = errno;
  const std::string who = failed == EACCES ? this_user() : "the daemon";
  const std::string way_out = failed == EROFS ? "name it in ReadWritePaths= (systemctl edit winnow)"
                                              : "make a folder there that belongs to the daemon's user";
  return SocketProblem{setting,
                       setting + ": " + who + " cannot make a socket in " + folder.string() + ": " +
                           std::generic_category().message(failed) + "; " + way_out,
                       failed == EACCES};
}

std::optional<SocketProblem> problem_of_path(const std::string& setting, const std::string& path) {
  if (auto problem = problem_of_folder(setting, std::filesystem::path(path).parent_path())) return problem;
  const std::string wrong = wrong_about_file(path);
  return wrong.empty() ? std::nullopt : std::optional(SocketProblem{setting, setting + ": " + wrong});
}

/// Only a unix socket has a group.
std::optional<SocketProblem> problem_of_group(const std::string& path, const std::string& group) {
  if (group.empty()) return std::nullopt;
  const auto id = group_id(group);
  if (!id) return SocketProblem{"milter.socket_group", no_such_group(group)};
  if (is_member_of(*id)) return std::nullopt;
  return SocketProblem{"milter.socket_group",
                       "milter.socket_group: " + not_given(path, group, this_user() + " is not a member"), true};
}

/// 0 or the errno of a bind that is undone at once; what it makes of a unix path stays.
int try_bind(const SocketAddress& address) {
  const Descriptor probe(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const bool bound = probe && ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0;
  return bound ? 0 : errno;
}

std::string why_no_address(int failed) {
  const std::string reason = std::generic_category().message(failed);
  if (failed == EADDRNOTAVAIL) return reason + "; name an address of this machine";
  return failed == EACCES ? reason + " for " + this_user() + "; take a port from 1024 on" : reason;
}

/// `spelling` as the setting has it.
std::optional<SocketProblem> problem_of_address(const std::string& setting, const std::string& spelling,
                                                const Endpoint& endpoint) {
  const SocketAddress address = address_of(endpoint);
  const int failed = address.length == 0 ? 0 : try_bind(address);
  if (address.length != 0 && (failed == 0 || failed == EADDRINUSE)) return std::nullopt;
  const std::string reason = address.length == 0 ? address.error : why_no_address(failed);
  return SocketProblem{setting, setting + ": cannot listen on " + spelling + ": " + reason, failed == EACCES};
}

/// Of metrics.listen, whose form the settings have checked.
Endpoint http_endpoint_of(const std::string& listen) {
  Endpoint endpoint;
  if (listen.starts_with("unix:")) {
    endpoint.path = listen.substr(5);
    return endpoint;
  }
  const std::size_t colon = listen.rfind(':');
  const bool is_bracketed = listen.starts_with('[');
  endpoint.family = is_bracketed ? Endpoint::Family::Inet6 : Endpoint::Family::Inet;
  endpoint.host = is_bracketed ? listen.substr(1, colon - 2) : listen.substr(0, colon);
  endpoint.port = listen.substr(colon + 1);
  return endpoint;
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
  error = wrong_about_file(path);
  if (!error.empty() || !is_abandoned(path, error)) return false;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    error = "cannot remove the old socket " + path + ": " + errno_text();
    return false;
  }
  return true;
}

OwnSocketFile::OwnSocketFile(const std::string& path) : path_(path), made_(identity_at(path)) {}

std::optional<OwnSocketFile::Identity> OwnSocketFile::identity_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return Identity{found.st_dev, found.st_ino};
}

bool OwnSocketFile::is_in_place() const { return !made_ || identity_at(path_) == made_; }

void OwnSocketFile::remove() const {
  if (made_ && is_in_place()) (void)::unlink(path_.c_str());
}

std::vector<SocketProblem> problems_of_socket(const MilterSettings& settings) {
  std::string error;
  const auto endpoint = Endpoint::parse(settings.socket, error);
  if (!endpoint) return {{"milter.socket", "milter.socket: " + error}};
  std::vector<SocketProblem> problems;
  const auto note = [&problems](std::optional<SocketProblem> problem) {
    if (problem) problems.push_back(std::move(*problem));
  };
  if (endpoint->family == Endpoint::Family::Unix) {
    note(problem_of_path("milter.socket", endpoint->path));
    note(problem_of_group(endpoint->path, settings.socket_group));
  } else {
    note(problem_of_address("milter.socket", endpoint->to_string(), *endpoint));
  }
  return problems;
}

std::optional<SocketProblem> problem_of_metrics(const MetricsSettings& settings) {
  if (settings.listen.empty()) return std::nullopt;
  const Endpoint endpoint = http_endpoint_of(settings.listen);
  return endpoint.path.empty() ? problem_of_address("metrics.listen", settings.listen, endpoint)
                               : problem_of_path("metrics.listen", endpoint.path);
}

bool share_socket(const std::string& path, unsigned mode, const std::string& group, std::string& error) {
  if (!group.empty() && !give_to_group(path, group, error)) return false;
  if (::chmod(path.c_str(), mode) != 0) {
    error = "cannot set the mode of " + path + ": " + errno_text();
    return false;
  }
  return true;
}

void keep_narrow(int descriptor, unsigned mode) {
  (void)::fchmod(descriptor, mode);  // refused nowhere that Winnow runs, and share_socket() sets the mode in any case
}

std::string why_not_bound(const Endpoint& endpoint) {
  const SocketAddress address = address_of(endpoint);
  if (address.length == 0) return address.error;
  if (const int failed = try_bind(address); failed != 0) return std::generic_category().message(failed);
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
