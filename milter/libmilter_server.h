// libmilter_server.h - libmilter's callbacks on one side, Session and MailService on the other; nothing else knows libmilter.
//
// Owns:    the listening socket. One per process: libmilter's state is the process's.
// Threads: listen() and run() once each; close_door() from any thread. libmilter runs callbacks on threads of
//          its own, of which there is no upper limit; what LibTorch computes never runs on them (docs/adr/0007).
// Blocks:  run() for good.
// Fails:   listen() returns null and says why.
//
// There is no stop(): libmilter's own destroys the locks that its workers still use, and never joins them. The service
// given to listen() must live on, and the process has to end with std::_Exit.
// Source:  libmilter 8.17 (engine.c, worker.c, listener.c, signal.c).
#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "milter/mail_service.h"

namespace winnow {

class LibmilterServer {
 public:
  virtual ~LibmilterServer() = default;

  static std::unique_ptr<LibmilterServer> listen(const MilterSettings& settings, MailService& service,
                                                 std::string& error);

  /// Answers MTAs until the process ends. False: it could not go on.
  virtual bool run() = 0;
  /// Removes the socket file, so that no MTA connects any more. Those who have keep their connection. The file of another
  /// daemon that has taken its place stays.
  virtual void close_door() = 0;
  /// Whether an MTA that connects now gets here: the socket file is there, and its own.
  virtual bool is_reachable() const = 0;
  /// Where it listens, with the port it really got.
  virtual const std::string& address() const = 0;
};

}  // namespace winnow
