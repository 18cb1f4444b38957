#include "milter/prometheus_text.h"

#include <cstdio>

namespace winnow {

std::string family(const std::string& name, const char* type, const char* help) {
  return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string sample(const std::string& series, double value) {
  char number[40];
  std::snprintf(number, sizeof number, " %.15g\n", value);
  return series + number;
}

}  // namespace winnow
