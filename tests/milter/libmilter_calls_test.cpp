#include "milter/libmilter_calls.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

#include "milter/milter_wire.h"

namespace winnow {
namespace {

/// A connection as libmilter accepts it, and its other end.
class LibmilterCalls : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(::bind(listening_, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
    ASSERT_EQ(::listen(listening_, 5), 0);
    connect();
  }

  void TearDown() override {
    hang_up();
    if (accepted_ >= 0) winnow_milter_close(accepted_);
    winnow_milter_close(listening_);
  }

  void connect() {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    mta_ = ::socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(::connect(mta_, reinterpret_cast<sockaddr*>(&address), size), 0);
    sockaddr_in peer{};
    size = sizeof peer;
    accepted_ = winnow_milter_accept(listening_, reinterpret_cast<sockaddr*>(&peer), &size);
    ASSERT_GE(accepted_, 0);
    EXPECT_EQ(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  }

  void send(const std::string& octets) {
    ASSERT_EQ(::send(mta_, octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()));
  }

  void hang_up() {
    if (mta_ >= 0) ::close(mta_);
    mta_ = -1;
  }

  /// What is waiting: POLLIN, POLLHUP ... or 0 after `timeout_ms` without any.
  int waiting(int timeout_ms) const {
    pollfd polled{accepted_, POLLIN, 0};
    const int ready = winnow_milter_poll(&polled, 1, timeout_ms);
    return ready == 1 ? polled.revents : ready;
  }

  std::string read(std::size_t size) const {
    std::string octets(size, '\0');
    const ssize_t got = winnow_milter_read(accepted_, octets.data(), size);
    octets.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return octets;
  }

  /// As libmilter writes a packet: length and command, then what belongs to it.
  void write(char command, std::string payload) const {
    std::string head = encode_u32(static_cast<std::uint32_t>(payload.size() + 1)) + command;
    const std::array<iovec, 2> pieces{iovec{head.data(), head.size()}, iovec{payload.data(), payload.size()}};
    ASSERT_EQ(winnow_milter_writev(accepted_, pieces.data(), payload.empty() ? 1 : 2),
              static_cast<ssize_t>(head.size() + payload.size()));
  }

  /// What has come at the MTA, of at most `size` octets.
  std::string arrived(std::size_t size) const {
    std::string octets(size, '\0');
    const ssize_t got = ::recv(mta_, octets.data(), size, MSG_DONTWAIT);
    octets.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return octets;
  }

  int listening_ = -1, mta_ = -1, accepted_ = -1;
  static constexpr int kLong = 60'000;  // ms; for what comes
};

TEST_F(LibmilterCalls, GivesPacketsThatCameTogetherOneByOne) {
  send("firstsecond!");
  ASSERT_EQ(waiting(kLong), POLLIN);
  EXPECT_EQ(read(5), "first");
  EXPECT_EQ(waiting(0), POLLIN);
  EXPECT_EQ(read(6), "second");
  EXPECT_EQ(waiting(0), POLLIN);
  EXPECT_EQ(read(10), "!") << "as read() does, no more than there is";
  EXPECT_EQ(waiting(0), 0);
}

TEST_F(LibmilterCalls, TakesWhatIsThereOutOfTheSocketAtOnce) {
  send("firstsecond");
  ASSERT_EQ(waiting(kLong), POLLIN);
  pollfd plain{accepted_, POLLIN, 0};
  EXPECT_EQ(::poll(&plain, 1, 0), 0);
  EXPECT_EQ(read(11), "firstsecond");
}

TEST_F(LibmilterCalls, ReadsWithoutHavingPolled) {
  send("packet");
  EXPECT_EQ(read(6), "packet");
}

TEST_F(LibmilterCalls, KeepsTheOrderOfBodiesLongerThanItsBuffer) {
  std::string body;
  for (int line = 0; body.size() < 60'000; ++line) body += std::to_string(line) + "\r\n";
  send("head" + body);
  ASSERT_EQ(waiting(kLong), POLLIN);
  EXPECT_EQ(read(4), "head");
  std::string got;
  while (got.size() < body.size()) {
    const std::string more = read(body.size() - got.size());
    ASSERT_FALSE(more.empty());
    got += more;
  }
  EXPECT_EQ(got, body);
}

TEST_F(LibmilterCalls, TellsTheEndAfterWhatWasReadAhead) {
  send("last");
  hang_up();
  ASSERT_NE(waiting(kLong) & POLLIN, 0);
  EXPECT_EQ(read(4), "last");
  EXPECT_NE(waiting(kLong) & POLLIN, 0);
  char octet = 0;
  EXPECT_EQ(winnow_milter_read(accepted_, &octet, 1), 0);
}

TEST_F(LibmilterCalls, GivesANewConnectionNothingOfTheOneBefore) {
  send("firstsecond");
  ASSERT_EQ(waiting(kLong), POLLIN);
  EXPECT_EQ(read(5), "first");
  const int before = accepted_;
  winnow_milter_close(accepted_);
  hang_up();
  connect();
  ASSERT_EQ(accepted_, before) << "the number must be the same for this test to mean something";
  EXPECT_EQ(waiting(0), 0);
  send("new");
  EXPECT_EQ(read(11), "new");
}

TEST_F(LibmilterCalls, SendsChangesTogetherWithTheAnswer) {
  write(wire::kInsertHeader, "X: 1");
  write(wire::kAddRecipient, "<a@x.example>");
  EXPECT_EQ(arrived(1), "");
  write(wire::kAccept, "");
  const std::string all = std::string("\0\0\0\5iX: 1\0\0\0\16+<a@x.example>\0\0\0\1a", 9 + 18 + 5);
  EXPECT_EQ(arrived(100), all);
}

TEST_F(LibmilterCalls, SendsWhatIsNoChangeAtOnce) {
  write(wire::kProgress, "");
  EXPECT_EQ(arrived(100), std::string("\0\0\0\1p", 5));
}

TEST_F(LibmilterCalls, SendsWhatIsHeldBackBeforeItWaitsForTheMta) {
  write(wire::kQuarantine, "why");
  EXPECT_EQ(waiting(0), 0);
  EXPECT_EQ(arrived(100), std::string("\0\0\0\4qwhy", 8));
}

TEST_F(LibmilterCalls, KeepsTheOrderOfMoreChangesThanItHoldsBack) {
  const std::string value(700, 'v');
  std::string expected;
  for (char number = '0'; number < '9'; ++number) {
    write(wire::kInsertHeader, number + value);
    expected += encode_u32(702) + wire::kInsertHeader + number + value;
  }
  write(wire::kInsertHeader, std::string(5000, 'l'));  // longer than the buffer
  write(wire::kAccept, "");
  expected += encode_u32(5001) + wire::kInsertHeader + std::string(5000, 'l') + encode_u32(1) + wire::kAccept;
  std::string got;
  while (got.size() < expected.size()) {
    const std::string more = arrived(expected.size());
    ASSERT_FALSE(more.empty()) << got.size() << " of " << expected.size();
    got += more;
  }
  EXPECT_EQ(got, expected);
}

TEST_F(LibmilterCalls, TellsThatTheMtaHasGoneWhenItAnswers) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // as libmilter does
  send("octets it will not have read");
  hang_up();
  ::shutdown(accepted_, SHUT_WR);
  const std::string head = encode_u32(1) + wire::kAccept;
  const iovec piece{const_cast<char*>(head.data()), head.size()};
  write(wire::kInsertHeader, "X: 1");
  EXPECT_EQ(winnow_milter_writev(accepted_, &piece, 1), -1);
  EXPECT_EQ(errno, EPIPE);
  (void)std::signal(SIGPIPE, before);
}

TEST_F(LibmilterCalls, PollsSeveralDescriptorsAndForWritingAsPollDoes) {
  pollfd both[] = {{accepted_, POLLIN, 0}, {listening_, POLLIN, 0}};
  EXPECT_EQ(winnow_milter_poll(both, 2, 0), 0);
  pollfd writable{accepted_, POLLOUT, 0};
  EXPECT_EQ(winnow_milter_poll(&writable, 1, 0), 1);
  EXPECT_EQ(writable.revents, POLLOUT);
}

TEST_F(LibmilterCalls, ReadsWhatItDidNotAcceptAsReadDoes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "octets", 6), 6);
  char three[3];
  EXPECT_EQ(winnow_milter_read(ends[0], three, 3), 3);
  pollfd plain{ends[0], POLLIN, 0};
  EXPECT_EQ(::poll(&plain, 1, 0), 1) << "nothing was read ahead";
  winnow_milter_close(ends[0]);
  winnow_milter_close(ends[1]);
}

TEST_F(LibmilterCalls, SetsErrnoAsTheCallsDo) {
  char octet = 0;
  EXPECT_EQ(winnow_milter_read(-1, &octet, 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(winnow_milter_accept(-1, nullptr, nullptr), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(winnow_milter_close(-1), -1);
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace winnow
