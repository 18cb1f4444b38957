// tensor_memory.h - what becomes of the memory of tensors that are no longer needed.
//
// Threads: any. Both speak for the whole process, whose allocator LibTorch shares.
// Fails:   never.
#pragma once

namespace winnow {

/// From now on it stays in the heap: giving it back to the kernel after each batch costs a page fault for each page. Whole
/// tables (32 MiB and more), which batches hardly ever make, go back at once: in the heap they would leave holes.
void keep_tensor_memory();

/// What is free now goes back to the kernel: loading a model needs several times its size.
void give_back_free_memory();

}  // namespace winnow
