#include "milter/stand_in_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/milter/kept_log.h"

namespace winnow {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class StandInNoticeTest : public ::testing::Test {
 protected:
  void see(const std::string& cause, int second) { notice_.saw(cause, start_ + seconds(second)); }

  const std::chrono::steady_clock::time_point start_{std::chrono::hours(1)};
  KeptLog log_;
  StandInNotice notice_{log_};
};

TEST_F(StandInNoticeTest, SaysNothingWhileTheSettingsModelJudges) {
  for (int second = 0; second < 200; ++second) see("", second);
  EXPECT_THAT(log_.lines_, IsEmpty());
}

TEST_F(StandInNoticeTest, TellsTheBeginningOnce) {
  for (int second = 0; second < 200; ++second) see("device", second);
  EXPECT_THAT(log_.lines_, ElementsAre(StartsWith("stand-in begins: cause=device:")));
}

TEST_F(StandInNoticeTest, TellsTheEndAfterAMinuteWithoutOne) {
  see("device", 0);
  see("timeout", 10);
  see("", 69);
  EXPECT_EQ(log_.lines_.size(), 1u);
  see("", 70);
  see("", 71);
  EXPECT_THAT(log_.lines_,
              ElementsAre(StartsWith("stand-in begins: cause=device"), "stand-in ended: messages=2 seconds=70"));
}

TEST_F(StandInNoticeTest, TakesAPoolThatFailsNowAndThenForOneStandIn) {
  for (int second = 0; second < 600; ++second) see(second % 30 == 0 ? "refused" : "", second);
  EXPECT_EQ(log_.lines_.size(), 1u);
}

TEST_F(StandInNoticeTest, TellsTheNextOneAfterTheEndOfTheLast) {
  see("refused", 0);
  see("", 60);
  see("device", 61);
  see("", 121);
  EXPECT_THAT(log_.lines_,
              ElementsAre(StartsWith("stand-in begins: cause=refused"), "stand-in ended: messages=1 seconds=60",
                          StartsWith("stand-in begins: cause=device"), "stand-in ended: messages=1 seconds=60"));
}

}  // namespace
}  // namespace winnow
