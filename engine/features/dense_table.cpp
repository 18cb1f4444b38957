// dense_table.cpp - joins the rows and writes them as a page.
#include "engine/features/dense_table.h"

#include <utility>

#include "engine/features/site_tokens.h"

namespace winnow {

const std::vector<DenseRow>& dense_rows() {
  static const std::vector<DenseRow> rows = [] {
    std::vector<DenseRow> all;
    for (auto part : {sender_rows, text_rows, keyword_rows, link_rows, shape_rows}) {
      for (DenseRow& row : part()) all.push_back(row);
    }
    return all;
  }();
  return rows;
}

const std::vector<DenseFeature>& dense_features() {
  static const std::vector<DenseFeature> features = [] {
    std::vector<DenseFeature> all;
    for (const DenseRow& row : dense_rows()) all.push_back(row.about);
    return all;
  }();
  return features;
}

std::string sentence_of(const DenseRow& row, float value, const MessageFacts& facts) {
  if (value == 0) return "";
  std::string sentence(value < 0 && !row.about.says_below.empty() ? row.about.says_below : row.about.says);
  const std::size_t gap = sentence.find("{}");
  if (gap == std::string::npos || row.detail == nullptr) return sentence;
  return sentence.replace(gap, 2, row.detail(facts));
}

std::string dense_feature_table() {
  std::string page =
      "# Dense features\n\n"
      "Written by `dense_feature_table()` (engine/features); a test compares this page with the code.\n"
      "Schema `" +
      feature_schema().id +
      "`. Values are scaled to the stated range; 0 means \"not there\" or \"not known\".\n"
      "\"log 20\" reads: 1 from 20 on, growing with the logarithm below.\n\n"
      "| # | name | meaning | range | reads | says in an explanation |\n| ---: | --- | --- | --- | --- | --- |\n";
  std::size_t number = 0;
  for (const DenseFeature& feature : dense_features()) {
    page += "| " + std::to_string(++number) + " | `" + std::string(feature.name) + "` | " +
            std::string(feature.meaning) + " | " + std::string(feature.range) + " | " + std::string(feature.source) +
            " | " + std::string(feature.says) +
            (feature.says_below.empty() ? "" : "; below 0: " + std::string(feature.says_below)) + " |\n";
  }
  return page + site_feature_table();
}

}  // namespace winnow
