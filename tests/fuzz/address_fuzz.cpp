// Any octets as an address: the plain spelling of a plain spelling is itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "milter/plain_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string plain = winnow::plain_address({reinterpret_cast<const char*>(data), size});
  if (winnow::plain_address(plain) != plain) std::abort();
  return 0;
}
