#include "cli/load.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <latch>
#include <system_error>
#include <thread>

#include "engine/thread_annotations.h"

namespace winnow {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{100};
constexpr std::size_t kFailuresInARow = 3;

/// At most 71 minutes, which four bytes a message hold: whoever waits longer waits too long by any measure.
std::uint32_t microseconds_since(Clock::time_point start) {
  const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(passed, 0, UINT32_MAX));
}

void merge(LoadResult& all, const LoadResult& one) {
  all.answered += one.answered;
  all.failed += one.failed;
  for (const auto& [name, count] : one.verdicts) all.verdicts[name] += count;
  for (const auto& [name, count] : one.fallbacks) all.fallbacks[name] += count;
  all.whole.insert(all.whole.end(), one.whole.begin(), one.whole.end());
  all.end_of_message.insert(all.end_of_message.end(), one.end_of_message.begin(), one.end_of_message.end());
  if (!one.error.empty()) all.error = one.error;
}

class LoadRun {
 public:
  LoadRun(const LoadPlan& plan, const LoadTarget& target)
      : plan_(plan),
        target_(target),
        ready_(static_cast<std::ptrdiff_t>(plan.connections)),
        working_(plan.connections) {}

  LoadResult run(const std::function<bool(std::size_t)>& on_tick);

 private:
  void start_workers(std::vector<std::jthread>& workers, std::vector<LoadResult>& results);
  void watch(const std::function<bool(std::size_t)>& on_tick);
  bool wait_for_workers(std::chrono::milliseconds longest) EXCLUDES(mutex_);
  void work(LoadResult& mine);
  void leave(std::size_t workers) EXCLUDES(mutex_);
  void send_all(std::unique_ptr<LoadConnection> connection, LoadResult& mine);
  bool send_one(std::size_t number, std::unique_ptr<LoadConnection>& connection, LoadResult& mine);
  bool wait_until(Clock::time_point due) const;
  bool is_over() const;

  const LoadPlan plan_;
  const LoadTarget& target_;
  std::latch ready_, go_{1};
  Clock::time_point start_;  // set before go_
  std::atomic<std::size_t> next_{0}, done_{0};
  std::atomic<bool> stopped_{false};
  Mutex mutex_;
  std::condition_variable_any ended_;
  std::size_t working_ GUARDED_BY(mutex_);
};

LoadResult LoadRun::run(const std::function<bool(std::size_t)>& on_tick) {
  std::vector<LoadResult> results(plan_.connections);
  std::vector<std::jthread> workers;
  start_workers(workers, results);
  ready_.wait();
  start_ = Clock::now();
  go_.count_down();
  watch(on_tick);
  workers.clear();  // joins
  LoadResult all;
  all.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  for (const LoadResult& one : results) merge(all, one);
  std::sort(all.whole.begin(), all.whole.end());
  std::sort(all.end_of_message.begin(), all.end_of_message.end());
  return all;
}

void LoadRun::start_workers(std::vector<std::jthread>& workers, std::vector<LoadResult>& results) {
  try {
    for (LoadResult& mine : results) workers.emplace_back([this, &mine] { work(mine); });
  } catch (const std::system_error& problem) {  // no more threads: end in good order
    const std::size_t missing = results.size() - workers.size();
    results.back().error = "cannot start " + std::to_string(missing) + " connections: " + problem.what();
    stopped_ = true;
    leave(missing);
    ready_.count_down(static_cast<std::ptrdiff_t>(missing));
  }
}

void LoadRun::watch(const std::function<bool(std::size_t)>& on_tick) {
  while (!wait_for_workers(kTick)) {
    if (!on_tick(done_)) stopped_ = true;
  }
}

/// False when some are still at work after that time.
bool LoadRun::wait_for_workers(std::chrono::milliseconds longest) {
  const Clock::time_point end = Clock::now() + longest;
  const MutexLock lock(mutex_);
  while (working_ > 0) {
    if (ended_.wait_until(mutex_, end) == std::cv_status::timeout) break;
  }
  return working_ == 0;
}

void LoadRun::work(LoadResult& mine) {
  std::unique_ptr<LoadConnection> connection;
  if (plan_.pace != Pace::Burst) connection = target_.connect(mine.error);
  ready_.count_down();
  go_.wait();
  send_all(std::move(connection), mine);
  leave(1);
}

void LoadRun::leave(std::size_t workers) {
  const MutexLock lock(mutex_);
  working_ -= workers;
  if (working_ == 0) ended_.notify_all();
}

void LoadRun::send_all(std::unique_ptr<LoadConnection> connection, LoadResult& mine) {
  std::size_t failures = 0;
  while (!is_over() && failures < kFailuresInARow) {
    const std::size_t number = next_++;
    if (number >= plan_.messages) return;
    failures = send_one(number, connection, mine) ? 0 : failures + 1;
  }
}

/// False when the message got no answer.
bool LoadRun::send_one(std::size_t number, std::unique_ptr<LoadConnection>& connection, LoadResult& mine) {
  const std::optional<std::chrono::microseconds> due = due_after(plan_, number);
  if (due && !wait_until(start_ + *due)) return true;  // stopped before it was sent
  const Clock::time_point begun = due ? start_ + *due : Clock::now();
  LoadAnswer answer;
  if (!connection) connection = target_.connect(mine.error);
  const Status status = connection ? connection->send(number, answer) : Status::failed(mine.error);
  ++done_;
  if (!status) {
    ++mine.failed;
    mine.error = status.error();
    connection.reset();
    return false;
  }
  ++mine.answered;
  ++(answer.fallback.empty() ? mine.verdicts[answer.verdict] : mine.fallbacks[answer.fallback]);
  mine.whole.push_back(microseconds_since(begun));
  mine.end_of_message.push_back(static_cast<std::uint32_t>(answer.end_of_message.count()));
  return true;
}

/// False when the run is over before.
bool LoadRun::wait_until(Clock::time_point due) const {
  for (Clock::time_point now = Clock::now(); now < due; now = Clock::now()) {
    if (is_over()) return false;
    std::this_thread::sleep_until(std::min(due, now + kTick));
  }
  return !is_over();
}

bool LoadRun::is_over() const {
  return stopped_ || (plan_.duration.count() > 0 && Clock::now() >= start_ + plan_.duration);
}

}  // namespace

std::optional<std::chrono::microseconds> due_after(const LoadPlan& plan, std::size_t number) {
  if (plan.pace == Pace::Answered) return std::nullopt;
  if (plan.pace == Pace::Burst) return std::chrono::microseconds(0);
  return std::chrono::microseconds(static_cast<std::int64_t>(static_cast<double>(number) / plan.rate * 1e6));
}

LoadResult run_load(const LoadPlan& plan, const LoadTarget& target,
                    const std::function<bool(std::size_t done)>& on_tick) {
  return LoadRun(plan, target).run(on_tick);
}

}  // namespace winnow
