#include "models/checkpoint.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "models/whole_file.h"

namespace winnow {
namespace {

constexpr const char* kFormat = "winnow-checkpoint-1";

}  // namespace

Status write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint) {
  const nlohmann::json head = {{"format", kFormat},
                               {"training", checkpoint.training},
                               {"epoch", checkpoint.epoch},
                               {"step", checkpoint.step},
                               {"best_loss", checkpoint.best_loss},
                               {"best_epoch", checkpoint.best_epoch},
                               {"state_bytes", checkpoint.state.size()},
                               {"best_state_bytes", checkpoint.best_state.size()}};
  const std::string line = head.dump() + "\n";
  return write_joined_file(file, {line, checkpoint.state, checkpoint.best_state});
}

Status read_checkpoint(const std::filesystem::path& file, Checkpoint& checkpoint) {
  std::string bytes;
  if (Status status = read_whole_file(file, bytes); !status) return status;
  const Status damaged = Status::failed(file.string() + " is not a whole checkpoint of a training");
  const std::size_t end = bytes.find('\n');
  const nlohmann::json head = nlohmann::json::parse(bytes.substr(0, end), nullptr, false);
  if (end == std::string::npos || !head.is_object()) return damaged;
  try {
    const auto state_bytes = head.at("state_bytes").get<std::size_t>();
    const auto best_bytes = head.at("best_state_bytes").get<std::size_t>();
    const std::size_t room = bytes.size() - end - 1;
    if (head.at("format") != kFormat || state_bytes > room || room - state_bytes != best_bytes) return damaged;
    Checkpoint read{head.at("training"),
                    head.at("epoch"),
                    head.at("step"),
                    head.at("best_loss"),
                    head.at("best_epoch"),
                    bytes.substr(end + 1, state_bytes),
                    {}};
    read.best_state = std::move(bytes.erase(0, end + 1 + state_bytes));
    checkpoint = std::move(read);
  } catch (const nlohmann::json::exception&) {
    return damaged;
  }
  return Status::ok();
}

}  // namespace winnow
