#include "milter/snapshot.h"

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

struct SkipCase {
  const char* client;
  bool authenticated;
  bool covered;
};

TEST(SkipList, CoversNetworksAndAuthenticatedClients) {
  Diagnostics problems;
  const SkipList list = SkipList::from({"authenticated", "192.0.2.0/24", "2001:db8::/32"}, problems);
  EXPECT_FALSE(problems.has_errors());
  const SkipCase cases[] = {{"192.0.2.9", false, true},   {"192.0.3.9", false, false}, {"2001:db8::1", false, true},
                            {"2001:db9::1", false, false}, {"", false, false},          {"192.0.3.9", true, true},
                            {"not an address", false, false}};
  for (const SkipCase& one : cases) EXPECT_EQ(list.covers(one.client, one.authenticated), one.covered) << one.client;
}

TEST(SkipList, RefusesWhatIsNoNetwork) {
  Diagnostics problems;
  (void)SkipList::from({"example.org"}, problems);
  EXPECT_EQ(problems.error_count(), 1u);
}

TEST(Snapshot, ReportsTheProblemsOfRulesAndModelTogether) {
  const ScratchFolder folder;
  folder.write("rules.yaml", "version: 1\nrules:\n  - {id: a, when: probabilty > 1, then: [junk]}\n");
  const auto settings = folder.write("winnow.yaml", "engine: {model: missing.pt}\n");
  Diagnostics problems;
  EXPECT_EQ(load_snapshot(settings, nullptr, problems), nullptr);
  const std::string text = problems.to_string();
  EXPECT_NE(text.find("rules.yaml:3:"), std::string::npos) << text;
  EXPECT_NE(text.find("missing.pt"), std::string::npos) << text;
}

TEST(Snapshot, ReportsASettingsFileThatIsNotThere) {
  const ScratchFolder folder;
  Diagnostics problems;
  EXPECT_EQ(load_snapshot(folder.path() / "none.yaml", nullptr, problems), nullptr);
  EXPECT_TRUE(problems.has_errors());
}

}  // namespace
}  // namespace winnow
