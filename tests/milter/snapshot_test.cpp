#include "milter/snapshot.h"

#include <gtest/gtest.h>

#include "tests/support/scratch_folder.h"

namespace winnow {
namespace {

struct SkipCase {
  const char* client;
  const char* auth_user;
  SkipEntry entry;
};

TEST(SkipList, CoversNetworksAndAuthenticatedClients) {
  const SkipList list = SkipList::from({"authenticated", "192.0.2.0/24", "2001:db8::/32"});
  const SkipCase cases[] = {{"192.0.2.9", "", SkipEntry::Network},           {"192.0.3.9", "", SkipEntry::None},
                            {"2001:db8::1", "", SkipEntry::Network},         {"2001:db9::1", "", SkipEntry::None},
                            {"192.0.3.9", "anna", SkipEntry::Authenticated}, {"", "", SkipEntry::None},
                            {"not an address", "", SkipEntry::None}};
  for (const SkipCase& one : cases)
    EXPECT_EQ(list.entry_for({.client_ip = one.client, .auth_user = one.auth_user}), one.entry) << one.client;
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
