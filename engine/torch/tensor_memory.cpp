#include "engine/torch/tensor_memory.h"

#include <malloc.h>

namespace winnow {

void keep_tensor_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

void give_back_free_memory() { (void)malloc_trim(0); }

}  // namespace winnow
