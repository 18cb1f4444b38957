// What the loader refuses before LibTorch sees the file; the rest is in torch/model_loader_test.cpp.
#include "engine/model_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/torch_backend.h"
#include "tests/engine/temporary_folder.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

std::string problem_of(const EngineSettings& settings) {
  Diagnostics problems;
  EXPECT_FALSE(load_model(settings, problems));
  EXPECT_EQ(problems.error_count(), 1u);
  return problems.to_string();
}

TEST(ModelLoader, NamesTheFileThatIsMissing) {
  const TemporaryFolder folder;
  EngineSettings settings;
  settings.model = folder.path() / "absent.pt";
  EXPECT_THAT(problem_of(settings), HasSubstr(settings.model.string() + ": error: model: does not exist"));
}

TEST(ModelLoader, NamesBothDigestsWhenThePinDoesNotMatch) {
  const TemporaryFolder folder;
  EngineSettings settings;
  settings.model = folder.write("m.pt", "abc");
  settings.sha256 = std::string(64, 'A');
  const std::string problem = problem_of(settings);
  EXPECT_THAT(problem, HasSubstr("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_THAT(problem, HasSubstr(std::string(64, 'a')));
}

TEST(TorchPlugin, SaysHowToGetItAndWhereItWasLookedForWhenItIsMissing) {
  const TemporaryFolder folder;
  const auto absent = folder.path() / "libwinnow-torch.so", other = folder.path() / "lib" / "libwinnow-torch.so";
  std::string error;
  EXPECT_EQ(open_torch_plugin({absent, other}, error), nullptr);
  EXPECT_THAT(error, HasSubstr("build Winnow with -DWINNOW_TORCH=ON"));
  EXPECT_THAT(error, HasSubstr(absent.string()));
  EXPECT_THAT(error, HasSubstr(other.string()));
}

TEST(TorchPlugin, SaysWhyAFileThatIsNoLibraryCannotBeLoaded) {
  const TemporaryFolder folder;
  const auto file = folder.write("libwinnow-torch.so", "not a library");
  std::string error;
  EXPECT_EQ(open_torch_plugin({file}, error), nullptr);
  EXPECT_THAT(error, HasSubstr(file.string()));
  EXPECT_THAT(error, HasSubstr("build Winnow with -DWINNOW_TORCH=ON"));
}

}  // namespace
}  // namespace winnow
