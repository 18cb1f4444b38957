// stages_bench.cpp - processor time of each stage of a message's path, beside what the machine could do at best.
//
// usage: bench_stages SETTINGS.yaml [--digest | --once STAGE] < list of files, one a line
//   (nothing)       the Markdown table of docs/performance.md
//   --digest        one number over all messages, features and answers: two builds that do the same print the same
//   --once STAGE    runs one stage once over all messages, for callgrind (--toggle-collect='winnow::bench::run_once*')
// exit: 0 done, 1 failed, 2 wrong usage
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/allocation_count.h"
#include "tests/bench/digest.h"
#include "tests/bench/machine_speed.h"
#include "tests/bench/stages.h"

namespace winnow::bench {

constexpr int kRounds = 5;  // of which the fastest counts: the others tell of other programs
constexpr std::size_t kTogether = 16;
constexpr std::uint64_t kMaxBytes = 64u << 20;

struct SizeClass {
  const char* name;
  std::size_t below;
};
constexpr std::array<SizeClass, 5> kClasses = {{{"< 4 KiB", 4u << 10},
                                                {"4-16 KiB", 16u << 10},
                                                {"16-64 KiB", 64u << 10},
                                                {"64-256 KiB", 256u << 10},
                                                {"> 256 KiB", SIZE_MAX}}};
constexpr std::size_t kAll = kClasses.size();

/// Sums over the messages of a size class, and over all.
struct Sums {
  std::array<double, kAll + 1> nanoseconds{};
  double limit = 0;
  double allocations = 0;
};

struct Stage {
  const char* name;
  void (Stages::*work)(StagedMail&) const;
  /// The least that any implementation spends, in nanoseconds.
  double (*limit)(const StagedMail&, const MachineSpeed&);
  Sums sums{};
};

std::size_t html_bytes(const StagedMail& mail) {
  std::size_t bytes = 0;
  for (const std::string& html : mail.html) bytes += html.size();
  return bytes;
}

std::size_t header_bytes(const StagedMail& mail) { return mail.judgement.message.shape.header_bytes; }

std::size_t reply_bytes(const StagedMail& mail) {
  std::size_t bytes = mail.line.size() + mail.answer.reply.text.size();
  for (const Modification& one : mail.answer.modifications) bytes += one.name.size() + one.value.size();
  return bytes;
}

double count(std::size_t value) { return static_cast<double>(value); }

std::vector<Stage> all_stages() {
  return {
      {"session", &Stages::session, [](const StagedMail& m, const MachineSpeed& s) { return count(m.bytes) * s.copy; }},
      {"parse, HTML included", &Stages::parse,
       [](const StagedMail& m, const MachineSpeed& s) { return count(m.bytes) * s.copy; }},
      {"HTML alone", &Stages::html,
       [](const StagedMail& m, const MachineSpeed& s) { return count(html_bytes(m)) * s.copy; }},
      {"features", &Stages::features,
       [](const StagedMail& m, const MachineSpeed& s) {
         const Message& message = m.judgement.message;
         return count(message.text.size() + message.html_text.size()) * s.copy +
                count(m.features.tokens.size()) * s.hash;
       }},
      {"inference, one message", &Stages::infer,
       [](const StagedMail& m, const MachineSpeed& s) { return count(m.features.tokens.size()) * s.row; }},
      {"rules", &Stages::rules,
       [](const StagedMail& m, const MachineSpeed& s) { return count(header_bytes(m)) * s.copy; }},
      {"reply and log line", &Stages::reply,
       [](const StagedMail& m, const MachineSpeed& s) { return count(reply_bytes(m)) * s.copy; }},
      {"reasons, where marked", &Stages::reasons,
       [](const StagedMail& m, const MachineSpeed& s) { return count(m.features.tokens.size()) * s.hash; }},
  };
}

std::size_t class_of(const StagedMail& mail) {
  std::size_t at = 0;
  while (mail.bytes >= kClasses[at].below) ++at;
  return at;
}

std::vector<StagedMail> read_mails(const Stages& stages) {
  std::vector<StagedMail> mails;
  for (std::string file; std::getline(std::cin, file);) {
    std::string error;
    const auto input = read_mail_file(file, kMaxBytes, error);
    if (input) {
      mails.push_back(stages.prepare(*input));
    } else {
      std::cerr << file << ": " << error << "\n";
    }
  }
  return mails;
}

template <typename Work>
double fastest_round(Work work) {
  double best = 1e18;
  for (int round = 0; round < kRounds; ++round) {
    const double start = thread_nanoseconds();
    work();
    best = std::min(best, thread_nanoseconds() - start);
  }
  return best;
}

void measure(const Stages& stages, const MachineSpeed& speed, StagedMail& mail, Stage& stage) {
  const double spent = fastest_round([&] { (stages.*stage.work)(mail); });
  const std::size_t before = allocations();
  (stages.*stage.work)(mail);
  stage.sums.allocations += count(allocations() - before);
  stage.sums.nanoseconds[class_of(mail)] += spent;
  stage.sums.nanoseconds[kAll] += spent;
  stage.sums.limit += stage.limit(mail, speed);
}

/// Inference by batches, each of messages of one size class.
Sums measure_together(const Stages& stages, std::vector<StagedMail>& mails) {
  Sums sums;
  for (std::size_t size_class = 0; size_class < kAll; ++size_class) {
    std::vector<StagedMail*> batch;
    const auto run = [&] {
      if (batch.empty()) return;
      const double spent = fastest_round([&] { stages.infer_together(batch); });
      sums.nanoseconds[size_class] += spent;
      sums.nanoseconds[kAll] += spent;
      batch.clear();
    };
    for (StagedMail& mail : mails) {
      if (class_of(mail) == size_class) batch.push_back(&mail);
      if (batch.size() == kTogether) run();
    }
    run();
  }
  return sums;
}

void print_row(const char* name, const Sums& sums, const std::array<double, kAll + 1>& messages) {
  std::printf("| %s |", name);
  for (std::size_t i = 0; i <= kAll; ++i)
    std::printf(" %.1f |", messages[i] > 0 ? sums.nanoseconds[i] / messages[i] / 1e3 : 0);
  if (sums.limit > 0) {
    std::printf(" %.2f | %.0f | %.0f |\n", sums.limit / messages[kAll] / 1e3, sums.nanoseconds[kAll] / sums.limit,
                sums.allocations / messages[kAll]);
  } else {
    std::printf(" | | |\n");
  }
}

void print_table(const Stages& stages, std::vector<StagedMail>& mails) {
  const auto row_bytes = static_cast<std::size_t>(stages.row_bytes() + 0.5);
  const MachineSpeed speed = measure_machine(stages.snapshot().engine->manifest().table_size, row_bytes);
  std::vector<Stage> all = all_stages();
  std::array<double, kAll + 1> messages{};
  for (StagedMail& mail : mails) {
    for (Stage& stage : all) measure(stages, speed, mail, stage);
    ++messages[class_of(mail)];
    ++messages[kAll];
  }
  const Sums together = measure_together(stages, mails);
  std::printf(
      "This machine: %.3f ns to copy an octet of memory, %.2f ns to hash a word of 8 octets, %.2f ns to read a row of "
      "%zu octets in random order.\n\n",
      speed.copy, speed.hash, speed.row, row_bytes);
  std::printf("| stage, CPU us per message |");
  for (const SizeClass& one : kClasses) std::printf(" %s |", one.name);
  std::printf(" all | limit | ratio | allocations |\n|---|");
  for (std::size_t i = 0; i < kAll + 4; ++i) std::printf("---:|");
  std::printf("\n| messages |");
  for (const double number : messages) std::printf(" %.0f |", number);
  std::printf(" | | |\n");
  Sums sum;
  for (const Stage& stage : all) {
    print_row(stage.name, stage.sums, messages);
    if (stage.work == &Stages::html || stage.work == &Stages::reasons)
      continue;  // parse has it; not all mail is marked
    for (std::size_t i = 0; i <= kAll; ++i) sum.nanoseconds[i] += stage.sums.nanoseconds[i];
    sum.limit += stage.sums.limit;
    sum.allocations += stage.sums.allocations;
  }
  print_row("all of these", sum, messages);
  print_row("inference, 16 together", together, messages);
}

void print_digest(const Stages& stages, std::vector<StagedMail>& mails) {
  MailDigest all;
  for (StagedMail& mail : mails) {
    for (const Stage& stage : all_stages()) (stages.*stage.work)(mail);
    const MailDigest one = digest_of(mail);
    all.message = joined(all.message, one.message);
    all.features = joined(all.features, one.features);
    all.site_features = joined(all.site_features, one.site_features);
    all.answer = joined(all.answer, one.answer);
  }
  std::printf("%zu messages: message %016lx features %016lx site-features %016lx answer %016lx\n", mails.size(),
              all.message, all.features, all.site_features, all.answer);
}

__attribute__((noinline)) void run_once(const Stages& stages, const Stage& stage, std::vector<StagedMail>& mails) {
  for (StagedMail& mail : mails) (stages.*stage.work)(mail);
}

bool is_stage(const std::string& name) {
  const std::vector<Stage> all = all_stages();
  return std::any_of(all.begin(), all.end(), [&](const Stage& stage) { return stage.name == name; });
}

/// The stages before it run, too: they make what it works on.
void run_until(const Stages& stages, const std::string& wanted, std::vector<StagedMail>& mails) {
  for (const Stage& stage : all_stages()) {
    if (stage.name == wanted) return run_once(stages, stage, mails);
    for (StagedMail& mail : mails) (stages.*stage.work)(mail);
  }
}

}  // namespace winnow::bench

int main(int argc, char** argv) {
  using namespace winnow::bench;
  const std::string mode = argc > 2 ? argv[2] : "";
  if (argc < 2 || !(mode.empty() || (mode == "--digest" && argc == 3) || (mode == "--once" && argc == 4))) {
    std::cerr << "usage: bench_stages SETTINGS.yaml [--digest | --once STAGE] < list of files\n";
    return 2;
  }
  if (mode == "--once" && !is_stage(argv[3])) {
    std::cerr << "bench_stages: no stage is named '" << argv[3] << "'; they are\n";
    for (const Stage& stage : all_stages()) std::cerr << "  " << stage.name << "\n";
    return 2;
  }
  winnow::Diagnostics problems;
  const auto stages = Stages::load(argv[1], problems);
  if (stages == nullptr) {
    std::cerr << problems.to_string();
    return 1;
  }
  std::vector<StagedMail> mails = read_mails(*stages);
  if (mails.empty()) return 1;
  if (mode == "--digest") {
    print_digest(*stages, mails);
  } else if (mode == "--once") {
    run_until(*stages, argv[3], mails);
  } else {
    print_table(*stages, mails);
  }
  return 0;
}
