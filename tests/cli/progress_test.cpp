#include "cli/progress.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(CliProgress, ShowsABarWhenTheTotalIsKnown) {
  EXPECT_EQ(format_progress({"training", 15, 30, "loss 0.5"}),
            "training [===============               ] 50 %  15/30  loss 0.5");
}

TEST(CliProgress, CountsWhenTheTotalIsUnknown) { EXPECT_EQ(format_progress({"reading", 7, 0, ""}), "reading 7"); }

TEST(CliProgress, NeverShowsMoreThanAll) {
  EXPECT_EQ(format_progress({"x", 9, 3, ""}), "x [==============================] 100 %  3/3");
}

}  // namespace
}  // namespace winnow
