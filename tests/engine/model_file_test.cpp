#include "engine/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/engine/temporary_folder.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string error_of(const fs::path& file) {
  std::string error;
  EXPECT_FALSE(read_model_file(file, error));
  return error;
}

TEST(ModelFile, GivesBytesAndTheirDigest) {
  const TemporaryFolder folder;
  std::string error;
  const auto file = read_model_file(folder.write("m.pt", "abc"), error);
  ASSERT_TRUE(file) << error;
  EXPECT_EQ(file->bytes, "abc");
  // Source: FIPS 180-2, appendix B.1.
  EXPECT_EQ(file->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ModelFile, SaysThatAFileDoesNotExist) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of(folder.path() / "none.pt"), "does not exist");
}

TEST(ModelFile, RefusesASymbolicLink) {
  const TemporaryFolder folder;
  fs::create_symlink(folder.write("m.pt", "abc"), folder.path() / "link.pt");
  EXPECT_THAT(error_of(folder.path() / "link.pt"), HasSubstr("symbolic link"));
}

TEST(ModelFile, RefusesAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of(folder.path()), HasSubstr("not a regular file"));
}

TEST(ModelFile, RefusesAPipeWithoutWaitingForAWriter) {
  const TemporaryFolder folder;
  const fs::path pipe = folder.path() / "pipe.pt";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of(pipe), HasSubstr("not a regular file"));
}

TEST(ModelFile, RefusesAnEmptyFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of(folder.write("m.pt", "")), "is empty");
}

TEST(ModelFile, RefusesAFileThatGroupOrOthersMayWrite) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("m.pt", "abc");
  for (const unsigned mode : {0666u, 0664u, 0646u}) {
    fs::permissions(file, fs::perms(mode));
    EXPECT_THAT(error_of(file), HasSubstr("writable by group or others")) << std::oct << mode;
  }
}

TEST(ModelFile, RefusesAFileLargerThanTheLimitUnread) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("m.pt", "abc");
  ASSERT_EQ(truncate(file.c_str(), (off_t{2} << 30) + 1), 0);  // sparse: takes no space
  EXPECT_EQ(error_of(file), "is larger than 2 GiB");
}

TEST(ModelFile, RefusesAFolderThatOthersMayWrite) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("m.pt", "abc");
  fs::permissions(folder.path(), fs::perms(0777));
  EXPECT_THAT(error_of(file), HasSubstr("folder that others may write"));
}

TEST(ModelFile, TakesAFolderThatOthersMayWriteWhenItIsSticky) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("m.pt", "abc");
  fs::permissions(folder.path(), fs::perms(01777));
  std::string error;
  EXPECT_TRUE(read_model_file(file, error)) << error;
}

TEST(ModelFile, RefusesAFileOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const TemporaryFolder folder;
  const fs::path file = folder.write("m.pt", "abc");
  ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
  EXPECT_THAT(error_of(file), HasSubstr("belongs to another user"));
}

}  // namespace
}  // namespace winnow
