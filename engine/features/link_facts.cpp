// link_facts.cpp - where the links lead, and whether they say so.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "config/ascii.h"
#include "engine/features/gather.h"
#include "engine/message/links.h"

namespace winnow {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kShorteners[] = {
    "bit.ly"sv,  "tinyurl.com"sv, "goo.gl"sv,  "t.co"sv,  "ow.ly"sv,     "is.gd"sv,  "buff.ly"sv, "rebrand.ly"sv,
    "cutt.ly"sv, "shorturl.at"sv, "tiny.cc"sv, "rb.gy"sv, "t.ly"sv,      "s.id"sv,   "lnkd.in"sv, "bl.ink"sv,
    "v.gd"sv,    "qrco.de"sv,     "t.me"sv,    "wa.me"sv, "linktr.ee"sv, "adf.ly"sv, "snip.ly"sv, "urlz.fr"sv};

/// Anybody can put pages there in minutes.
constexpr std::string_view kFreeHosting[] = {
    "web.app"sv,          "firebaseapp.com"sv, "github.io"sv,         "pages.dev"sv,     "workers.dev"sv,
    "netlify.app"sv,      "vercel.app"sv,      "herokuapp.com"sv,     "glitch.me"sv,     "weebly.com"sv,
    "wixsite.com"sv,      "blogspot.com"sv,    "000webhostapp.com"sv, "r2.dev"sv,        "windows.net"sv,
    "amazonaws.com"sv,    "googleapis.com"sv,  "ipfs.io"sv,           "repl.co"sv,       "surge.sh"sv,
    "godaddysites.com"sv, "square.site"sv,     "webflow.io"sv,        "geocities.com"sv, "tripod.com"sv,
    "angelfire.com"sv};

constexpr std::string_view kCommonTlds[] = {"com"sv, "net"sv, "org"sv, "edu"sv, "gov"sv, "mil"sv, "int"sv};

constexpr std::string_view kCheapTlds[] = {
    "xyz"sv,    "top"sv,   "club"sv,  "online"sv, "site"sv,    "website"sv, "space"sv,  "icu"sv,
    "buzz"sv,   "shop"sv,  "store"sv, "live"sv,   "work"sv,    "click"sv,   "link"sv,   "fun"sv,
    "rest"sv,   "cyou"sv,  "cfd"sv,   "sbs"sv,    "monster"sv, "quest"sv,   "bond"sv,   "today"sv,
    "world"sv,  "life"sv,  "win"sv,   "bid"sv,    "loan"sv,    "date"sv,    "stream"sv, "download"sv,
    "review"sv, "trade"sv, "party"sv, "racing"sv, "science"sv, "men"sv,     "vip"sv,    "host"sv,
    "press"sv,  "pro"sv,   "info"sv,  "biz"sv,    "tk"sv,      "ml"sv,      "ga"sv,     "cf"sv,
    "gq"sv,     "pw"sv,    "best"sv,  "beauty"sv, "autos"sv,   "mom"sv,     "lol"sv,    "email"sv};

template <std::size_t N>
bool contains(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool ends_with_any(std::string_view host, const std::string_view* begin, const std::string_view* end) {
  return std::any_of(begin, end, [&](std::string_view tail) {
    return host.size() > tail.size() && host.substr(host.size() - tail.size()) == tail &&
           host[host.size() - tail.size() - 1] == '.';
  });
}

double entropy(std::string_view text) {
  if (text.size() < 2) return 0;
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  const auto bits_of = [total = static_cast<double>(text.size())](std::size_t count) {
    return static_cast<double>(count) / total * std::log2(static_cast<double>(count) / total);
  };
  std::array<double, 16> known{};  // most octets come as often as another: they share a logarithm
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    if (count < known.size() && known[count] == 0) known[count] = bits_of(count);
    bits -= count < known.size() ? known[count] : bits_of(count);
  }
  return bits;
}

void count_host(const Link& link, LinkFacts& facts) {
  if (is_ip_address(link.host)) ++facts.addresses;
  if (link.host.find("xn--") != std::string::npos) ++facts.punycode;
  if (link.has_odd_port) ++facts.ports;
  if (link.has_user) ++facts.users;
  if (contains(kShorteners, link.domain) && ++facts.shorteners == 1) facts.shortener = link.domain;
  if (ends_with_any(link.host, std::begin(kFreeHosting), std::end(kFreeHosting))) ++facts.free_hosting;
  if (!is_ip_address(link.host)) {
    facts.most_labels =
        std::max(facts.most_labels, static_cast<std::size_t>(std::count(link.host.begin(), link.host.end(), '.')) + 1);
  }
  switch (tld_class(link.host)) {
    case TldClass::Common:
      ++facts.common_tld;
      break;
    case TldClass::Country:
      ++facts.country_tld;
      break;
    case TldClass::Cheap:
      ++facts.cheap_tld;
      break;
    default:
      break;
  }
}

/// "paypal.login.example", "paypal-login.example": a brand in a host that is not the brand's.
bool brand_elsewhere(const Link& link) {
  const std::string_view first_label = std::string_view(link.domain).substr(0, link.domain.find('.'));
  const NormalText words = normalise_text(link.host, 12);
  const std::string_view brand = brand_named_in(words);
  constexpr std::size_t kShortest = 5;  // "ups" and "ing" are parts of other words
  return brand.size() >= kShortest && first_label != brand;
}

void count_link(const Link& link, std::string_view sender_domain, LinkFacts& facts) {
  ++facts.links;
  count_host(link, facts);
  if (link.scheme == "http") ++facts.unencrypted;
  if (!sender_domain.empty() && link.domain != sender_domain) ++facts.foreign;
  if (!link.text_domain.empty() && link.text_domain != link.domain && ++facts.text_names_other == 1)
    facts.named_elsewhere = link.text_domain;
  if (std::find(facts.domains.begin(), facts.domains.end(), link.domain) == facts.domains.end()) {
    facts.domains.push_back(link.domain);
    if (!facts.brand_in_foreign_host && brand_elsewhere(link)) {
      facts.brand_in_foreign_host = true;
      facts.brand_host = link.host;
    }
  }
  facts.longest = std::max(facts.longest, link.url.size());
  facts.path_entropy += entropy(link.path());
}

bool stands_in(const Link& link, std::string_view footer) {
  if (footer.empty()) return false;
  if (footer.find(link.url) != std::string_view::npos) return true;
  return !link.text.empty() && footer.find(link.text) != std::string_view::npos;
}

}  // namespace

TldClass tld_class(std::string_view host) {
  if (host.empty() || is_ip_address(host)) return TldClass::None;
  const std::string_view tld = host.substr(host.rfind('.') + 1);
  if (contains(kCommonTlds, tld)) return TldClass::Common;
  if (contains(kCheapTlds, tld)) return TldClass::Cheap;
  return tld.size() == 2 ? TldClass::Country : TldClass::Other;
}

LinkFacts gather_links(const Message& message, std::string_view sender_domain, std::size_t max_urls) {
  LinkFacts facts;
  const std::string_view text_footer = list_footer(message.text);
  const std::string_view html_footer = list_footer(message.html_text);
  for (const Link& link : message.links) {
    if (stands_in(link, text_footer) || stands_in(link, html_footer)) continue;
    facts.own.push_back(&link);
    if (link.is_image) {
      ++facts.images;
    } else if (link.scheme == "mailto") {
      ++facts.mailtos;
    } else if (!link.host.empty() && facts.links < max_urls) {
      count_link(link, sender_domain, facts);
    }
  }
  if (facts.links > 0) facts.path_entropy /= static_cast<double>(facts.links);
  return facts;
}

}  // namespace winnow
