// codebook.h - a few values that stand for many with the least squared error, each counting by its square: Lloyd's
// scalar quantizer.
//
// Owns:    plain values.
// Fails:   never. Values must be finite.
// Source:  Lloyd 1982, method I; started from the cube root of the density (Panter & Dite 1951), which is close to the
//          best for many levels.
#pragma once

#include <cstddef>
#include <vector>

namespace winnow {

/// `levels` values in rising order. `values` are sorted here; none give levels of 0. The same values give the same
/// levels.
std::vector<float> fit_codebook(std::vector<float> values, std::size_t levels);

/// Where in `codebook` the value nearest to `value` stands.
std::size_t nearest_level(const std::vector<float>& codebook, float value);

}  // namespace winnow
