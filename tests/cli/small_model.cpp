#include "tests/cli/small_model.h"

#include <fstream>

namespace winnow {
namespace {

constexpr int kMessagesOfAKind = 30;
constexpr const char* kPlaces[] = {"harbour", "library", "workshop", "garden", "station", "museum"};
constexpr const char* kThings[] = {"pills", "watches", "loans", "tickets", "coupons", "bonus"};

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

std::string invented_ham(int number) {
  const std::string n = std::to_string(number);
  return "From: Ingrid Halvorsen <ingrid@example.net>\nTo: alice@example.org\nSubject: notes from the " +
         std::string(kPlaces[number % 6]) + " meeting\nMessage-ID: <h" + n +
         "@example.net>\nDate: Tue, 17 Nov 2026 09:14:19 +0100\n\nHi Alice, here are the notes of meeting " + n +
         ". Jonas will look at the drawings on Wednesday.\nBest regards, Ingrid\n";
}

std::string invented_spam(int number) {
  const std::string n = std::to_string(number);
  return "From: \"MEGA SHOP\" <winner" + n + "@promo.invalid>\nTo: alice@example.org\nSubject: CHEAP " +
         std::string(kThings[number % 6]) + "!!! order NOW $$$\nMessage-ID: <s" + n +
         "@promo.invalid>\nDate: Tue, 17 Nov 2026 09:14:19 +0100\n\nFree " + std::string(kThings[(number + 1) % 6]) +
         " for winner " + n + "! Click http://best.invalid/?id=" + n + " and order now! 100% free!!!\n";
}

void write_invented_mail(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder / "ham");
  std::filesystem::create_directories(folder / "spam");
  for (int i = 0; i < kMessagesOfAKind; ++i) {
    const std::string name = std::to_string(100 + i) + ".eml";
    write(folder / "ham" / name, invented_ham(i));
    write(folder / "spam" / name, invented_spam(i));
  }
}

ToolRun train_small_model(const std::filesystem::path& folder, const std::filesystem::path& output,
                          const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"train",
                                     "--ham",
                                     (folder / "ham").string(),
                                     "--spam",
                                     (folder / "spam").string(),
                                     "-o",
                                     output.string(),
                                     "--table-size",
                                     "4096",
                                     "--epochs",
                                     "3",
                                     "--name",
                                     "small",
                                     "--held-out",
                                     "0.3"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments);
}

SmallInstallation::SmallInstallation() {
  write_invented_mail(folder_.path());
  training_ = train_small_model(folder_.path(), folder_.path() / "model.pt");
  folder_.write("winnow.yaml", "engine: { model: model.pt }\nrules: [rules.yaml]\nmetrics: { listen: \"\" }\n");
  folder_.write("rules.yaml",
                "version: 1\nrules:\n  - id: junk\n    when: spam >= 90%\n    then: [junk]\n"
                "  - id: rest\n    when: spam < 90%\n    then: [accept]\n");
}

}  // namespace winnow
