#include "config/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "config/ascii.h"

namespace winnow {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// From the largest to the smallest, so that formatting takes the first that divides.
constexpr std::array<Unit, 6> kDurations{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"min", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};
constexpr std::array<Unit, 4> kBinarySizes{{{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"B", 1}}};
constexpr std::array<Unit, 3> kDecimalSizes{{{"GB", 1'000'000'000}, {"MB", 1'000'000}, {"KB", 1'000}}};

/// A decimal number without sign or exponent, and what follows it.
struct Number {
  std::string_view whole;
  std::string_view fraction;  // digits after the point; empty when there is none
  std::string_view rest;
};

std::optional<Number> split_number(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == 0) return std::nullopt;
  Number number{text.substr(0, at), {}, text.substr(at)};
  if (number.rest.empty() || number.rest[0] != '.') return number;
  std::size_t end = 1;
  while (end < number.rest.size() && is_digit(number.rest[end])) ++end;
  if (end == 1) return std::nullopt;
  number.fraction = number.rest.substr(1, end - 1);
  number.rest = number.rest.substr(end);
  return number;
}

std::optional<std::uint64_t> multiplied(std::uint64_t value, std::uint64_t factor) {
  if (factor != 0 && value > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
  return value * factor;
}

/// whole.fraction x factor when that is a whole number that fits, exactly.
std::optional<std::uint64_t> scaled(const Number& number, std::uint64_t factor) {
  std::uint64_t whole = 0;
  if (std::from_chars(number.whole.data(), number.whole.data() + number.whole.size(), whole).ec != std::errc()) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> product = multiplied(whole, factor);
  if (!product || number.fraction.size() > 6) return std::nullopt;
  std::uint64_t fraction = 0, denominator = 1;
  for (const char digit : number.fraction) {
    fraction = fraction * 10 + static_cast<std::uint64_t>(digit - '0');
    denominator *= 10;
  }
  const std::uint64_t part = fraction * factor;  // < 10^6 x 86.4 x 10^9: fits
  if (part % denominator != 0) return std::nullopt;
  const std::uint64_t added = part / denominator;
  if (*product > std::numeric_limits<std::uint64_t>::max() - added) return std::nullopt;
  return *product + added;
}

template <std::size_t N>
const Unit* unit_named(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

bool is_bare_zero(std::string_view text) { return text == "0"; }

template <std::size_t N>
std::string formatted(std::uint64_t value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  return "0" + std::string(units.back().name);
}

template <std::size_t N>
std::string names_of(const std::array<Unit, N>& units) {
  std::string names;
  for (const Unit& unit : units) names += (names.empty() ? "" : "|") + std::string(unit.name);
  return names;
}

}  // namespace

std::string duration_pattern() { return "^[0-9]+(\\.[0-9]{1,6})?(" + names_of(kDurations) + ")$"; }

std::string size_pattern() {
  return "^[0-9]+(\\.[0-9]{1,6})?(" + names_of(kBinarySizes) + "|" + names_of(kDecimalSizes) + ")$";
}

std::string percent_pattern() { return "^0*(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$"; }

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  if (is_bare_zero(text)) return std::chrono::microseconds{0};
  const std::optional<Number> number = split_number(text);
  const Unit* unit = number ? unit_named(kDurations, number->rest) : nullptr;
  if (unit == nullptr) return std::nullopt;
  const std::optional<std::uint64_t> value = scaled(*number, unit->factor);
  if (!value || *value > static_cast<std::uint64_t>(std::chrono::microseconds::max().count())) return std::nullopt;
  return std::chrono::microseconds{static_cast<std::chrono::microseconds::rep>(*value)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  if (is_bare_zero(text)) return 0;
  const std::optional<Number> number = split_number(text);
  if (!number) return std::nullopt;
  const Unit* unit = unit_named(kBinarySizes, number->rest);
  if (unit == nullptr) unit = unit_named(kDecimalSizes, number->rest);
  if (unit == nullptr) return std::nullopt;
  return scaled(*number, unit->factor);
}

std::optional<double> parse_percent(std::string_view text) {
  const std::optional<Number> number = split_number(text);
  if (!number || (!number->rest.empty() && number->rest != "%")) return std::nullopt;
  double value = 0;
  const std::string_view digits = text.substr(0, text.size() - number->rest.size());
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc()) return std::nullopt;
  if (!number->rest.empty()) value /= 100.0;
  if (!(value >= 0.0 && value <= 1.0)) return std::nullopt;
  return value;
}

std::string format_duration(std::chrono::microseconds value) {
  const auto count = value.count();
  if (count < 0) return "-" + formatted(0 - static_cast<std::uint64_t>(count), kDurations);
  return formatted(static_cast<std::uint64_t>(count), kDurations);
}

std::string format_size(std::uint64_t bytes) { return formatted(bytes, kBinarySizes); }

std::string format_rounded_down(double value, int digits) {
  const double scale = std::pow(10.0, digits);
  char text[48];
  // The small push keeps 0.9 from becoming 0.8999 because its nearest double is a little less.
  std::snprintf(text, sizeof text, "%.*f", digits, std::floor(value * scale + 1e-9) / scale);
  return text;
}

std::string format_percent(double fraction) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.10g%%", fraction * 100.0);
  return buffer;
}

}  // namespace winnow
