#include "cli/invented_mail.h"

#include <gtest/gtest.h>

#include "engine/message/message.h"

namespace winnow {
namespace {

std::vector<SizeShare> sizes(const std::string& text) {
  std::string error;
  const auto found = sizes_named(text, error);
  EXPECT_TRUE(found) << error;
  return found.value_or(std::vector<SizeShare>{});
}

TEST(InventedMail, IsTheSameForTheSameSeed) {
  const auto first = invent_mail(sizes("small"), 20, 1), again = invent_mail(sizes("small"), 20, 1);
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].raw, again[i].raw);
  EXPECT_NE(first[0].raw, invent_mail(sizes("small"), 1, 2)[0].raw);
}

TEST(InventedMail, HasTheWantedSizes) {
  for (const std::uint64_t bytes : {2048u, 16384u, 65536u, 1048576u}) {
    for (const MailInput& mail : invent_mail({{bytes, 1}}, 5, 3)) {
      EXPECT_GE(mail.raw.size(), bytes);
      EXPECT_LE(mail.raw.size(), bytes + 2048);
    }
  }
}

TEST(InventedMail, MixesSizesByTheirShares) {
  std::size_t large = 0;
  for (const MailInput& mail : invent_mail(sizes("2KiB:3,64KiB:1"), 400, 1)) large += mail.raw.size() >= 65536 ? 1 : 0;
  EXPECT_GT(large, 60u);
  EXPECT_LT(large, 140u);
}

TEST(InventedMail, IsReadAsOrdinaryMail) {
  for (const MailInput& mail : invent_mail(sizes("mixed"), 40, 1)) {
    const Message message = read_message(mail);
    EXPECT_FALSE(message.from.empty());
    EXPECT_FALSE(message.text.empty());
    EXPECT_FALSE(message.truncated);
  }
}

TEST(InventedMail, RefusesSizesThatCannotBe) {
  for (const char* text :
       {"", "huge", "4", "1B", "17MiB", "4KiB:0", "4KiB:x", "4KiB:1:2", "4KiB,", ",4KiB", "4KiB:-1"}) {
    std::string error;
    EXPECT_FALSE(sizes_named(text, error)) << text;
    EXPECT_NE(error.find("4KiB:90,1MiB:10"), std::string::npos);
  }
}

}  // namespace
}  // namespace winnow
