// allocation_count.h - how often the calling thread has asked for memory, whoever asked: libraries in C too.
//
// Threads: each thread has its own count.
// Fails:   0 in builds with a sanitizer, which has its own malloc.
#pragma once

#include <cstddef>

namespace winnow::bench {

std::size_t allocations();

}  // namespace winnow::bench
