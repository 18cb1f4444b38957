#include "engine/remote/http_connection.h"

#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#include "engine/remote/inference_protocol.h"

namespace winnow {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;

class TlsTrust {
 public:
  ssl::context context{ssl::context::tls_client};
};

namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = HttpConnection::TimePoint;
using TlsStream = ssl::stream<Tcp::socket>;

constexpr std::uint32_t kMaxHeaderBytes = 16384;

/// Everything that handlers touch. They share it, so that one which comes late (a name server's answer after the time
/// limit) finds it alive.
template <typename Stream>
struct Link {
  template <typename... Arguments>
  explicit Link(Arguments&&... arguments) : stream(std::forward<Arguments>(arguments)...) {}

  Tcp::socket& socket() {
    if constexpr (std::is_same_v<Stream, Tcp::socket>) {
      return stream;
    } else {
      return stream.next_layer();
    }
  }

  Stream stream;
  beast::flat_buffer buffer{kMaxHeaderBytes + 65536};
  http::request<http::span_body<const char>> request;
  std::optional<http::response_parser<http::string_body>> parser;
};

HttpResult fault(HttpFault kind, std::string sentence) { return {kind, std::move(sentence), {}}; }

HttpFault fault_of(const Failure& failed) {
  if (failed == asio::error::timed_out) return HttpFault::Timeout;
  const bool of_http = failed.category() == http::make_error_code(http::error::bad_version).category();
  // A connection that ends in the middle of an answer is Beast's partial_message, before it end_of_stream.
  if (of_http && failed != http::error::partial_message && failed != http::error::end_of_stream)
    return HttpFault::Answer;
  return HttpFault::Cut;
}

template <typename Stream>
class Connection : public HttpConnection {
 public:
  Connection(HttpUrl url, std::shared_ptr<TlsTrust> trust, std::string token, std::chrono::seconds longest_idle)
      : url_(std::move(url)), trust_(std::move(trust)), token_(std::move(token)), longest_idle_(longest_idle) {}
  ~Connection() override { close(); }

  HttpResult call(const HttpCall& call, TimePoint until) override {
    try {
      return call_with_fresh_link_if_stale(call, until);
    } catch (const std::exception& error) {
      close();
      return fault(HttpFault::Cut, error.what());
    }
  }

 private:
  HttpResult call_with_fresh_link_if_stale(const HttpCall& call, TimePoint until) {
    if (link_ && !is_usable()) close();
    if (link_) {
      HttpResult result = exchange(call, until);
      result.reused = true;
      // The server closes idle connections when it likes; only an answer that has begun tells that it got the request.
      const bool stale = result.fault == HttpFault::Cut && !heard_;
      if (!stale) return result;
    }
    if (HttpResult result = open(until); result.fault != HttpFault::None) {
      close();
      return result;
    }
    return exchange(call, until);
  }

  /// False when a kept connection was idle for too long, or the server has ended it, or spoken on it unasked: that would be
  /// taken for the next answer.
  bool is_usable() {
    if (Clock::now() - latest_answer_ >= longest_idle_) return false;
    if constexpr (std::is_same_v<Stream, TlsStream>) {  // records that came in one read with the answer
      SSL* tls = link_->stream.native_handle();
      if (SSL_pending(tls) > 0 || BIO_ctrl_pending(SSL_get_rbio(tls)) > 0) return false;
    }
    pollfd waits{link_->socket().native_handle(), POLLIN | POLLRDHUP, 0};
    return ::poll(&waits, 1, 0) == 0;
  }

  /// Runs one asynchronous step until it is done or the time is over; then it is cancelled by closing the socket.
  template <typename Start>
  Failure await(TimePoint until, Start&& start) {
    const auto outcome = std::make_shared<std::optional<Failure>>();
    start([outcome, link = link_](const Failure& failed, auto&&...) { *outcome = failed; });
    context_.restart();
    while (!*outcome && context_.run_one_until(until) > 0) {
    }
    if (*outcome) return **outcome;
    resolver_.cancel();
    close();
    return asio::error::timed_out;
  }

  HttpResult open(TimePoint until) {
    close();
    link_ = make_link();
    const auto places = std::make_shared<Tcp::resolver::results_type>();
    Failure failed = await(until, [&](auto done) {
      resolver_.async_resolve(url_.host, std::to_string(url_.port), Tcp::resolver::numeric_service,
                              [done, places](const Failure& unresolved, Tcp::resolver::results_type found) {
                                *places = std::move(found);
                                done(unresolved);
                              });
    });
    if (failed) return could_not("find", failed);
    failed = connect(*places, until);
    if (failed) return could_not("connect to", failed);
    link_->socket().set_option(Tcp::no_delay(true), failed);
    link_->socket().set_option(asio::socket_base::keep_alive(true), failed);
    return secure(until);
  }

  /// One address after the other, until one of them answers.
  Failure connect(const Tcp::resolver::results_type& places, TimePoint until) {
    Failure failed = asio::error::host_not_found;
    std::size_t left = places.size();
    for (const auto& place : places) {
      close();
      link_ = make_link();
      const TimePoint turn_ends = end_of_turn(Clock::now(), until, left--);
      failed = await(turn_ends, [&](auto done) { link_->socket().async_connect(place.endpoint(), done); });
      if (!failed) break;
    }
    return failed;
  }

