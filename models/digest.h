// digest.h - SHA-256, to name mail and models by their content.
#pragma once

#include <string>
#include <string_view>

namespace winnow {

std::string sha256_hex(std::string_view bytes);

}  // namespace winnow
