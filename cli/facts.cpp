#include "rules/facts.h"

#include <cstdio>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/table.h"

namespace winnow {
namespace {

int run_facts(const Command& self, int argc, char** argv) {
  Arguments arguments(self);
  if (const auto exit_code = arguments.parse(argc, argv)) return *exit_code;
  std::vector<std::vector<std::string>> rows;
  for (const FactDeclaration& fact : fact_table()) {
    rows.push_back({std::string(fact.name), std::string(type_name(fact.type)), std::string(fact.meaning)});
  }
  std::fputs(format_table({{"fact"}, {"type"}, {"meaning"}}, rows).c_str(), stdout);
  return kFine;
}

}  // namespace

const Command kFactsCommand{"facts", "list what rules may ask about a message, with type and meaning.",
                            "0 fine, 2 wrong usage", "winnow facts | grep from", run_facts};

}  // namespace winnow
