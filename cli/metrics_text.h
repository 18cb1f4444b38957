// metrics_text.h - the daemon's metrics, read back from the Prometheus text format (0.0.4).
//
// Owns:    plain values.
// Fails:   never; a line that cannot be read is left out, a series that is not there is 0 or nullopt.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace winnow {

struct MetricSample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

class MetricsText {
 public:
  explicit MetricsText(std::string_view text);

  const std::vector<MetricSample>& samples() const { return samples_; }
  bool has(std::string_view name) const;
  /// Of all series of that name.
  double sum(std::string_view name) const;
  /// The same for each value of one label.
  std::map<std::string, double> sum_by(std::string_view name, const std::string& label) const;
  /// Where the share `q` of a histogram's observations lies, as between evenly filled bounds; nullopt without any. Never
  /// more than the last bound that is a number.
  std::optional<double> quantile(const std::string& name, double q) const;

 private:
  std::vector<MetricSample> samples_;
};

}  // namespace winnow
