#include "models/card_file.h"

#include <gtest/gtest.h>

#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

// "-o x.md" lost the model to its card, and site-1.0 and site-1.1 shared one.
TEST(CardFile, NeverIsTheModelsNorAnothersOwn) {
  EXPECT_EQ(card_of("a/site.pt"), "a/site.md");
  EXPECT_EQ(card_of("site-1.0"), "site-1.0.md");
  EXPECT_EQ(card_of("site-1.1"), "site-1.1.md");
  EXPECT_EQ(card_of("x.md"), "x.md.md");
  EXPECT_EQ(card_of("site"), "site.md");
}

TEST(CardFile, IsKnownByEveryName) {
  const test::TempFolder folder;
  const auto file = folder.write("file", "x");
  std::filesystem::create_symlink("file", folder.path() / "link");
  EXPECT_TRUE(is_same_file(file, folder.path() / "link"));
  EXPECT_TRUE(is_same_file(folder.path() / "none", folder.path() / "sub/../none"));
  EXPECT_FALSE(is_same_file(file, folder.path() / "none"));
}

}  // namespace
}  // namespace winnow
