#include "cli/junit_report.h"

#include <string_view>

#include "config/text_checks.h"

namespace winnow {
namespace {

std::string escaped_character(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return std::string(1, c);
  }
}

std::string escaped_line(std::string_view line) {
  std::string out;
  for (const char c : printable(line)) out += escaped_character(c);
  // U+FFFE and U+FFFF are well-formed UTF-8, but no characters of XML 1.0.
  for (const std::string_view bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = out.find(bad); at != out.npos; at = out.find(bad, at)) out.replace(at, bad.size(), "?");
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find('\n');
    out += escaped_line(text.substr(0, end));
    if (end == text.npos) return out;
    out += "\n";
    text.remove_prefix(end + 1);
  }
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped_line(value) + "\"";
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0;
};

Counts count(const JunitSuite& suite) {
  Counts counts;
  for (const JunitCase& one : suite.cases) {
    ++counts.tests;
    if (!one.error.empty()) ++counts.errors;
    if (one.error.empty() && !one.failure.empty()) ++counts.failures;
  }
  return counts;
}

std::string attributes(const Counts& counts) {
  return attribute("tests", std::to_string(counts.tests)) + attribute("failures", std::to_string(counts.failures)) +
         attribute("errors", std::to_string(counts.errors));
}

std::string outcome(std::string_view tag, const JunitCase& one, const std::string& text) {
  const std::string first = text.substr(0, text.find('\n'));
  const std::string name(tag);
  return "      <" + name + attribute("message", first) + ">" + escaped(one.place + "\n" + text) + "</" + name + ">\n";
}

std::string test_case(const JunitSuite& suite, const JunitCase& one) {
  const std::string start = "    <testcase" + attribute("classname", suite.name) + attribute("name", one.name);
  if (!one.error.empty()) return start + ">\n" + outcome("error", one, one.error) + "    </testcase>\n";
  if (!one.failure.empty()) return start + ">\n" + outcome("failure", one, one.failure) + "    </testcase>\n";
  return start + "/>\n";
}

}  // namespace

std::string junit_report(const std::vector<JunitSuite>& suites) {
  Counts all;
  std::string inside;
  for (const JunitSuite& suite : suites) {
    const Counts counts = count(suite);
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    inside += "  <testsuite" + attribute("name", suite.name) + attributes(counts) + ">\n";
    for (const JunitCase& one : suite.cases) inside += test_case(suite, one);
    inside += "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attributes(all) + ">\n" + inside +
         "</testsuites>\n";
}

}  // namespace winnow
