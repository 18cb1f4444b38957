// What no MTA would send. The daemon may hang up on such a peer; it may not crash, hang, or fail the others.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "tests/support/test_daemon.h"

namespace winnow {
namespace {

MilterClientOptions offering(std::uint32_t version, std::uint32_t actions, std::uint32_t protocol) {
  MilterClientOptions options;
  options.offer = {version, actions, protocol};
  return options;
}

/// A connection that says whatever the test wants, without negotiation, and also what no MilterWire would.
class RawConnection : public MilterWire {
 public:
  explicit RawConnection(Descriptor socket)
      : MilterWire(Descriptor(::dup(socket.get())), std::chrono::milliseconds(300)), socket_(std::move(socket)) {}

  /// Octets as they are, after what is queued. False: the daemon has hung up.
  bool send_raw(std::string_view octets) {
    if (!flush()) return false;
    for (; !octets.empty();) {
      const ssize_t sent = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// No more will be sent; the daemon sees the end of the connection.
  void shut_down() const { (void)::shutdown(socket_.get(), SHUT_WR); }

 private:
  Descriptor socket_;
};

RawConnection raw_connection(const TestDaemon& daemon) {
  std::string error;
  const auto endpoint = Endpoint::parse(daemon.socket(), error);
  Descriptor socket = connect_to(endpoint.value_or(Endpoint{}), std::chrono::seconds(10), error);
  EXPECT_TRUE(socket) << error;
  return RawConnection(std::move(socket));
}

void queue_negotiation(MilterWire& wire) {
  wire.queue(wire::kNegotiate, encode_u32(6) + encode_u32(0x1FF) + encode_u32(0x1FFFFF));
}

/// Sends what is queued and reads until the daemon hangs up or says no more.
void drain(MilterWire& wire) {
  Packet packet;
  while (wire.read(packet)) {
  }
}

/// The daemon is there and gives ordinary mail its ordinary answer.
void expect_healthy(const TestDaemon& daemon) {
  ASSERT_TRUE(daemon.alive()) << daemon.log();
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterAnswer answer;
  const Status sent = client->send(test_mail(), answer);
  EXPECT_TRUE(static_cast<bool>(sent)) << sent.error();
  EXPECT_EQ(answer.verdict, MilterVerdict::Accept);
  EXPECT_EQ(answer.edits.size(), 3u);
}

TEST(Malformed, SurvivesFramedRandomPackets) {
  const TestDaemon daemon;
  std::mt19937 random(20261121);
  const std::string commands = "ABCDEHKLMNOQRTU";
  for (int round = 0; round < 60; ++round) {
    RawConnection wire = raw_connection(daemon);
    if (round % 3 != 0) queue_negotiation(wire);
    for (int i = 0; i < 40; ++i) {
      std::string payload(random() % (i % 7 == 0 ? 5000 : 40), '\0');
      for (char& c : payload) c = random() % 3 == 0 ? '\0' : static_cast<char>(random());
      wire.queue(random() % 10 == 0 ? static_cast<char>(random()) : commands[random() % commands.size()], payload);
    }
    if (wire.flush()) wire.shut_down();
    drain(wire);
  }
  expect_healthy(daemon);
}

TEST(Malformed, SurvivesRandomOctets) {
  const TestDaemon daemon;
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    RawConnection wire = raw_connection(daemon);
    std::string octets(random() % 2000, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    if (wire.send_raw(octets)) wire.shut_down();
    drain(wire);
  }
  expect_healthy(daemon);
}

TEST(Malformed, SurvivesEndOfMessageFirst) {
  const TestDaemon daemon;
  RawConnection without_negotiation = raw_connection(daemon);
  without_negotiation.queue(wire::kEndOfMessage, "");
  drain(without_negotiation);
  RawConnection negotiated = raw_connection(daemon);
  queue_negotiation(negotiated);
  negotiated.queue(wire::kEndOfMessage, "");
  negotiated.queue(wire::kBody, "text");
  negotiated.queue(wire::kHeader, std::string_view("A\0 b\0", 5));
  drain(negotiated);
  expect_healthy(daemon);
}

TEST(Malformed, AnswersEndOfMessageOnceWhenItComesTwice) {
  const TestDaemon daemon;
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterAnswer answer;
  ASSERT_TRUE(static_cast<bool>(client->send(test_mail(), answer)));
  client->wire().queue(wire::kEndOfMessage, "");
  ASSERT_TRUE(static_cast<bool>(client->wire().flush()));
  ASSERT_TRUE(static_cast<bool>(client->send(test_mail(), answer))) << "the connection goes on";
  EXPECT_EQ(answer.edits.size(), 3u);
  expect_healthy(daemon);
}

TEST(Malformed, SurvivesAnEmptyBodyPacket) {
  const TestDaemon daemon;
  RawConnection wire = raw_connection(daemon);
  queue_negotiation(wire);
  wire.queue(wire::kConnect, "host.exampleU");
  wire.queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
  wire.queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
  wire.queue(wire::kEndOfHeaders, "");
  wire.queue(wire::kBody, "");
  wire.queue(wire::kEndOfMessage, "");
  if (wire.flush()) wire.shut_down();
  drain(wire);
  expect_healthy(daemon);
}

TEST(Malformed, SurvivesArgumentsThatAreNotTerminated) {
  const TestDaemon daemon;
  for (const char command : {wire::kConnect, wire::kHelo, wire::kMail, wire::kRcpt, wire::kHeader, wire::kMacro}) {
    for (const std::string& payload : {std::string(), std::string("x"), std::string(1, '\0'), std::string("\0\0", 2),
                                       std::string("Mi\0x", 4), std::string("name\0004\0\0bad", 11)}) {
      RawConnection wire = raw_connection(daemon);
      queue_negotiation(wire);
      if (command != wire::kConnect) wire.queue(wire::kConnect, std::string_view("host\0U", 6));
      if (command == wire::kRcpt || command == wire::kHeader) wire.queue(wire::kMail, std::string_view("<a@b>\0", 6));
      if (command == wire::kHeader) wire.queue(wire::kRcpt, std::string_view("<c@d>\0", 6));
      wire.queue(command, payload);
      if (wire.flush()) wire.shut_down();
      drain(wire);
    }
  }
  expect_healthy(daemon);
}

TEST(Malformed, HangsUpOnOversizedPackets) {
  const TestDaemon daemon;
  RawConnection wire = raw_connection(daemon);
  queue_negotiation(wire);
  EXPECT_TRUE(wire.send_raw(encode_u32(0x7FFFFFFF) + "B" + std::string(1000, 'x')));
  drain(wire);
  expect_healthy(daemon);
}

struct VersionCase {
  const char* about;
  std::uint32_t version, actions, protocol;
  std::size_t edits;
};

TEST(Malformed, WorksWithWhatOlderMtasOffer) {
  const TestDaemon daemon;
  const VersionCase cases[] = {
      {"version 2", 2, 0x3F, 0x7F, 3},
      {"version 4", 4, 0x7F, 0x3FF, 3},
      {"version 6 without any no-reply flag", 6, 0x1FF, 0x100700, 3},
      {"version 6 with every flag", 6, 0x1FF, 0x1FFFFF, 3},
      {"a version of the future", 99, 0x1FF, 0x1FFFFF, 3},
      {"no right to change anything", 6, 0x02, 0x1FFFFF, 0},
  };
  for (const VersionCase& one : cases) {
    const auto client = daemon.client(offering(one.version, one.actions, one.protocol));
    ASSERT_NE(client, nullptr) << one.about;
    MilterAnswer answer;
    const Status sent = client->send(test_mail(), answer);
    EXPECT_TRUE(static_cast<bool>(sent)) << one.about << ": " << sent.error();
    EXPECT_EQ(answer.verdict, MilterVerdict::Accept) << one.about;
    EXPECT_EQ(answer.edits.size(), one.edits) << one.about;
  }
}

TEST(Malformed, HangsUpOnProtocolVersionsThatNeverWere) {
  const TestDaemon daemon;
  for (const std::uint32_t version : {0u, 1u}) {
    RawConnection wire = raw_connection(daemon);
    wire.queue(wire::kNegotiate, encode_u32(version) + encode_u32(0x1FF) + encode_u32(0x1FFFFF));
    Packet packet;
    EXPECT_FALSE(wire.read(packet)) << version;
  }
  expect_healthy(daemon);
}

TEST(Malformed, SurvivesPeersThatTakeNoReplyForGranted) {
  const TestDaemon daemon;
  RawConnection wire = raw_connection(daemon);
  wire.queue(wire::kNegotiate, encode_u32(6) + encode_u32(0x1FF) + encode_u32(0));  // nothing offered ...
  wire.queue(wire::kConnect, std::string_view("host\0U", 6));                       // ... and no reply read
  for (int i = 0; i < 200; ++i) {
    wire.queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
    wire.queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
    wire.queue(wire::kEndOfHeaders, "");
    wire.queue(wire::kEndOfMessage, "");
  }
  (void)wire.flush();
  drain(wire);
  expect_healthy(daemon);
}

TEST(Malformed, GivesAVerdictWhenTheBodysTailComesWithTheEnd) {
  const TestDaemon daemon([](Settings& s) { s.milter.max_scan_bytes = 16 << 10; });
  const auto client = daemon.client();
  ASSERT_NE(client, nullptr);
  MilterWire& wire = client->wire();
  wire.queue(wire::kConnect, std::string_view("host\0U", 6));
  wire.queue(wire::kMail, std::string_view("<a@b.example>\0", 14));
  wire.queue(wire::kRcpt, std::string_view("<c@d.example>\0", 14));
  wire.queue(wire::kEndOfHeaders, "");
  wire.queue(wire::kEndOfMessage, std::string(40'000, 'x'));  // as old Postfix did: more than is scanned
  Packet packet;
  while (wire.read(packet) && packet.command != wire::kAccept) EXPECT_NE(packet.command, wire::kSkip);
  EXPECT_EQ(packet.command, wire::kAccept);
}

TEST(Malformed, SurvivesConnectionsThatEndAnywhere) {
  const TestDaemon daemon;
  for (std::size_t steps = 0; steps < 7; ++steps) {
    RawConnection wire = raw_connection(daemon);
    queue_negotiation(wire);
    const std::pair<char, std::string_view> all[] = {{wire::kConnect, {"host\0U", 6}}, {wire::kHelo, {"x\0", 2}},
                                                     {wire::kMail, {"<a@b>\0", 6}},    {wire::kRcpt, {"<c@d>\0", 6}},
                                                     {wire::kHeader, {"A\0 b\0", 5}},  {wire::kBody, {"text", 4}}};
    for (std::size_t i = 0; i < steps && i < std::size(all); ++i) wire.queue(all[i].first, all[i].second);
    (void)wire.flush();
  }
  expect_healthy(daemon);
}

}  // namespace
}  // namespace winnow
