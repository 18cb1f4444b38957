#include "milter/reasons.h"

#include <array>
#include <string_view>

#include "engine/features/features.h"

namespace winnow {
namespace {

// Features that good mail rarely shows, the rarest first. Those that say nothing without the others (lengths, shares of
// letters, how many links) are left to `winnow explain`.
constexpr std::array kTelling = std::to_array<std::string_view>({
    "attached_programs",    "attached_macros",       "attached_mismatch",        "link_text_other_host",
    "link_brand_elsewhere", "from_brand_elsewhere",  "from_name_other_address",  "link_ip_address",
    "link_user_part",       "hidden_text",           "split_words",              "forms",
    "link_punycode",        "reply_to_freemail",     "from_freemail_as_company", "link_shortener",
    "link_cheap_tld",       "from_cheap_tld",        "from_local_random",        "image_only",
    "reply_to_differs",     "helo_differs",          "client_without_name",      "text_exclamation_run",
    "subject_all_capitals", "subject_exclamations",  "subject_amounts",          "text_exclamations",
});

constexpr float kShown = 0.25f;  // of the scaled 0..1: less is a trace
constexpr std::size_t kMaxReasons = 3;

float value_of(std::string_view name, const std::vector<float>& dense) {
  const std::vector<DenseFeature>& table = dense_features();
  for (std::size_t i = 0; i < table.size() && i < dense.size(); ++i) {
    if (table[i].name == name) return dense[i];
  }
  return 0;
}

}  // namespace

std::vector<std::string> reasons_of(const std::vector<float>& dense) {
  std::vector<std::string> reasons;
  for (const std::string_view name : kTelling) {
    if (reasons.size() < kMaxReasons && value_of(name, dense) > kShown) reasons.emplace_back(name);
  }
  return reasons;
}

std::vector<std::string> telling_features() { return {kTelling.begin(), kTelling.end()}; }

}  // namespace winnow
