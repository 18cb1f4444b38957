#include "models/report_plots.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/html.h"

namespace winnow {
namespace {

constexpr double kLowestFpr = 1e-4;
constexpr double kFprDecades = 4;
constexpr std::size_t kHistogramBars = 20;

/// The rectangle that is drawn in, with room for the axes around it. Data run from 0 to 1 in both directions.
struct Frame {
  double left = 58, top = 12, width = 420, height = 300;
  double x(double share) const { return left + share * width; }
  double y(double share) const { return top + (1 - share) * height; }
};

std::string number(double value) { return decimal(value, 1); }

std::string line(const char* style, double x1, double y1, double x2, double y2) {
  return std::string("<line class=\"") + style + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" +
         number(x2) + "\" y2=\"" + number(y2) + "\"/>";
}

std::string label(const char* anchor, double x, double y, const std::string& text) {
  return std::string("<text text-anchor=\"") + anchor + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" +
         escape_html(text) + "</text>";
}

std::string x_tick(const Frame& frame, double at, const std::string& text) {
  return line("grid", frame.x(at), frame.y(0), frame.x(at), frame.y(1)) +
         label("middle", frame.x(at), frame.y(0) + 17, text);
}

std::string y_tick(const Frame& frame, double at, const std::string& text) {
  return line("grid", frame.x(0), frame.y(at), frame.x(1), frame.y(at)) +
         label("end", frame.x(0) - 7, frame.y(at) + 4, text);
}

std::string axis_names(const Frame& frame, const char* x, const char* y) {
  const std::string middle = number(frame.y(0.5));
  return label("middle", frame.x(0.5), frame.y(0) + 36, x) + "<text text-anchor=\"middle\" x=\"13\" y=\"" + middle +
         "\" transform=\"rotate(-90 13 " + middle + ")\">" + y + "</text>";
}

std::string drawing(const Frame& frame, const char* what, const std::string& inside) {
  return std::string("<svg role=\"img\" aria-label=\"") + what + "\" viewBox=\"0 0 " +
         number(frame.left + frame.width + 26) + " " + number(frame.top + frame.height + 42) + "\">" + inside +
         "<rect class=\"frame\" x=\"" + number(frame.x(0)) + "\" y=\"" + number(frame.y(1)) + "\" width=\"" +
         number(frame.width) + "\" height=\"" + number(frame.height) + "\"/></svg>\n";
}

std::string percent_ticks(const Frame& frame) {
  std::string ticks;
  for (const int at : {0, 20, 40, 60, 80, 100}) {
    ticks +=
        x_tick(frame, at / 100.0, std::to_string(at) + " %") + y_tick(frame, at / 100.0, std::to_string(at) + " %");
  }
  return ticks;
}

double log_fpr(double fpr) { return std::log10(std::max(fpr, kLowestFpr) / kLowestFpr) / kFprDecades; }

/// Points that would be drawn on the same tenth of a pixel are left out, so a page stays small with much mail.
std::string curve(const Frame& frame, const RocCurve& roc) {
  std::string points, last;
  for (const AtThreshold& at : roc.points) {
    std::string point = number(frame.x(log_fpr(at.fpr))) + "," + number(frame.y(at.recall));
    if (point == last) continue;
    points += (points.empty() ? "" : " ") + point;
    last = std::move(point);
  }
  return "<polyline class=\"series s" + std::to_string(roc.series % kSeriesStyles) + "\" points=\"" + points + "\"/>";
}

std::string bin_marks(const Frame& frame, const char* style, const std::vector<ReliabilityBin>& bins) {
  std::string marks, points;
  for (const ReliabilityBin& bin : bins) {
    const std::string x = number(frame.x(bin.mean_probability)), y = number(frame.y(bin.share_of_spam));
    points += (points.empty() ? "" : " ") + x + "," + y;
    marks += std::string("<circle class=\"") + style + "\" cx=\"" + x + "\" cy=\"" + y + "\" r=\"4\"/>";
  }
  return std::string("<polyline class=\"thin ") + style + "\" points=\"" + points + "\"/>" + marks;
}

struct Bar {
  double spam = 0, ham = 0;
};

std::array<Bar, kHistogramBars> bars_of(const std::vector<ScoredMail>& mail) {
  std::array<Bar, kHistogramBars> bars{};
  for (const ScoredMail& one : mail) {
    const auto at = std::min(kHistogramBars - 1, static_cast<std::size_t>(one.probability * kHistogramBars));
    (is_spam(one.label) ? bars[at].spam : bars[at].ham) += 1;
  }
  return bars;
}

double log_count(double count) { return count > 0 ? std::log10(count) + 0.3 : 0; }  // 1 is seen, too

std::string bar(const Frame& frame, const char* style, std::size_t at, double from, double to) {
  const double left = frame.x(static_cast<double>(at) / kHistogramBars) + 1, width = frame.width / kHistogramBars - 2;
  return std::string("<rect class=\"") + style + "\" x=\"" + number(left) + "\" y=\"" + number(frame.y(to)) +
         "\" width=\"" + number(width) + "\" height=\"" + number(frame.y(from) - frame.y(to)) + "\"/>";
}

}  // namespace

std::string draw_roc(const std::vector<RocCurve>& curves) {
  const Frame frame{.width = 640, .height = 380};
  std::string inside;
  for (const char* percent : {"0.01", "0.1", "1", "10", "100"}) {
    inside += x_tick(frame, log_fpr(std::stod(percent) / 100), std::string(percent) + " %");
  }
  for (const int at : {0, 20, 40, 60, 80, 100}) inside += y_tick(frame, at / 100.0, std::to_string(at) + " %");
  for (const RocCurve& roc : curves) inside += curve(frame, roc);
  return drawing(frame, "ROC curves",
                 inside + axis_names(frame, "ham judged spam (logarithmic)", "spam found (recall)"));
}

std::string draw_series_key(std::size_t series) {
  return "<svg class=\"key\" viewBox=\"0 0 36 10\" aria-hidden=\"true\"><line class=\"series s" +
         std::to_string(series % kSeriesStyles) + "\" x1=\"1\" y1=\"5\" x2=\"35\" y2=\"5\"/></svg>";
}

std::string draw_reliability(const std::vector<ReliabilityBin>& bins, const std::vector<ReliabilityBin>& before) {
  const Frame frame;
  const std::string inside = percent_ticks(frame) + line("ideal", frame.x(0), frame.y(0), frame.x(1), frame.y(1)) +
                             bin_marks(frame, "before", before) + bin_marks(frame, "after", bins);
  return drawing(frame, "reliability diagram", inside + axis_names(frame, "mean probability", "share of spam"));
}

std::string draw_histogram(const std::vector<ScoredMail>& mail) {
  const Frame frame;
  const auto bars = bars_of(mail);
  double most = 10;
  for (const Bar& one : bars) most = std::max({most, one.spam, one.ham});
  const double scale = 0.5 / (log_count(most) * 1.04);
  std::string inside;
  for (const int at : {0, 20, 40, 60, 80, 100}) inside += x_tick(frame, at / 100.0, std::to_string(at) + " %");
  for (double count = 1; count <= most; count *= 10) {
    const double reach = scale * log_count(count);
    inside += y_tick(frame, 0.5 + reach, decimal(count, 0)) + y_tick(frame, 0.5 - reach, decimal(count, 0));
  }
  for (std::size_t at = 0; at < bars.size(); ++at) {
    inside += bar(frame, "spam", at, 0.5, 0.5 + scale * log_count(bars[at].spam));
    inside += bar(frame, "ham", at, 0.5 - scale * log_count(bars[at].ham), 0.5);
  }
  inside += line("frame", frame.x(0), frame.y(0.5), frame.x(1), frame.y(0.5));
  return drawing(frame, "score histogram",
                 inside + axis_names(frame, "probability", "messages: ham below, spam above"));
}

}  // namespace winnow
