// memory_reader.h - lets LibTorch read an archive from bytes at hand, so that what was checked is what is loaded.
//
// Owns:    nothing: the bytes must outlive the reader.
// Fails:   never; a read past the end is short.
#pragma once

#include <caffe2/serialize/read_adapter_interface.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace winnow {

class MemoryReader : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit MemoryReader(std::string_view bytes) : bytes_(bytes) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* buffer, size_t length, const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    const size_t count = std::min<size_t>(length, bytes_.size() - position);
    std::memcpy(buffer, bytes_.data() + position, count);
    return count;
  }

 private:
  std::string_view bytes_;
};

}  // namespace winnow
