#include "milter/listen_socket.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

Descriptor listen_on(const Endpoint& endpoint) {
  const SocketAddress address = address_of(endpoint);
  Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM, 0));
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length), 0);
  EXPECT_EQ(::listen(socket.get(), 5), 0);
  return socket;
}

Endpoint parsed(const std::string& text) {
  std::string error;
  const auto endpoint = Endpoint::parse(text, error);
  EXPECT_TRUE(endpoint.has_value()) << error;
  return endpoint.value_or(Endpoint{});
}

TEST(Endpoint, ReadsWhatMtasWrite) {
  EXPECT_EQ(parsed("unix:/run/a.sock").to_string(), "unix:/run/a.sock");
  EXPECT_EQ(parsed("local:/run/a.sock").to_string(), "unix:/run/a.sock");
  EXPECT_EQ(parsed("/run/a.sock").to_string(), "unix:/run/a.sock");
  EXPECT_EQ(parsed("inet:8891@127.0.0.1").to_string(), "inet:8891@[127.0.0.1]");
  EXPECT_EQ(parsed("inet:8891@localhost").to_string(), "inet:8891@localhost");
  EXPECT_EQ(parsed("inet:8891").to_string(), "inet:8891");
  EXPECT_EQ(parsed("inet6:8891@[::1]").to_string(), "inet6:8891@[::1]");
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text : {"", "unix:", "tcp:1@x", "inet:", "inet:x@127.0.0.1", "inet:70000@127.0.0.1", "inet:-1"}) {
    std::string error;
    EXPECT_FALSE(Endpoint::parse(text, error).has_value()) << text;
    EXPECT_FALSE(error.empty());
  }
}

TEST(ListenSocket, RemovesASocketNobodyListensOn) {
  const ScratchFolder folder;
  const Endpoint endpoint = parsed("unix:" + (folder.path() / "s").string());
  (void)listen_on(endpoint);  // closed at once, the file stays
  std::string error;
  EXPECT_TRUE(remove_stale_socket(endpoint.path, error)) << error;
  EXPECT_FALSE(std::filesystem::exists(endpoint.path));
  EXPECT_TRUE(remove_stale_socket(endpoint.path, error)) << "nothing there is fine too";
}

TEST(ListenSocket, LeavesASocketThatSomebodyListensOn) {
  const ScratchFolder folder;
  const Endpoint endpoint = parsed("unix:" + (folder.path() / "s").string());
  const Descriptor listening = listen_on(endpoint);
  std::string error;
  EXPECT_FALSE(remove_stale_socket(endpoint.path, error));
  EXPECT_NE(error.find("another process listens"), std::string::npos) << error;
  EXPECT_TRUE(std::filesystem::exists(endpoint.path));
}

/// A connect that failed for any reason was once taken for "nobody listens": a second daemon unlinked the socket of a
/// first one that was too busy to accept.
TEST(ListenSocket, LeavesASocketWhoseListenerIsTooBusyToAccept) {
  const ScratchFolder folder;
  const Endpoint endpoint = parsed("unix:" + (folder.path() / "s").string());
  const Descriptor listening = listen_on(endpoint);
  ASSERT_EQ(::listen(listening.get(), 0), 0);
  std::string error;
  const Descriptor only_place = connect_to(endpoint, std::chrono::seconds(5), error);
  ASSERT_TRUE(only_place) << error;
  EXPECT_FALSE(remove_stale_socket(endpoint.path, error));
  EXPECT_EQ(error, "cannot tell whether another process listens on " + endpoint.path + ": " + std::strerror(ETIMEDOUT) +
                       "; stop that process, or remove the file when there is none");
  EXPECT_TRUE(std::filesystem::exists(endpoint.path));
}

TEST(ListenSocket, LeavesASocketOfAnotherType) {
  const ScratchFolder folder;
  const Endpoint endpoint = parsed("unix:" + (folder.path() / "s").string());
  const SocketAddress address = address_of(endpoint);
  const Descriptor datagrams(::socket(AF_UNIX, SOCK_DGRAM, 0));
  ASSERT_EQ(::bind(datagrams.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length), 0);
  std::string error;
  EXPECT_FALSE(remove_stale_socket(endpoint.path, error));
  EXPECT_NE(error.find(endpoint.path + ": " + std::strerror(EPROTOTYPE)), std::string::npos) << error;
  EXPECT_TRUE(std::filesystem::exists(endpoint.path));
}

