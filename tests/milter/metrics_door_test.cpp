#include "milter/metrics_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "milter/http_client.h"
#include "tests/milter/kept_log.h"
#include "tests/support/poll_until.h"
#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

HttpRoutes routes() {
  return {[] { return std::string("winnow_in_flight 0\n"); }, [] { return std::string(); }};
}

class MetricsDoorTest : public testing::Test {
 protected:
  const ScratchFolder folder_;
  const std::string listen_ = "unix:" + (folder_.path() / "later/http").string();
  KeptLog log_;
};

/// An address that came after the daemon, as at the start of many machines, left it without metrics for good.
TEST_F(MetricsDoorTest, OpensByItselfOnceItsAddressIsThere) {
  MetricsDoor door(listen_, routes(), log_, std::chrono::milliseconds(1));
  door.open();
  EXPECT_EQ(door.address(), "off");
  std::filesystem::create_directory(folder_.path() / "later");
  ASSERT_TRUE(poll_until([&] { return door.address() == listen_; }));
  std::string error;
  EXPECT_TRUE(http_get(listen_, "/readyz", std::chrono::seconds(20), error)) << error;
  door.close();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "later/http"));
  EXPECT_THAT(log_.lines_, ElementsAre(testing::AllOf(HasSubstr("metrics are off: "), HasSubstr("No such file")),
                                       "metrics are on: " + listen_))
      << "however often it was tried";
}

TEST_F(MetricsDoorTest, IsTriedAtOnceWhenSomebodyAsks) {
  MetricsDoor door(listen_, routes(), log_, std::chrono::hours(1));
  door.open();
  std::filesystem::create_directory(folder_.path() / "later");
  door.try_now();
  EXPECT_TRUE(poll_until([&] { return door.address() == listen_; }));
}

TEST_F(MetricsDoorTest, ClosesAtOnceInTheMiddleOfAPause) {
  MetricsDoor door(listen_, routes(), log_, std::chrono::hours(1));
  door.open();
  door.close();
  EXPECT_EQ(door.address(), "off");
}

TEST_F(MetricsDoorTest, SaysNothingWhereMetricsAreNotWanted) {
  MetricsDoor door("", routes(), log_, std::chrono::milliseconds(1));
  door.open();
  door.try_now();
  EXPECT_EQ(door.address(), "off");
  EXPECT_THAT(log_.lines_, IsEmpty());
}

}  // namespace
}  // namespace winnow
