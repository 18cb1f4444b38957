#include "milter/milter_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "tests/support/header_edits.h"

namespace winnow {
namespace {

using Kind = HeaderEdit::Kind;
using Fields = std::vector<HeaderField>;

struct EditCase {
  const char* about;
  HeaderEdit edit;
  Fields expected;
};

TEST(ApplyEdits, DoesAsPostfixDoes) {
  const Fields header = {{"A", " 1"}, {"B", " 2"}, {"a", " 3"}};
  const EditCase cases[] = {
      {"adds below", {Kind::Add, 0, "C", " 4"}, {{"A", " 1"}, {"B", " 2"}, {"a", " 3"}, {"C", " 4"}}},
      {"inserts on top", {Kind::Insert, 0, "C", " 4"}, {{"C", " 4"}, {"A", " 1"}, {"B", " 2"}, {"a", " 3"}}},
      {"inserts at the end at most",
       {Kind::Insert, 99, "C", " 4"},
       {{"A", " 1"}, {"B", " 2"}, {"a", " 3"}, {"C", " 4"}}},
      {"changes the instance", {Kind::Change, 2, "A", " x"}, {{"A", " 1"}, {"B", " 2"}, {"a", " x"}}},
      {"deletes the instance", {Kind::Change, 2, "A", ""}, {{"A", " 1"}, {"B", " 2"}}},
      {"takes instance 0 for 1", {Kind::Change, 0, "A", ""}, {{"B", " 2"}, {"a", " 3"}}},
      {"adds past the last", {Kind::Change, 3, "A", " x"}, {{"A", " 1"}, {"B", " 2"}, {"a", " 3"}, {"A", " x"}}},
      {"deletes nothing past the last", {Kind::Change, 3, "A", ""}, header},
  };
  for (const EditCase& one : cases) EXPECT_EQ(apply_edits(header, {one.edit}), one.expected) << one.about;
}

TEST(ApplyEdits, DeletingFromFirstToLastWouldLeaveOne) {
  const Fields header = {{"X", " 1"}, {"X", " 2"}};
  EXPECT_EQ(apply_edits(header, {{Kind::Change, 1, "X", ""}, {Kind::Change, 2, "X", ""}}), (Fields{{"X", " 2"}}));
  EXPECT_EQ(apply_edits(header, {{Kind::Change, 2, "X", ""}, {Kind::Change, 1, "X", ""}}), Fields{});
}

TEST(MilterMail, SplitsRawOctetsAsAnMtaDoes) {
  MailInput input;
  input.raw = "From: a@b.example\nSubject: one\n\ttwo\r\nEmpty:\n\nbody\r\nend\n";
  const MilterMail mail = milter_mail_from(input, "A1");
  EXPECT_EQ(mail.headers, (Fields{{"From", " a@b.example"}, {"Subject", " one\n\ttwo"}, {"Empty", ""}}));
  EXPECT_EQ(mail.body, "body\r\nend\r\n");
  EXPECT_EQ(mail.queue_id, "A1");
}

TEST(MilterMail, TakesTheBodyToBeginWhereTheHeaderEnds) {
  MailInput input;
  input.raw = "From: a@b.example\nno header field\nbody";
  EXPECT_EQ(milter_mail_from(input, "").body, "no header field\r\nbody");
  input.raw = "";
  EXPECT_TRUE(milter_mail_from(input, "").headers.empty());
}

TEST(MilterWire, RefusesLengthsNoMilterSends) {
  for (const std::string& octets : {std::string("\0\0\0\0x", 5), std::string("\xff\xff\xff\xff\x63", 5)}) {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    MilterWire wire{Descriptor(pair[0]), std::chrono::seconds(5)};
    const Descriptor other(pair[1]);
    ASSERT_EQ(::send(other.get(), octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()));
    Packet packet;
    EXPECT_FALSE(wire.read(packet));
  }
}

TEST(MilterWire, SaysWhenNoAnswerComes) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  MilterWire wire{Descriptor(pair[0]), std::chrono::milliseconds(10)};
  const Descriptor other(pair[1]);
  Packet packet;
  EXPECT_EQ(wire.read(packet).error(), "no answer within 10 ms");
}

TEST(MilterClient, SaysWhyItCannotConnect) {
  std::string error;
  EXPECT_EQ(MilterClient::connect("unix:/no/such/folder/s", {}, error), nullptr);
  EXPECT_THAT(error, testing::HasSubstr("/no/such/folder/s"));
  EXPECT_EQ(MilterClient::connect("carrier pigeon", {}, error), nullptr);
}

}  // namespace
}  // namespace winnow
