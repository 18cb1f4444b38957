// units.h - values written with their units: 4s, 500ms, 1MiB, 90%.
//
// Fails:   a parser returns nullopt for anything that is not exactly one value of its kind; a bare number is refused
//          where a unit is needed (0 is allowed, it is 0 in every unit).
// Units:   durations us ms s min h d; sizes B KiB MiB GiB and KB MB GB (1000s); percentages "90%" or a fraction "0.9".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace winnow {

std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
std::optional<std::uint64_t> parse_size(std::string_view text);  // bytes
std::optional<double> parse_percent(std::string_view text);      // 0..1; "90%" and "0.9" are the same

/// How each is spelled with its unit, as an ECMA-262 pattern of the whole text. A bare 0 and a fraction do not fit.
std::string duration_pattern();
std::string size_pattern();
std::string percent_pattern();

std::string format_duration(std::chrono::microseconds value);  // the largest unit that is exact: "4s", "1500ms"
std::string format_size(std::uint64_t bytes);                  // the largest binary unit that is exact: "1MiB"
std::string format_percent(double fraction);                   // "90%", "99.5%"
/// So many digits behind the point, rounded down: no figure shows a threshold that was not reached.
std::string format_rounded_down(double value, int digits);  // 0.97349 with 3: "0.973"

}  // namespace winnow
