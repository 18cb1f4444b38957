// example_mail.h - the invented messages of the worked examples in docs/rules.md, and what the page says of each.
//
// Owns:    plain values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rules/facts.h"

namespace winnow {

struct ExampleMail {
  const char* example;  // file in tests/data/rule_examples
  const char* what;     // the page's words for it
  double spam = 0;
  std::vector<std::pair<Fact, FactValue>> facts = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::vector<std::string> recipients = {"joe@example.org"};
  std::string expected;  // in the form of rule_examples_test.cpp
};

const std::vector<ExampleMail>& example_mails();

}  // namespace winnow
