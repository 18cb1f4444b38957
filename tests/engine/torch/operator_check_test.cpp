#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/torch/model_archive.h"

namespace winnow {
namespace {

using ::testing::HasSubstr;

std::string load_error(const std::string& archive) {
  std::unique_ptr<Model> model;
  return backend().load(archive, {}, model).error();
}

TEST(OperatorCheck, TakesTensorMathematicsLoopsAndLists) {
  EXPECT_EQ(load_error(archive_of(R"(
def helper(self, x: Tensor) -> Tensor:
    parts = [x, x]
    for i in range(3):
        if i > 1:
            parts.append(torch.relu(x) / (1.0 + x.abs()))
    return torch.stack(parts).mean(0)
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    x = self.helper(dense)
    assert x.dim() == 2
    return torch.softmax(x, 1)[:, :1] * self.gain
)")),
            "");
}

struct Forbidden {
  const char* what;
  const char* statement;
  const char* error;
};

class ForbiddenOperator : public ::testing::TestWithParam<Forbidden> {};

TEST_P(ForbiddenOperator, IsNamedWithItsMethod) {
  EXPECT_THAT(load_error(archive_of(std::string(R"(
def forward(self, tokens: Tensor, weights: Tensor, offsets: Tensor, dense: Tensor) -> Tensor:
    x = dense
    )") + GetParam().statement + "\n    return x\n")),
              HasSubstr(std::string(GetParam().error) + " in method forward is not allowed"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ForbiddenOperator,
    ::testing::Values(
        Forbidden{"ReadsAFile", R"(x = torch.from_file("/etc/hostname", False, 4))", "operator aten::from_file"},
        Forbidden{"WritesAFile", R"(torch.save(x, "/nonexistent/x"))", "operator aten::save"},
        Forbidden{"Prints", "print(x)", "operator prim::Print"},
        Forbidden{"InsideABranch", "if x.size(0) > 5:\n        print(x)", "operator prim::Print"},
        Forbidden{"InsideALoop", "for i in range(3):\n        print(i)", "operator prim::Print"},
        Forbidden{"ReachesMemoryByStrides", "x = torch.as_strided(x, [1], [1], 7)", "operator aten::as_strided"},
        Forbidden{"ReadsUnsetMemory", "x = torch.empty([4, 1])", "operator aten::empty"}),
    [](const auto& test) { return test.param.what; });

TEST(OperatorCheck, LooksIntoMethodsThatForwardDoesNotCall) {
  EXPECT_THAT(load_error(archive_of(std::string(kSumForward) + R"(
def hidden(self, x: Tensor) -> None:
    print(x)
)")),
              HasSubstr("prim::Print in method hidden"));
}

TEST(OperatorCheck, LooksIntoPrepareBeforeItRuns) {
  EXPECT_THAT(load_error(archive_of(std::string(kSumForward) + R"(
def prepare(self) -> None:
    self.gain = torch.from_file("/etc/hostname", False, 1)
)")),
              HasSubstr("aten::from_file in method prepare"));
}

TEST(OperatorCheck, LooksIntoSubmodules) {
  EXPECT_THAT(load_error(archive_with_inner(kSumForward, R"(
def forward(self, x: Tensor) -> Tensor:
    print(x)
    return x
)")),
              HasSubstr("prim::Print"));
}

}  // namespace
}  // namespace winnow