TEST(ListenSocket, LeavesAFileThatIsNoSocket) {
  const ScratchFolder folder;
  const auto file = folder.write("precious", "data");
  std::string error;
  EXPECT_FALSE(remove_stale_socket(file, error));
  EXPECT_EQ(folder.read("precious"), "data");
}

TEST(ListenSocket, IsMadeNoWiderThanItsMode) {
  const ScratchFolder folder;
  const SocketAddress address = address_of(parsed("unix:" + (folder.path() / "s").string()));
  const Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM, 0));
  keep_narrow(socket.get(), 0640);
  const mode_t before = ::umask(0);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length), 0);
  (void)::umask(before);
  struct stat found {};
  ASSERT_EQ(::stat((folder.path() / "s").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0640u);
}

TEST(ListenSocket, SetsModeAndNamesAMissingGroup) {
  const ScratchFolder folder;
  const Endpoint endpoint = parsed("unix:" + (folder.path() / "s").string());
  const Descriptor listening = listen_on(endpoint);
  std::string error;
  EXPECT_TRUE(share_socket(endpoint.path, 0660, "", error)) << error;
  struct stat found {};
  ASSERT_EQ(::stat(endpoint.path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0660u);
  EXPECT_FALSE(share_socket(endpoint.path, 0660, "no-such-group-here", error));
  EXPECT_NE(error.find("no-such-group-here"), std::string::npos);
}

TEST(ListenSocket, AcceptedConnectionsInheritNoDelay) {
  const Descriptor listening = listen_on(parsed("inet:0@127.0.0.1"));
  const std::vector<int> all = listening_descriptors();
  EXPECT_NE(std::find(all.begin(), all.end(), listening.get()), all.end());
  set_no_delay(listening.get());
  std::string error;
  const Descriptor client = connect_to(parsed("inet:" + std::to_string(bound_port(listening.get())) + "@127.0.0.1"),
                                       std::chrono::seconds(5), error);
  ASSERT_TRUE(client) << error;
  const Descriptor accepted(::accept(listening.get(), nullptr, nullptr));
  int value = 0;
  socklen_t length = sizeof value;
  ASSERT_EQ(::getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &value, &length), 0);
  EXPECT_NE(value, 0);
}

TEST(ListenSocket, SaysWhyAnAddressCannotBeBound) {
  const Descriptor listening = listen_on(parsed("inet:0@127.0.0.1"));
  const Endpoint taken = parsed("inet:" + std::to_string(bound_port(listening.get())) + "@127.0.0.1");
  EXPECT_EQ(why_not_bound(taken), std::strerror(EADDRINUSE));
  EXPECT_EQ(why_not_bound(parsed("unix:/no/such/folder/s")), std::strerror(ENOENT));
}

/// What would keep a daemon from opening the socket, a line each: "setting text", with a "?" behind where another user
/// may be allowed it.
std::string problems_with(const std::string& socket, const std::string& group = "") {
  MilterSettings settings;
  settings.socket = socket;
  settings.socket_group = group;
  std::string text;
  for (const SocketProblem& problem : problems_of_socket(settings)) {
    text += problem.text + (problem.for_this_user ? " ?\n" : "\n");
    EXPECT_EQ(problem.text.rfind(problem.setting + ": ", 0), 0u) << problem.text;
  }
  return text;
}

