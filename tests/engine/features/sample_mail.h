// sample_mail.h - short ways to a Message and to its features.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/features/features.h"
#include "engine/message/message.h"

namespace winnow {

inline Message message_of(std::string raw, const ReadOptions& options = {}) {
  return read_message(mail_from_bytes(std::move(raw), 1u << 20), options);
}

/// The value of one dense feature; fails the test when there is no such feature.
inline float dense_value(const Message& message, std::string_view name) {
  const Features features = FeatureExtractor(1u << 18).extract(message);
  for (std::size_t i = 0; i < dense_features().size(); ++i) {
    if (dense_features()[i].name == name) return features.dense[i];
  }
  ADD_FAILURE() << "no dense feature " << name;
  return -9;
}

inline float dense_value(const std::string& raw, std::string_view name) { return dense_value(message_of(raw), name); }

inline std::vector<std::string> origin_names(const Message& message, const FeatureLimits& limits = {}) {
  FeatureOrigins origins;
  FeatureExtractor(1u << 18, limits).extract(message, origins);
  std::vector<std::string> names;
  for (const TokenOrigin& origin : origins.tokens) names.emplace_back(origins.text(origin.name));
  return names;
}

}  // namespace winnow
