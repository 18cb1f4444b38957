// prometheus_text.h - lines of the Prometheus text exposition format 0.0.4, for figures that are read when they are
// asked for.
//
// Fails:   never. Names and label values are the caller's own words and are not escaped.
#pragma once

#include <string>

namespace winnow {

/// The two lines that go before the samples of a family.
std::string family(const std::string& name, const char* type, const char* help);

/// `series` is a name, with labels or without.
std::string sample(const std::string& series, double value);

}  // namespace winnow
