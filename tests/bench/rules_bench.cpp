// rules_bench.cpp - processor time of loading rules and of deciding by them: 1,000 rules, a list of 1,000,000 entries,
// 5,000 overrides. Run: build/release/bin/bench_rules
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "rules/rule_loader.h"

namespace {

/// Conditions of the kinds that sites write, none of which holds for the message below.
std::string thousand_rules() {
  std::string text = "rules:\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    text += "  - {id: r" + n + ", when: '";
    switch (i % 5) {
      case 0:
        text += "spam >= junk and from.domain == \"shop" + n + ".example\"";
        break;
      case 1:
        text += "client.ip in [\"198.51." + std::to_string(i % 256) + ".0/24\"] and not authenticated";
        break;
      case 2:
        text += "from.domain in [\"*.a" + n + ".example\", \"b" + n + ".example\"]";
        break;
      case 3:
        text += "size > 10MiB or attachments.names ends_with \".x" + n + "\"";
        break;
      default:
        text += "mail_from.domain == \"list" + n + ".example\" and header(\"List-Id\") contains \"n" + n + "\"";
    }
    text += "', then: [flag]}\n";
  }
  return text;
}

const char* million_entries() {
  return "lists:\n  blocked: {file: blocked.txt}\nrules:\n  - {id: blocked, when: mail_from in blocked, then: "
         "[junk]}\n";
}

std::string five_thousand_overrides() {
  std::string text = "overrides:\n";
  for (int i = 0; i < 5000; ++i) {
    text += "  - {for: [\"@customer" + std::to_string(i) +
            ".example\"], thresholds: {junk: " + std::to_string(90 + i % 10) + "%}}\n";
  }
  return text + "rules:\n  - {id: junk, when: spam >= junk, then: [junk]}\n";
}

winnow::Facts message() {
  winnow::Facts facts;
  facts.set(winnow::Fact::Spam, 0.97);
  facts.set(winnow::Fact::Size, 20'000.0);
  facts.set(winnow::Fact::ClientIp, *winnow::parse_ip_bytes("192.0.2.7"));
  facts.set(winnow::Fact::MailFrom, std::string("anna@mail.sender.example"));
  facts.set(winnow::Fact::MailFromDomain, std::string("mail.sender.example"));
  facts.set(winnow::Fact::FromAddress, std::string("anna@mail.sender.example"));
  facts.set(winnow::Fact::FromDomain, std::string("mail.sender.example"));
  facts.set(winnow::Fact::AttachmentsNames, std::vector<std::string>{"minutes.pdf", "agenda.docx"});
  for (const char* name : {"Received", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}) {
    facts.headers.emplace_back(name, "value");
  }
  facts.recipients = {"bob@customer4711.example"};
  return facts;
}

std::shared_ptr<const winnow::RuleSet> load(const std::string& text) {
  winnow::Diagnostics problems;
  auto rules = winnow::load_rule_texts({{"bench.yaml", text}}, problems);
  if (!rules) std::fputs(problems.to_string().c_str(), stderr);
  return rules;
}

/// A rules file that names a list file, both in a folder of their own.
class ListOnDisk {
 public:
  ListOnDisk() {
    std::string name = (std::filesystem::temp_directory_path() / "winnow-bench-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream list(folder_ / "blocked.txt");
    for (int i = 0; i < 1'000'000; ++i) list << "user" << i << "@domain" << i % 5000 << ".example\n";
    std::ofstream(folder_ / "rules.yaml") << million_entries();
  }
  ~ListOnDisk() { std::filesystem::remove_all(folder_); }
  std::shared_ptr<const winnow::RuleSet> load() const {
    winnow::Diagnostics problems;
    return winnow::load_rules({folder_ / "rules.yaml"}, problems);
  }

 private:
  std::filesystem::path folder_;
};

void decide(benchmark::State& state, const winnow::RuleSet& rules) {
  const winnow::Facts facts = message();
  for (auto _ : state) benchmark::DoNotOptimize(rules.decide(facts));
}

void LoadThousandRules(benchmark::State& state) {
  const std::string text = thousand_rules();
  for (auto _ : state) benchmark::DoNotOptimize(load(text));
}
BENCHMARK(LoadThousandRules)->Unit(benchmark::kMillisecond);

void LoadMillionEntries(benchmark::State& state) {
  const ListOnDisk list;
  for (auto _ : state) benchmark::DoNotOptimize(list.load());
}
BENCHMARK(LoadMillionEntries)->Unit(benchmark::kMillisecond);

void DecideByThousandRules(benchmark::State& state) { decide(state, *load(thousand_rules())); }
BENCHMARK(DecideByThousandRules)->Unit(benchmark::kMicrosecond);

void DecideByMillionEntries(benchmark::State& state) {
  const ListOnDisk list;
  decide(state, *list.load());
}
BENCHMARK(DecideByMillionEntries)->Unit(benchmark::kMicrosecond);

void DecideByFiveThousandOverrides(benchmark::State& state) { decide(state, *load(five_thousand_overrides())); }
BENCHMARK(DecideByFiveThousandOverrides)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
