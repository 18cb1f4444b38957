// junit_report.h - the outcome of tests as JUnit's XML, which build servers show.
//
// Owns:    plain values.
// Fails:   never; characters that XML forbids become '?'.
#pragma once

#include <string>
#include <vector>

namespace winnow {

struct JunitCase {
  std::string name;
  std::string place;    // "tests.yaml:12"
  std::string failure;  // lines of what differed; "" when it did not
  std::string error;    // why it could not be run; "" when it was
};

struct JunitSuite {
  std::string name;  // the file
  std::vector<JunitCase> cases;
};

std::string junit_report(const std::vector<JunitSuite>& suites);

}  // namespace winnow
