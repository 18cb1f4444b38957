// thread_annotations.h - lets Clang's -Wthread-safety check what the comments promise about locks.
//
// Source:  Clang documentation, "Thread Safety Analysis".
#pragma once

#include <mutex>

#if defined(__clang__)
#define WINNOW_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define WINNOW_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) WINNOW_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY WINNOW_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) WINNOW_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) WINNOW_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) WINNOW_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) WINNOW_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define EXCLUDES(...) WINNOW_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace winnow {

/// std::mutex that the analysis knows. To wait for a change, give the Mutex itself to a std::condition_variable_any.
class CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace winnow