/// The same as a user who is in no group, told by a child: root may do everything.
std::string problems_as_nobody(const std::string& socket, const std::string& group = "") {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool nobody = ::setgroups(0, nullptr) == 0 && ::setgid(65534) == 0 && ::setuid(65534) == 0;
    const std::string text = nobody ? problems_with(socket, group) : "root stays";
    ::_exit(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  char chunk[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, count);
  ::close(ends[0]);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return text;
}

/// `winnow check` was fine with a folder that is not there; the daemon then ended again and again.
TEST(ListenSocketCheck, NamesTheFolderThatIsMissing) {
  const ScratchFolder folder;
  EXPECT_EQ(problems_with("unix:" + (folder.path() / "s").string()), "");
  const std::string absent = (folder.path() / "absent").string();
  EXPECT_THAT(problems_with("unix:" + absent + "/s"),
              testing::HasSubstr("cannot make a socket in " + absent + ": No such file or directory; make a folder"));
  const std::string file = folder.write("file", "").string();
  EXPECT_THAT(problems_with("unix:" + file + "/s"), testing::HasSubstr(std::strerror(ENOTDIR)));
}

TEST(ListenSocketCheck, LeavesTheFolderThatTheUnitMakesAlone) {
  EXPECT_EQ(problems_with("unix:/run/winnow/winnow-test-that-is-not-there.sock"), "");
}

TEST(ListenSocketCheck, RefusesAFileThatIsNoSocketAndKeepsIt) {
  const ScratchFolder folder;
  const std::string file = folder.write("precious", "data").string();
  EXPECT_EQ(problems_with("unix:" + file), "milter.socket: " + file + " exists and is not a socket\n");
  EXPECT_EQ(folder.read("precious"), "data");
}

TEST(ListenSocketCheck, IsFineWithTheSocketOfADaemonThatRuns) {
  const ScratchFolder folder;
  const std::string local = "unix:" + (folder.path() / "s").string();
  const Descriptor on_path = listen_on(parsed(local));
  EXPECT_EQ(problems_with(local), "");
  const Descriptor on_port = listen_on(parsed("inet:0@127.0.0.1"));
  EXPECT_EQ(problems_with("inet:" + std::to_string(bound_port(on_port.get())) + "@127.0.0.1"), "");
}

TEST(ListenSocketCheck, NamesAnAddressThatIsNotThisMachines) {
  EXPECT_EQ(
      problems_with("inet:8891@192.0.2.9"),
      "milter.socket: cannot listen on inet:8891@[192.0.2.9]: Cannot assign requested address; name an address of "
      "this machine\n");
  const std::string no_name(64, 'x');  // a label has 63 octets at most, so no name server is asked
  EXPECT_THAT(problems_with("inet:8891@" + no_name),
              testing::StartsWith("milter.socket: cannot listen on inet:8891@x"));
}

TEST(ListenSocketCheck, SaysWhatOnlyThisUserMayNot) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, who can become somebody else";
  const ScratchFolder folder;  // of mode 0700
  EXPECT_THAT(problems_as_nobody("unix:" + (folder.path() / "s").string()),
              testing::AllOf(testing::HasSubstr(": Permission denied; "), testing::EndsWith(" ?\n")));
  EXPECT_THAT(problems_as_nobody("unix:/run/winnow/s", "daemon"),
              testing::AllOf(testing::HasSubstr(" is not a member; make the daemon's user a member of it"),
                             testing::EndsWith(" ?\n")));
  EXPECT_EQ(problems_with("unix:/run/winnow/s", "daemon"), "") << "root gives files to any group";
}

TEST(ListenSocketCheck, LooksAtTheAddressOfTheMetrics) {
  const ScratchFolder folder;
  const auto problem_with = [](const std::string& listen) {
    MetricsSettings settings;
    settings.listen = listen;
    const auto problem = problem_of_metrics(settings);
    return problem ? problem->text : "";
  };
  const Descriptor taken = listen_on(parsed("inet:0@127.0.0.1"));
  const std::string path = (folder.path() / "http").string();
  for (const std::string& fine :
       {std::string(), "127.0.0.1:" + std::to_string(bound_port(taken.get())), "unix:" + path})
    EXPECT_EQ(problem_with(fine), "");
  EXPECT_FALSE(std::filesystem::exists(path));
  const std::string elsewhere = ": Cannot assign requested address; name an address of this machine";
  EXPECT_EQ(problem_with("192.0.2.9:9111"), "metrics.listen: cannot listen on 192.0.2.9:9111" + elsewhere);
  EXPECT_THAT(problem_with("[2001:db8::9]:9111"),
              testing::StartsWith("metrics.listen: cannot listen on [2001:db8::9]:9111: "));
  EXPECT_THAT(problem_with("unix:" + path + "/absent/s"),
              testing::StartsWith("metrics.listen: the daemon cannot make a socket in " + path + "/absent: "));
}

TEST(ListenSocketCheck, RefusesAPortThatOnlyRootMayTake) {
  std::ifstream first("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  int free_from = 0;
  if (::geteuid() != 0 || !(first >> free_from) || free_from <= 25) GTEST_SKIP() << "every user may take port 25 here";
  EXPECT_THAT(problems_as_nobody("inet:25@127.0.0.1"),
              testing::AllOf(testing::HasSubstr("Permission denied for user '"), testing::EndsWith(" on ?\n")));
}

TEST(ListenSocket, ConnectSaysWhyItFailed) {
  std::string error;
  EXPECT_FALSE(connect_to(parsed("unix:/no/such/folder/s"), std::chrono::seconds(1), error));
  EXPECT_EQ(error, std::strerror(ENOENT));
}

}  // namespace
}  // namespace winnow
