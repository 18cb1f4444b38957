#include "models/checkpoint.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

/// The permissions of a file that is written under this umask.
mode_t mode_under(mode_t mask, Status (*write)(const std::filesystem::path&, std::string_view)) {
  const test::TempFolder folder;
  const mode_t before = umask(mask);
  const Status status = write(folder.path() / "f", "x");
  umask(before);
  struct stat facts {};
  EXPECT_TRUE(status) << status.error();
  EXPECT_EQ(stat((folder.path() / "f").c_str(), &facts), 0);
  return facts.st_mode & 07777;
}

// Score tables and checkpoints were readable by everybody, and name private mail.
TEST(WholeFile, IsReadableByWhomTheUmaskLets) {
  EXPECT_EQ(mode_under(077, write_whole_file), 0600u);
  EXPECT_EQ(mode_under(002, write_whole_file), 0664u);
}

TEST(WholeFile, OfAModelIsReadableByAllWhateverTheUmask) {
  EXPECT_EQ(mode_under(077, write_public_file), 0644u);
  EXPECT_EQ(mode_under(002, write_public_file), 0644u);
}

TEST(WholeFile, IsWrittenOfPartsInTheirOrder) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_joined_file(folder.path() / "f", {"one ", "", "two"}));
  std::string bytes;
  ASSERT_TRUE(read_whole_file(folder.path() / "f", bytes));
  EXPECT_EQ(bytes, "one two");
}

// As root, "--scores /dev/stdout" put a file in the place of the device.
TEST(WholeFile, IsWrittenIntoAFifoWhichStaysOne) {
  const test::TempFolder folder;
  const auto fifo = folder.path() / "fifo", link = folder.path() / "link";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::filesystem::create_symlink("fifo", link);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  for (const auto& name : {fifo, link}) {
    const Status status = write_whole_file(name, "some bytes");
    ASSERT_TRUE(status) << status.error();
    char got[32];
    EXPECT_EQ(read(reader, got, sizeof got), 10);
  }
  close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST(WholeFile, ReplacesWhatALinkPointsToWhetherItIsThereOrNot) {
  const test::TempFolder folder;
  folder.write("real/old", "before");
  const auto link = folder.path() / "link";
  for (const char* target : {"real/old", "real/new"}) {
    std::filesystem::remove(link);
    std::filesystem::create_symlink(target, link);
    const Status status = write_whole_file(link, "after");
    ASSERT_TRUE(status) << status.error();
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    std::string bytes;
    ASSERT_TRUE(read_whole_file(folder.path() / target, bytes));
    EXPECT_EQ(bytes, "after");
  }
}

/// `--scores /dev/stdout >> log` replaced the log.
TEST(WholeFile, IsWrittenBehindWhatItsDescriptorHasWrittenBefore) {
  const test::TempFolder folder;
  const auto file = folder.write("log", "");
  const int log = open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  ASSERT_GE(log, 0);
  ASSERT_EQ(write(log, "before\n", 7), 7);
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(log), link);
  for (const std::filesystem::path& name : {std::filesystem::path("/dev/fd/" + std::to_string(log)), link}) {
    EXPECT_TRUE(check_writable(name));
    const Status status = write_whole_file(name, "scores\n");
    EXPECT_TRUE(status) << status.error();
  }
  ASSERT_EQ(write(log, "behind\n", 7), 7);
  close(log);
  std::string text;
  ASSERT_TRUE(read_whole_file(file, text));
  EXPECT_EQ(text, "before\nscores\nscores\nbehind\n");
}

TEST(WholeFile, IsNotWrittenThroughLinksInACircle) {
  const test::TempFolder folder;
  std::filesystem::create_symlink("b", folder.path() / "a");
  std::filesystem::create_symlink("a", folder.path() / "b");
  EXPECT_FALSE(write_whole_file(folder.path() / "a", "x"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "b"));
}

TEST(WholeFile, IsKnownToBeWritableBeforeItIsWritten) {
  const test::TempFolder folder;
  folder.write("file", "x");
  const auto fifo = folder.path() / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  for (const char* name : {"new", "file", "fifo"}) EXPECT_TRUE(check_writable(folder.path() / name)) << name;
  for (const char* name : {"", "nowhere/new", "file/new"}) EXPECT_FALSE(check_writable(folder.path() / name)) << name;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "new"));
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
