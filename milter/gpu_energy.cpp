#include "milter/gpu_energy.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace winnow {
namespace {

class GpuCounter : public EnergyCounter {
 public:
  GpuCounter(GpuFunctions functions, std::vector<unsigned> gpus)
      : functions_(std::move(functions)), gpus_(std::move(gpus)), last_(total()) {}

  std::optional<double> take_joules() override {
    const std::optional<std::uint64_t> before = std::exchange(last_, total());
    if (!before || !last_ || *last_ < *before) return std::nullopt;  // less: the driver was loaded again
    return static_cast<double>(*last_ - *before) / 1e3;
  }

 private:
  std::optional<std::uint64_t> total() const {
    std::uint64_t sum = 0;
    for (const unsigned gpu : gpus_) {
      const std::optional<std::uint64_t> one = functions_.millijoules(gpu);
      if (!one) return std::nullopt;
      sum += *one;
    }
    return sum;
  }

  GpuFunctions functions_;
  std::vector<unsigned> gpus_;
  std::optional<std::uint64_t> last_;
};

class FollowingCounter : public EnergyCounter {
 public:
  FollowingCounter(std::function<std::string()> device, OpenCounter open)
      : device_(std::move(device)), open_(std::move(open)), opened_for_(device_()), counter_(open_(opened_for_)) {}

  std::optional<double> take_joules() override {
    const std::optional<double> used = counter_ ? counter_->take_joules() : std::nullopt;
    if (std::string now = device_(); now != opened_for_) {
      counter_ = open_(now);
      opened_for_ = std::move(now);
    }
    return used;
  }

 private:
  const std::function<std::string()> device_;
  const OpenCounter open_;
  std::string opened_for_;
  std::unique_ptr<EnergyCounter> counter_;
};

}  // namespace

std::unique_ptr<EnergyCounter> make_gpu_counter(GpuFunctions functions) {
  std::vector<unsigned> all, ours;
  for (unsigned gpu = 0; gpu < functions.count(); ++gpu) {
    all.push_back(gpu);
    if (functions.runs_this_process(gpu)) ours.push_back(gpu);
  }
  std::vector<unsigned> gpus = ours.empty() ? all : ours;
  std::erase_if(gpus, [&](unsigned gpu) { return !functions.millijoules(gpu); });
  if (gpus.empty()) return nullptr;
  return std::make_unique<GpuCounter>(std::move(functions), std::move(gpus));
}

std::unique_ptr<EnergyCounter> make_following_counter(std::function<std::string()> device, OpenCounter open) {
  return std::make_unique<FollowingCounter>(std::move(device), std::move(open));
}

}  // namespace winnow
