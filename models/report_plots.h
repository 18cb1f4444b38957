// report_plots.h - the drawings of an evaluation's page, as SVG elements.
//
// Owns:    plain values.
// Fails:   never; without data a plot is an empty frame.
// Units:   shares and probabilities 0..1.
//
// Colours and line styles are classes of report_style.h: s0, s1 ... for series, spam, ham, and before for what is shown
// for comparison only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/ranking.h"

namespace winnow {

inline constexpr std::size_t kSeriesStyles = 16;

/// Recall over false positive rate, the latter on a logarithmic axis from 0.01 % on; what lies below is drawn at its edge.
struct RocCurve {
  std::size_t series = 0;  // its style
  std::vector<AtThreshold> points;
};
std::string draw_roc(const std::vector<RocCurve>& curves);
/// A short line in the style of a series, for the legend.
std::string draw_series_key(std::size_t series);

/// Share of spam over mean probability; `before` may be empty.
std::string draw_reliability(const std::vector<ReliabilityBin>& bins, const std::vector<ReliabilityBin>& before);

/// How many messages of each label have which probability: spam upwards, ham downwards, logarithmic.
std::string draw_histogram(const std::vector<ScoredMail>& mail);

}  // namespace winnow