  std::shared_ptr<Link<Stream>> make_link() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      return std::make_shared<Link<Stream>>(context_, trust_->context);
    } else {
      return std::make_shared<Link<Stream>>(context_);
    }
  }

  HttpResult secure([[maybe_unused]] TimePoint until) {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      link_->stream.set_verify_callback(ssl::host_name_verification(url_.host));
      Failure not_an_address;
      asio::ip::make_address(url_.host, not_an_address);
      // RFC 6066 3: a literal address is no server name.
      if (not_an_address) SSL_set_tlsext_host_name(link_->stream.native_handle(), url_.host.c_str());
      const Failure failed =
          await(until, [&](auto done) { link_->stream.async_handshake(ssl::stream_base::client, done); });
      if (failed == asio::error::timed_out) return timed_out("agreed on TLS");
      if (failed) return fault(HttpFault::Tls, "TLS with " + authority_of(url_) + ": " + failed.message());
    }
    return {};
  }

  HttpResult could_not(const std::string& what, const Failure& failed) const {
    if (failed == asio::error::timed_out) return timed_out("let itself be found and connected to");
    return fault(HttpFault::Refused, "cannot " + what + " " + authority_of(url_) + ": " + failed.message());
  }

  HttpResult timed_out(const std::string& what) const {
    return fault(HttpFault::Timeout, authority_of(url_) + " has not " + what + " in time");
  }

  HttpResult exchange(const HttpCall& call, TimePoint until) {
    heard_ = false;
    const Failure failed = transfer(call, until);
    heard_ = !link_ || link_->parser->got_some();
    if (failed) {
      close();
      if (failed == asio::error::timed_out) return timed_out("answered");
      return fault(fault_of(failed), authority_of(url_) + ": " + failed.message());
    }
    HttpResult result{HttpFault::None, {}, take_answer()};
    // An interim answer (RFC 9110 15.2) was never asked for, and the final one would meet the next request.
    const bool reusable = link_->parser->keep_alive() && link_->buffer.size() == 0 && result.answer.status >= 200;
    if (!reusable) close();
    latest_answer_ = Clock::now();
    return result;
  }

  Failure transfer(const HttpCall& call, TimePoint until) {
    Link<Stream>& link = *link_;
    prepare(link, call);
    Failure failed = await(until, [&](auto done) { http::async_write(link.stream, link.request, done); });
    // A server may answer without reading all of a request that it refuses.
    if (failed == asio::error::timed_out || failed == asio::error::connection_reset) return failed;
    Failure unread =
        await(until, [&](auto done) { http::async_read_header(link.stream, link.buffer, *link.parser, done); });
    if (unread) return failed ? failed : unread;
    return await(until, [&](auto done) { http::async_read(link.stream, link.buffer, *link.parser, done); });
  }

  void prepare(Link<Stream>& link, const HttpCall& call) const {
    link.request = {call.body.empty() ? http::verb::get : http::verb::post, url_.path + call.target, 11};
    link.request.set(http::field::host, authority_of(url_));
    link.request.set(http::field::user_agent, "winnow");
    if (!token_.empty()) link.request.set(http::field::authorization, "Bearer " + token_);
    if (!call.body.empty()) {
      link.request.set(http::field::content_type, call.json_bytes ? "application/octet-stream" : "application/json");
      if (call.json_bytes) link.request.set(kJsonLengthHeader, std::to_string(*call.json_bytes));
      link.request.body() = {call.body.data(), call.body.size()};
    }
    link.request.prepare_payload();
    link.parser.emplace();
    link.parser->header_limit(kMaxHeaderBytes);
    link.parser->body_limit(call.max_answer_bytes);
  }

  ServerAnswer take_answer() {
    auto& message = link_->parser->get();
    ServerAnswer answer{message.result_int(), std::move(message.body()), std::nullopt};
    const auto length = message[kJsonLengthHeader];
    std::size_t json_bytes = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), json_bytes);
    if (!length.empty()) {
      const bool whole = error == std::errc() && end == length.data() + length.size();
      answer.json_bytes = whole ? json_bytes : SIZE_MAX;  // more than any body has: refused with the answer
    }
    return answer;
  }

  /// Ends what is under way; its handlers run now, except that of the resolver, which comes when it comes.
  void close() {
    if (!link_) return;
    Failure ignored;
    link_->socket().close(ignored);
    link_.reset();
    context_.restart();
    context_.poll();
  }

  const HttpUrl url_;
  const std::shared_ptr<TlsTrust> trust_;
  const std::string token_;
  const std::chrono::seconds longest_idle_;
  asio::io_context context_{1};
  Tcp::resolver resolver_{context_};
  std::shared_ptr<Link<Stream>> link_;
  TimePoint latest_answer_{};
  bool heard_ = false;  // a byte of the answer to the latest request
};

}  // namespace

std::shared_ptr<TlsTrust> make_tls_trust(const std::filesystem::path& ca_file, std::string& error) {
  try {
    auto trust = std::make_shared<TlsTrust>();
    trust->context.set_verify_mode(ssl::verify_peer);
    trust->context.set_options(ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                               ssl::context::no_tlsv1_1);
    if (ca_file.empty()) {
      trust->context.set_default_verify_paths();
    } else {
      trust->context.load_verify_file(ca_file.string());
    }
    return trust;
  } catch (const std::exception& problem) {
    error = (ca_file.empty() ? "cannot use the system's certificates: "
                             : "cannot use the certificates in " + ca_file.string() + ": ") +
            std::string(problem.what());
    return nullptr;
  }
}

TimePoint end_of_turn(TimePoint now, TimePoint until, std::size_t left) {
  if (left <= 1 || now >= until) return until;
  return now + (until - now) / static_cast<TimePoint::rep>(left);
}

std::unique_ptr<HttpConnection> make_http_connection(const HttpUrl& url, std::shared_ptr<TlsTrust> trust,
                                                     const std::string& token, std::chrono::seconds longest_idle) {
  if (url.tls) return std::make_unique<Connection<TlsStream>>(url, std::move(trust), token, longest_idle);
  return std::make_unique<Connection<Tcp::socket>>(url, std::move(trust), token, longest_idle);
}

}  // namespace winnow
