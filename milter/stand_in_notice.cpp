#include "milter/stand_in_notice.h"

#include <string>

namespace winnow {
namespace {

constexpr std::chrono::minutes kCalm{1};  // a pool that fails now and then is one stand-in, not many

}  // namespace

void StandInNotice::saw(std::string_view cause, TimePoint now) {
  if (cause.empty() && !goes_on_) return;
  const MutexLock lock(mutex_);
  if (!cause.empty())
    begin_or_go_on(cause, now);
  else if (goes_on_ && now - latest_ >= kCalm)
    end(now);
}

void StandInNotice::begin_or_go_on(std::string_view cause, TimePoint now) {
  if (!goes_on_) {
    goes_on_ = true;
    since_ = now;
    messages_ = 0;
    log_.warning("stand-in begins: cause=" + std::string(cause) +
                 ": the model here judges what the GPU or the pool does not");
  }
  latest_ = now;
  ++messages_;
}

void StandInNotice::end(TimePoint now) {
  goes_on_ = false;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since_).count();
  log_.info("stand-in ended: messages=" + std::to_string(messages_) + " seconds=" + std::to_string(seconds));
}

}  // namespace winnow
