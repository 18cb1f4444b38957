#include "config/http_url.h"

#include <gtest/gtest.h>

namespace winnow {
namespace {

TEST(HttpUrl, ReadsHostPortAndPath) {
  EXPECT_EQ(parse_http_url("http://gpu1.example:8000"), (HttpUrl{false, "gpu1.example", 8000, ""}));
  EXPECT_EQ(parse_http_url("http://192.0.2.7/"), (HttpUrl{false, "192.0.2.7", 80, ""}));
  EXPECT_EQ(parse_http_url("https://pool.example/serve/a/"), (HttpUrl{true, "pool.example", 443, "/serve/a"}));
  EXPECT_EQ(parse_http_url("https://[2001:db8::1]:8443"), (HttpUrl{true, "2001:db8::1", 8443, ""}));
}

TEST(HttpUrl, RefusesWhatNamesNoServer) {
  for (const char* text :
       {"",           "http://",        "gpu:8000",     "ftp://a",    "http://a:0",   "http://a:65536",
        "http://a:",  "http://a:8x",    "http://u:p@a", "http://a?b", "http://a/b?c", "http://a/b#c",
        "http://a b", "http://a/\r\nb", "http://[::1",  "http://[a]", "http://::1",   "http://-a",
        "http:///v2", "HTTP://a/\x80"}) {
    EXPECT_FALSE(parse_http_url(text)) << text;
  }
}

TEST(HttpUrl, NamesTheServerAsTheHostHeaderDoes) {
  EXPECT_EQ(authority_of(*parse_http_url("http://gpu.example")), "gpu.example:80");
  EXPECT_EQ(authority_of(*parse_http_url("http://[::1]:8000/a")), "[::1]:8000");
}

}  // namespace
}  // namespace winnow
