#include "cli/metrics_text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace winnow {
namespace {

/// A label's value up to its closing quote; `text` moves past that.
std::string take_quoted(std::string_view& text) {
  std::string value;
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) {
      text.remove_prefix(1);
      value += text.front() == 'n' ? '\n' : text.front();
    } else {
      value += text.front();
    }
    text.remove_prefix(1);
  }
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  return value;
}

/// `a="x",b="y"}`; `text` moves past the brace.
std::map<std::string, std::string> take_labels(std::string_view& text) {
  std::map<std::string, std::string> labels;
  while (!text.empty() && text.front() != '}') {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) return {};
    const std::string name(text.substr(0, equals));
    text.remove_prefix(equals + 2);
    labels[name] = take_quoted(text);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  return labels;
}

std::optional<MetricSample> sample_of(std::string_view line) {
  const std::size_t end = line.find_first_of("{ ");
  if (line.empty() || line.front() == '#' || end == std::string_view::npos) return std::nullopt;
  MetricSample sample{std::string(line.substr(0, end)), {}, 0};
  line.remove_prefix(end);
  if (line.starts_with('{')) {
    line.remove_prefix(1);
    sample.labels = take_labels(line);
  }
  const std::string number(line);
  char* stop = nullptr;
  sample.value = std::strtod(number.c_str(), &stop);
  if (stop == number.c_str()) return std::nullopt;
  return sample;
}

}  // namespace

MetricsText::MetricsText(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (auto sample = sample_of(line)) samples_.push_back(std::move(*sample));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

bool MetricsText::has(std::string_view name) const {
  return std::any_of(samples_.begin(), samples_.end(), [name](const MetricSample& one) { return one.name == name; });
}

double MetricsText::sum(std::string_view name) const {
  double sum = 0;
  for (const MetricSample& sample : samples_) sum += sample.name == name ? sample.value : 0;
  return sum;
}

std::map<std::string, double> MetricsText::sum_by(std::string_view name, const std::string& label) const {
  std::map<std::string, double> sums;
  for (const MetricSample& sample : samples_) {
    const auto found = sample.labels.find(label);
    if (sample.name == name && found != sample.labels.end()) sums[found->second] += sample.value;
  }
  return sums;
}

std::optional<double> MetricsText::quantile(const std::string& name, double q) const {
  std::map<double, double> buckets;  // bound -> observations up to it
  for (const auto& [bound, count] : sum_by(name + "_bucket", "le")) {
    buckets[bound == "+Inf" ? HUGE_VAL : std::strtod(bound.c_str(), nullptr)] = count;
  }
  if (buckets.empty() || buckets.rbegin()->second <= 0) return std::nullopt;
  const double rank = q * buckets.rbegin()->second;
  double lower = 0, below = 0;
  for (const auto& [upper, count] : buckets) {
    if (count >= rank && count > below) {
      return std::isinf(upper) ? lower : lower + (upper - lower) * (rank - below) / (count - below);
    }
    lower = std::isinf(upper) ? lower : upper;
    below = count;
  }
  return lower;
}

}  // namespace winnow
