#include "models/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "models/whole_file.h"
#include "tests/models/temp_folder.h"

namespace winnow {
namespace {

const Checkpoint kExample{"abc", 2, 17, 0.25, 1, std::string("st\0ate", 6), "best"};

TEST(Checkpoint, ComesBackAsItWasWritten) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_checkpoint(folder.path() / "c", kExample));
  Checkpoint read;
  ASSERT_TRUE(read_checkpoint(folder.path() / "c", read));
  EXPECT_EQ(read.training, "abc");
  EXPECT_EQ(read.epoch, 2u);
  EXPECT_EQ(read.step, 17u);
  EXPECT_EQ(read.best_loss, 0.25);
  EXPECT_EQ(read.best_epoch, 1u);
  EXPECT_EQ(read.state, kExample.state);
  EXPECT_EQ(read.best_state, "best");
}

TEST(Checkpoint, IsRefusedAtEveryLengthItCouldHaveBeenCutTo) {
  const test::TempFolder folder;
  const auto file = folder.path() / "c";
  ASSERT_TRUE(write_checkpoint(file, kExample));
  std::string whole;
  ASSERT_TRUE(read_whole_file(file, whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    folder.write("cut", whole.substr(0, length));
    Checkpoint read;
    EXPECT_FALSE(read_checkpoint(folder.path() / "cut", read)) << length;
  }
}

TEST(WholeFile, IsReadableByAllWhateverTheUmask) {
  const test::TempFolder folder;
  const mode_t before = umask(077);
  const Status status = write_whole_file(folder.path() / "model.pt", "x");
  umask(before);
  ASSERT_TRUE(status) << status.error();
  struct stat facts {};
  ASSERT_EQ(stat((folder.path() / "model.pt").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0644u);
}

TEST(WholeFile, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  const test::TempFolder folder;
  folder.write("taken/inside", "a folder cannot be replaced by a file");
  EXPECT_FALSE(write_whole_file(folder.path() / "taken", "x"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "taken/inside"));
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++entries;
  EXPECT_EQ(entries, 1u) << "the temporary file was left behind";
}

}  // namespace
}  // namespace winnow
