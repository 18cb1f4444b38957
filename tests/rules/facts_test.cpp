#include "rules/facts.h"

#include <gtest/gtest.h>

#include <set>

namespace winnow {
namespace {

TEST(FactTable, HasAUniqueNameAndAMeaningForEachFact) {
  std::set<std::string_view> names;
  for (const FactDeclaration& fact : fact_table()) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_TRUE(fact.meaning.ends_with(".")) << fact.name;
  }
  EXPECT_EQ(names.size(), kFactCount);
}

TEST(Facts, KeepWhatWasSetAndNothingElse) {
  Facts facts;
  facts.set(Fact::Subject, std::string("hello"));
  EXPECT_EQ(std::get<std::string>(facts.get(Fact::Subject)), "hello");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(facts.get(Fact::Helo)));
}

}  // namespace
}  // namespace winnow
