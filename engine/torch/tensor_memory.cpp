#include "engine/torch/tensor_memory.h"

#include <malloc.h>

namespace winnow {
namespace {

constexpr int kLargestKept = 32 << 20;  // the most that glibc takes

}  // namespace

void keep_tensor_memory() {
  mallopt(M_MMAP_THRESHOLD, kLargestKept);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void give_back_free_memory() { (void)malloc_trim(0); }

}  // namespace winnow
