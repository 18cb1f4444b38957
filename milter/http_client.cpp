#include "milter/http_client.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <exception>
#include <vector>

namespace winnow {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Generic = asio::generic::stream_protocol;
using ErrorCode = beast::error_code;

constexpr std::uint64_t kMaxBody = 16u << 20;

/// All addresses of a host name: a server may listen on one of them only.
std::vector<Generic::endpoint> endpoints_of(const std::string& listen, asio::io_context& context) {
  if (listen.starts_with("unix:")) return {asio::local::stream_protocol::endpoint(listen.substr(5))};
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  std::vector<Generic::endpoint> endpoints;
  for (const auto& found : asio::ip::tcp::resolver(context).resolve(host, port))
    endpoints.emplace_back(found.endpoint());
  return endpoints;
}

/// Connect to the first address that answers, write, read: each step begins the next one.
class Exchange {
 public:
  explicit Exchange(const std::string& path) : request_(http::verb::get, path, 11) {
    request_.set(http::field::host, "winnow");
    response_.body_limit(kMaxBody);
  }

  /// The answer; throws what went wrong.
  HttpAnswer run(const std::string& listen, std::chrono::milliseconds timeout) {
    const std::vector<Generic::endpoint> endpoints = endpoints_of(listen, context_);
    stream_.expires_after(timeout);
    stream_.async_connect(endpoints, [this](ErrorCode failed, const Generic::endpoint&) {
      if (!step(failed)) return;
      http::async_write(stream_, request_, [this](ErrorCode broken, std::size_t) {
        if (!step(broken)) return;
        http::async_read(stream_, buffer_, response_, [this](ErrorCode ended, std::size_t) { step(ended); });
      });
    });
    context_.run();
    if (failed_) throw beast::system_error(failed_);
    return {response_.get().result_int(), std::move(response_.get().body())};
  }

 private:
  bool step(ErrorCode failed) {
    failed_ = failed;
    return !failed;
  }

  asio::io_context context_{1};
  beast::basic_stream<Generic> stream_{context_};
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> response_;
  ErrorCode failed_;
};

}  // namespace

std::optional<HttpAnswer> http_get(const std::string& listen, const std::string& path,
                                   std::chrono::milliseconds timeout, std::string& error) {
  try {
    return Exchange(path).run(listen, timeout);
  } catch (const beast::system_error& problem) {
    error = problem.code() == beast::error::timeout ? "no answer in time" : problem.code().message();
  } catch (const std::exception& problem) {
    error = problem.what();
  }
  return std::nullopt;
}

}  // namespace winnow
