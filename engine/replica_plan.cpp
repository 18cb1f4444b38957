#include "engine/replica_plan.h"

#include <algorithm>
#include <charconv>
#include <variant>

namespace winnow {
namespace {

std::vector<std::string> all_gpus(std::size_t count) {
  std::vector<std::string> gpus;
  for (std::size_t i = 0; i < count; ++i) gpus.push_back("cuda:" + std::to_string(i));
  return gpus;
}

/// The devices that the settings name.
std::vector<std::string> places_of(const EngineSettings& settings, std::size_t gpus) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&settings.device)) return *list;
  const std::string& word = std::get<std::string>(settings.device);
  if (word == "auto") return gpus > 0 && leaves_choice(settings) ? all_gpus(gpus) : std::vector<std::string>{"cpu"};
  if (word == "cuda" && gpus > 0) return all_gpus(gpus);
  return {word};
}

Status check_place(const std::string& place, std::size_t gpus) {
  if (!is_gpu(place)) return Status::ok();
  if (gpus == 0)
    return Status::failed("cannot run on '" + place + "': LibTorch sees no GPU; set engine.device to cpu or auto");
  std::size_t number = 0;
  const std::string digits = place.size() > 5 ? place.substr(5) : "0";
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (number < gpus) return Status::ok();
  return Status::failed("cannot run on '" + place + "': LibTorch sees " + std::to_string(gpus) +
                        (gpus == 1 ? " GPU" : " GPUs") + ", the first is cuda:0");
}

/// Half of the cores: the other half reads mail. A list says itself how many.
std::size_t automatic_replicas(const DeviceSetting& setting, const std::vector<std::string>& places,
                               const Hardware& hardware) {
  const bool is_list = std::holds_alternative<std::vector<std::string>>(setting);
  return is_list || is_gpu(places.front()) ? places.size() : std::max<std::size_t>(1, hardware.cores / 2);
}

}  // namespace

bool is_gpu(const std::string& device) { return device.rfind("cuda", 0) == 0; }

bool leaves_choice(const EngineSettings& settings) {
  const auto* word = std::get_if<std::string>(&settings.device);
  return word != nullptr && *word == "auto" && settings.remote.urls.empty();
}

bool uses_gpu(const ReplicaDevices& devices) { return std::any_of(devices.begin(), devices.end(), is_gpu); }

Status plan_replicas(const EngineSettings& settings, const Hardware& hardware, ModelShape shape,
                     std::vector<ReplicaDevices>& replicas) {
  const std::vector<std::string> places = places_of(settings, hardware.gpus);
  for (const std::string& place : places) {
    if (Status status = check_place(place, hardware.gpus); !status) return status;
  }
  const bool spread = shape == ModelShape::InParts && places.size() > 1;
  const std::size_t automatic = spread ? 1 : automatic_replicas(settings.device, places, hardware);
  const std::size_t count = settings.replicas > 0 ? settings.replicas : automatic;
  for (std::size_t i = 0; i < count; ++i)
    replicas.push_back(spread ? places : ReplicaDevices{places[i % places.size()]});
  return Status::ok();
}

}  // namespace winnow
