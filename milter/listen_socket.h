// listen_socket.h - what has to be right around a listening socket that a library opens: leftovers, mode, group, TCP options.
//
// Owns:    nothing; it acts on paths and on the process's descriptors.
// Threads: any; UmaskFor and listening_descriptors() at start-up only, while no other thread makes files or sockets: the
//          umask and the descriptors are the process's.
// Blocks:  never for longer than a connect to a local socket, or than the resolver when a host is a name.
// Fails:   false, and one sentence in `error` that names the path and the way out.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "config/settings.h"
#include "milter/endpoint.h"

namespace winnow {

/// Removes a socket file nobody listens on. Refuses when somebody does or may do, or when the path is no socket.
bool remove_stale_socket(const std::string& path, std::string& error);

/// The file of a unix socket that this process has made. Another one in its place is somebody else's.
class OwnSocketFile {
 public:
  OwnSocketFile() = default;  // of a socket that has no file
  explicit OwnSocketFile(const std::string& path);

  /// Whether who opens the path gets here; true for a socket without a file.
  bool is_in_place() const;
  void remove() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const Identity&) const = default;
  };
  static std::optional<Identity> identity_at(const std::string& path);

  std::string path_;
  std::optional<Identity> made_;
};

/// What would keep the daemon from opening one of its sockets.
struct SocketProblem {
  std::string setting;         // whose value is to be changed: "milter.socket"
  std::string text;            // one sentence, with the way out
  bool for_this_user = false;  // another user may be allowed what this one is not
};

/// Looks, before the daemon tries, and leaves nothing behind. An address in use is none: the daemon itself may have it.
std::vector<SocketProblem> problems_of_socket(const MilterSettings& settings);
/// The same for that of the metrics, without which it runs.
std::optional<SocketProblem> problem_of_metrics(const MetricsSettings& settings);

/// Sets mode and group of a socket file, so that the MTA can connect. "" leaves the group alone.
bool share_socket(const std::string& path, unsigned mode, const std::string& group, std::string& error);

/// Before bind: the file of a unix socket is never open wider than `mode`, and the umask stays as it is. Linux makes the file
/// with the mode of the socket, less the umask; share_socket() then gives what the umask took.
void keep_narrow(int descriptor, unsigned mode);

/// While it lives, files are made with `mode` at most: the socket is never open wider than it should be.
class UmaskFor {
 public:
  explicit UmaskFor(unsigned mode);
  ~UmaskFor();
  UmaskFor(const UmaskFor&) = delete;
  UmaskFor& operator=(const UmaskFor&) = delete;

 private:
  unsigned before_;
};

/// Why nobody could listen there just now: libmilter tells it to syslog only.
std::string why_not_bound(const Endpoint& endpoint);

/// Descriptors of this process that listen.
std::vector<int> listening_descriptors();

/// Switches Nagle off on a listening TCP socket: on Linux, accepted connections inherit it. Without it an answer with
/// header edits waits for the MTA's delayed ACK (40 ms).
void set_no_delay(int descriptor);

/// The port a listening TCP socket got; 0 when it has none.
unsigned short bound_port(int descriptor);

}  // namespace winnow
