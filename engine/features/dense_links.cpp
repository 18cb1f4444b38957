// dense_links.cpp - dense features of links.
#include "engine/features/dense_table.h"

namespace winnow {
namespace {

using F = const MessageFacts&;

double count(std::size_t value) { return static_cast<double>(value); }
float of_links(std::size_t part, F f) { return share(count(part), count(f.links.links)); }

}  // namespace

std::vector<DenseRow> link_rows() {
  return {
      {{"links", "links that can be clicked", "0..1, log 50", "links", "number of links"},
       [](F f) { return log_scaled(count(f.links.links), 50); }},
      {{"link_domains", "different registrable domains linked to", "0..1, log 20", "links", "links to several domains"},
       [](F f) { return log_scaled(count(f.links.domains.size()), 20); }},
      {{"link_density", "links per 100 words", "0..1, log 30", "links, text", "links for so little text"},
       [](F f) { return log_scaled(100 * count(f.links.links) / (count(f.body.words) + 10), 30); }},
      {{"link_text_other_host", "links whose text names another domain than they lead to", "0..1, log 4", "links",
        "link text names {}, target does not"},
       [](F f) { return log_scaled(count(f.links.text_names_other), 4); },
       [](F f) { return std::string(f.links.named_elsewhere); }},
      {{"link_foreign", "share of links that leave the sender's registrable domain", "0..1", "links, From",
        "links lead away from the sender's domain"},
       [](F f) { return of_links(f.links.foreign, f); }},
      {{"link_shortener", "links by a URL shortener", "0..1, log 3", "links", "a link by the URL shortener {}"},
       [](F f) { return log_scaled(count(f.links.shorteners), 3); },
       [](F f) { return std::string(f.links.shortener); }},
      {{"link_free_hosting", "links to hosts where anybody can put pages", "0..1, log 3", "links",
        "a link to a host where anybody can put pages"},
       [](F f) { return log_scaled(count(f.links.free_hosting), 3); }},
      {{"link_ip_address", "links to a bare IP address", "0..1, log 3", "links", "a link to a bare IP address"},
       [](F f) { return log_scaled(count(f.links.addresses), 3); }},
      {{"link_punycode", "links to internationalised host names", "0..1, log 3", "links",
        "a link to an internationalised host name"},
       [](F f) { return log_scaled(count(f.links.punycode), 3); }},
      {{"link_port", "links with an unusual port", "0..1, log 3", "links", "a link with an unusual port"},
       [](F f) { return log_scaled(count(f.links.ports), 3); }},
      {{"link_user_part", "links with a user name before the host", "0..1, log 3", "links",
        "a link with a user name before the host"},
       [](F f) { return log_scaled(count(f.links.users), 3); }},
      {{"link_many_labels", "labels of the deepest host beyond three", "0..1, log 6", "links",
        "a link to a host name of many parts"},
       [](F f) { return log_scaled(count(f.links.most_labels) - 3, 6); }},
      {{"link_longest", "characters of the longest URL beyond 60", "0..1, log 1000", "links", "a very long link"},
       [](F f) { return log_scaled(count(f.links.longest) - 60, 1000); }},
      {{"link_path_entropy", "mean bits per character of the URL paths, over 6", "0..1", "links",
        "how the links' paths are made"},
       [](F f) { return share(f.links.path_entropy, 6); }},
      {{"link_unencrypted", "share of links by http", "0..1", "links", "links without encryption"},
       [](F f) { return of_links(f.links.unencrypted, f); }},
      {{"link_common_tld", "share of links to com, net, org and the like", "0..1", "links",
        "links to com, net, org and the like"},
       [](F f) { return of_links(f.links.common_tld, f); }},
      {{"link_country_tld", "share of links to countries' domains", "0..1", "links", "links to countries' domains"},
       [](F f) { return of_links(f.links.country_tld, f); }},
      {{"link_cheap_tld", "share of links to top-level domains sold cheaply and abused much", "0..1", "links",
        "a link to a top-level domain sold cheaply and abused much"},
       [](F f) { return of_links(f.links.cheap_tld, f); }},
      {{"link_brand_elsewhere", "a known brand in a host that is not the brand's", "0, 1", "links",
        "link to {}, whose name borrows a brand"},
       [](F f) { return flag(f.links.brand_in_foreign_host); },
       [](F f) { return std::string(f.links.brand_host); }},
      {{"link_mailto", "links that write a mail", "0..1, log 3", "links", "links that write a mail"},
       [](F f) { return log_scaled(count(f.links.mailtos), 3); }},
  };
}

}  // namespace winnow
