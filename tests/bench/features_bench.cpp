// features_bench.cpp - processor time of reading a message and extracting its features, over invented mail of
// three sizes. Run: build/release/bin/bench_features
#include <benchmark/benchmark.h>

#include <string>

#include "engine/features/features.h"
#include "engine/message/message.h"

namespace {

/// Sentences of words that differ, as in real text.
std::string prose(std::size_t bytes, const std::string& line_end, std::uint32_t seed = 1) {
  static const char* const kWords[] = {"garden",  "library", "meeting", "spring", "invoice", "parcel",
                                       "river",   "update",  "report",  "window", "summer",  "letter",
                                       "account", "journey", "music",   "bread"};
  std::string text;
  std::uint32_t state = seed;
  while (text.size() < bytes) {
    for (int i = 0; i < 12; ++i) {
      state = state * 1664525 + 1013904223;
      text += kWords[state >> 28];
      text += static_cast<char>('a' + (state >> 20) % 26);
      text += ' ';
    }
    text += line_end;
  }
  return text;
}

std::string plain_mail(std::size_t bytes) {
  return "From: Ann Lee <ann@shop.com>\nTo: bob@home.com\nSubject: Minutes of the spring meeting\n"
         "Date: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@shop.com>\nMIME-Version: 1.0\n"
         "Content-Type: text/plain; charset=utf-8\n\n" +
         prose(bytes, "\n") + "https://shop.com/minutes\n";
}

std::string newsletter(std::size_t bytes) {
  std::string html =
      "<html><head><style>p{margin:0}</style></head><body><div style=\"display:none\">Preview</div><table>";
  std::uint32_t number = 0;
  while (html.size() < bytes) {
    const std::string name = std::to_string(++number);
    html += "<tr><td style=\"font-family:Arial,sans-serif;font-size:14px;color:#333333;padding:0 10px\">";
    html += "<a href=\"https://shop.com/p/" + name + "?utm_source=mail&amp;utm_campaign=spring\">";
    html += "<img src=\"https://cdn.shop.com/" + name + ".png\" width=\"100\" height=\"80\"></a>&nbsp;";
    html += prose(200, "<br>", number) + "</td></tr>\n";
  }
  return "From: Shop <news@shop.com>\nTo: bob@home.com\nSubject: =?utf-8?Q?Spring_sale_=F0=9F=8C=B7?=\n"
         "Date: Mon, 2 Mar 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/alternative; "
         "boundary=b\n\n"
         "--b\nContent-Type: text/plain; charset=utf-8\n\n" +
         prose(bytes / 10, "\n") + "\n--b\nContent-Type: text/html; charset=utf-8\n\n" + html +
         "</table></body></html>\n--b--\n";
}

std::string mail_of_kind(std::int64_t kind) {
  switch (kind) {
    case 0:
      return plain_mail(5u << 10);
    case 1:
      return newsletter(40u << 10);
    default:
      return newsletter(400u << 10);
  }
}

void parse(benchmark::State& state) {
  const winnow::MailInput input = winnow::mail_from_bytes(mail_of_kind(state.range(0)), 1u << 20);
  for (auto _ : state) benchmark::DoNotOptimize(winnow::read_message(input));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * input.raw.size()));
}

void extract(benchmark::State& state) {
  const winnow::Message message =
      winnow::read_message(winnow::mail_from_bytes(mail_of_kind(state.range(0)), 1u << 20));
  const winnow::FeatureExtractor extractor(1u << 18);
  std::size_t tokens = 0;
  for (auto _ : state) {
    const winnow::Features features = extractor.extract(message);
    tokens = features.tokens.size();
    benchmark::DoNotOptimize(features);
  }
  state.counters["tokens"] = static_cast<double>(tokens);
}

BENCHMARK(parse)
    ->ArgName("0=5K_text,1=40K_html,2=400K_html")
    ->DenseRange(0, 2)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(extract)
    ->ArgName("0=5K_text,1=40K_html,2=400K_html")
    ->DenseRange(0, 2)
    ->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
