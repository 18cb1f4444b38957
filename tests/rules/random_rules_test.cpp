// Random small rule sets against a second, naive evaluation of the same tree.
#include <gtest/gtest.h>

#include <random>

#include "rules/rule_loader.h"

namespace winnow {
namespace {

/// A condition as text, and whether it holds for the given facts: both built at once, without the code under test.
struct Sample {
  std::string text;
  bool holds;
};

struct World {
  double spam;
  double size;
  bool tls;
  std::string subject;
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {
    world_ = {static_cast<double>(pick(101)) / 100, static_cast<double>(pick(5)) * 1024, pick(2) == 1, letters()};
  }

  const World& world() const { return world_; }

  Sample condition(int depth) {
    const std::size_t kind = depth == 0 ? pick(4) : pick(8);
    if (kind == 0) return {"tls", world_.tls};
    if (kind == 1) return compare_spam();
    if (kind == 2) return compare_size();
    if (kind == 3) return contains();
    if (kind == 4) {
      const Sample inner = condition(depth - 1);
      return {"not (" + inner.text + ")", !inner.holds};
    }
    return join(depth, kind == 5 || kind == 6);
  }

  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

 private:
  std::string letters() {
    std::string text;
    for (std::size_t i = pick(4); i > 0; --i) text += static_cast<char>('a' + pick(2));
    return text;
  }

  Sample compare_spam() {
    const std::size_t percent = pick(101);
    const double value = static_cast<double>(percent) / 100;
    return ordering("spam", std::to_string(percent) + "%", world_.spam, value);
  }

  Sample compare_size() {
    const std::size_t kib = pick(5);
    return ordering("size", std::to_string(kib) + "KiB", world_.size, static_cast<double>(kib) * 1024);
  }

  Sample ordering(const std::string& left, const std::string& right, double a, double b) {
    switch (pick(6)) {
      case 0:
        return {left + " < " + right, a < b};
      case 1:
        return {left + " <= " + right, a <= b};
      case 2:
        return {left + " > " + right, a > b};
      case 3:
        return {left + " >= " + right, a >= b};
      case 4:
        return {left + " == " + right, a == b};
      default:
        return {left + " != " + right, a != b};
    }
  }

  Sample contains() {
    const std::string part = letters() + "a";
    return {"subject contains \"" + part + "\"", world_.subject.find(part) != std::string::npos};
  }

  /// Three parts without parentheses around pairs: `a and b or c` must be read as `(a and b) or c`.
  Sample join(int depth, bool and_first) {
    const Sample a = condition(depth - 1), b = condition(depth - 1), c = condition(depth - 1);
    const auto wrapped = [](const Sample& s) { return "(" + s.text + ")"; };
    if (and_first) return {wrapped(a) + " and " + wrapped(b) + " or " + wrapped(c), (a.holds && b.holds) || c.holds};
    return {wrapped(a) + " or " + wrapped(b) + " and " + wrapped(c), a.holds || (b.holds && c.holds)};
  }

  std::mt19937 random_;
  World world_;
};

/// What the rules of a file say about the world, told by the order of the documentation.
struct Expected {
  std::string rule;
  std::vector<std::string> monitored;
  std::size_t tags = 0;
};

void expect_agreement(unsigned seed) {
  Generator generator(seed);
  std::string text = "rules:\n";
  Expected expected;
  bool decided = false;
  const std::size_t rules = 1 + generator.pick(4);
  for (std::size_t i = 0; i < rules; ++i) {
    const Sample when = generator.condition(2), unless = generator.condition(1);
    const std::string id = "r" + std::to_string(i);
    const bool continues = generator.pick(4) == 0, monitors = generator.pick(4) == 0;
    text += "  - id: " + id + "\n    when: " + when.text + "\n    unless: " + unless.text + "\n";
    text += continues ? "    then: [tag_subject: t]\n    continue: true\n" : "    then: [junk]\n";
    if (monitors) text += "    mode: monitor\n";
    if (decided || !when.holds || unless.holds) continue;
    if (monitors) {
      expected.monitored.push_back(id);
    } else if (continues) {
      ++expected.tags;
    } else {
      expected.rule = id;
      decided = true;
    }
  }
  Diagnostics problems;
  const auto set = load_rule_texts({{"random.yaml", text}}, problems);
  ASSERT_TRUE(set) << problems.to_string() << text;
  Facts facts;
  facts.set(Fact::Spam, generator.world().spam);
  facts.set(Fact::Size, generator.world().size);
  facts.set(Fact::Tls, generator.world().tls);
  facts.set(Fact::Subject, generator.world().subject);
  const Decision decision = set->decide(facts).message;
  EXPECT_EQ(decision.rule, expected.rule) << text;
  EXPECT_EQ(decision.monitored, expected.monitored) << text;
  EXPECT_EQ(decision.actions.size(), expected.tags + (decided ? 1 : 0)) << text;
}

TEST(RandomRules, AgreeWithANaiveEvaluation) {
  for (unsigned seed = 1; seed <= 2000 && !testing::Test::HasFailure(); ++seed) expect_agreement(seed);
}

}  // namespace
}  // namespace winnow
