#include "milter/listen_socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

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
  const Descriptor client =
      connect_to(parsed("inet:" + std::to_string(bound_port(listening.get())) + "@127.0.0.1"), std::chrono::seconds(5), error);
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

TEST(ListenSocket, ConnectSaysWhyItFailed) {
  std::string error;
  EXPECT_FALSE(connect_to(parsed("unix:/no/such/folder/s"), std::chrono::seconds(1), error));
  EXPECT_EQ(error, std::strerror(ENOENT));
}

}  // namespace
}  // namespace winnow
