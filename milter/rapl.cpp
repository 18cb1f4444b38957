#include "milter/rapl.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "milter/endpoint.h"

namespace winnow {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

/// "intel-rapl:0", not its parts such as "intel-rapl:0:1", and not "psys", which holds the packages once more.
bool is_package(const fs::path& zone) {
  const std::string file = zone.filename().string();
  constexpr std::string_view kBeginning = "intel-rapl:";
  return file.starts_with(kBeginning) && file.find(':', kBeginning.size()) == std::string::npos &&
         first_line(zone / "name").starts_with("package");
}

class Package {
 public:
  explicit Package(const fs::path& zone)
      : file_(::open((zone / "energy_uj").c_str(), O_RDONLY | O_CLOEXEC)),
        range_(number_in(first_line(zone / "max_energy_range_uj")).value_or(0)),
        last_(read()) {}

  bool is_readable() const { return last_.has_value(); }

  std::optional<std::uint64_t> take_microjoules() {
    const std::optional<std::uint64_t> before = std::exchange(last_, read());
    if (!before || !last_) return std::nullopt;
    return *last_ >= *before ? *last_ - *before : *last_ + range_ - *before;
  }

 private:
  std::optional<std::uint64_t> read() const {
    char text[32];
    const ssize_t count = file_ ? ::pread(file_.get(), text, sizeof text, 0) : -1;
    if (count <= 0) return std::nullopt;
    return number_in({text, static_cast<std::size_t>(count)});
  }

  Descriptor file_;
  std::uint64_t range_;
  std::optional<std::uint64_t> last_;
};

class Rapl : public EnergyCounter {
 public:
  explicit Rapl(std::vector<Package> packages) : packages_(std::move(packages)) {}

  std::optional<double> take_joules() override {
    std::uint64_t sum = 0;
    bool all = true;
    for (Package& package : packages_) {
      const std::optional<std::uint64_t> used = package.take_microjoules();
      all = all && used.has_value();
      sum += used.value_or(0);
    }
    if (!all) return std::nullopt;
    return static_cast<double>(sum) / 1e6;
  }

 private:
  std::vector<Package> packages_;
};

}  // namespace

std::unique_ptr<EnergyCounter> open_rapl(const fs::path& powercap) {
  std::vector<Package> packages;
  std::error_code failed;
  for (fs::directory_iterator zone(powercap, failed), end; !failed && zone != end; zone.increment(failed)) {
    if (!is_package(zone->path())) continue;
    packages.emplace_back(zone->path());
    if (!packages.back().is_readable()) return nullptr;
  }
  if (failed || packages.empty()) return nullptr;
  return std::make_unique<Rapl>(std::move(packages));
}

}  // namespace winnow
