#include "milter/http_endpoint.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <exception>
#include <list>
#include <optional>
#include <thread>
#include <utility>

#include "milter/listen_socket.h"

namespace winnow {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Generic = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Generic>;
using Stream = beast::basic_stream<Generic>;
using Response = http::response<http::string_body>;

constexpr unsigned kSocketMode = 0660;  // of a unix socket

Response respond(const http::request<http::empty_body>& request, const HttpRoutes& routes) {
  Response response{http::status::ok, request.version()};
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  const std::string_view asked(request.target().data(), request.target().size());
  const std::string_view target = asked.substr(0, asked.find('?'));
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    response.result(http::status::method_not_allowed);
    response.body() = "only GET\n";
  } else if (target == "/metrics") {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = routes.metrics();
  } else if (target == "/livez") {
    response.body() = "alive\n";
  } else if (target == "/readyz") {
    const std::string why_not = routes.why_not_ready();
    if (!why_not.empty()) response.result(http::status::service_unavailable);
    response.body() = why_not.empty() ? "ready\n" : "not ready: " + why_not + "\n";
  } else {
    response.result(http::status::not_found);
    response.body() = "there is /metrics, /livez and /readyz\n";
  }
  response.keep_alive(false);
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

class Exchange;

/// The exchanges under way; only the server's thread touches it.
struct Exchanges {
  std::size_t open = 0;
  std::list<Exchange*> waiting;  // for their request, the oldest first
};

/// One request, one answer, then the connection is closed.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Stream stream, const HttpRoutes& routes, const HttpLimits& limits, Exchanges& all)
      : stream_(std::move(stream)), routes_(routes), limits_(limits), all_(all) {
    ++all_.open;
  }
  ~Exchange() {
    all_.waiting.remove(this);
    --all_.open;
  }

  void start() {
    all_.waiting.push_back(this);
    parser_.header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
    stream_.expires_after(limits_.timeout);
    // Only the header: a body that comes with it, of a POST, is not even looked at.
    http::async_read_header(stream_, buffer_, parser_,
                            [self = shared_from_this()](beast::error_code failed, std::size_t) {
                              if (!failed) self->answer();
                            });
  }

  /// What waits on the connection ends, and the exchange with it.
  void hang_up() {
    all_.waiting.remove(this);
    stream_.close();
  }

 private:
  void answer() {
    all_.waiting.remove(this);
    response_ = respond(parser_.get(), routes_);
    stream_.expires_after(limits_.timeout);
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code, std::size_t) {
      beast::error_code ignored;
      self->stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    });
  }

  Stream stream_;
  const HttpRoutes& routes_;
  const HttpLimits limits_;
  Exchanges& all_;
  beast::flat_buffer buffer_{16384};
  http::request_parser<http::empty_body> parser_;
  Response response_;
};

class Server : public HttpEndpoint {
 public:
  Server(HttpRoutes routes, const HttpLimits& limits) : routes_(std::move(routes)), limits_(limits) {}
  ~Server() override {
    socket_file_.remove();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  bool open(const std::string& listen, std::string& error);
  void close_door() override { socket_file_.remove(); }
  const std::string& address() const override { return address_; }

 private:
  bool bind_to(const Generic::endpoint& endpoint, std::string& error);
  void accept_next();
  bool make_room();
  void serve();

  const HttpRoutes routes_;
  const HttpLimits limits_;
  Exchanges exchanges_;
  asio::io_context context_{1};
  Acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  std::string address_;
  OwnSocketFile socket_file_;
  std::thread thread_;
};

std::optional<asio::ip::tcp::endpoint> tcp_endpoint(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  unsigned short port = 0;
  const char* end = listen.data() + listen.size();
  const auto [stop, bad] = std::from_chars(listen.data() + colon + 1, end, port);
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(host, failed);
  if (bad != std::errc() || stop != end || failed) return std::nullopt;
  return asio::ip::tcp::endpoint(address, port);
}

bool Server::bind_to(const Generic::endpoint& endpoint, std::string& error) {
  boost::system::error_code failed;
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed && endpoint.protocol().family() == AF_UNIX) {
    keep_narrow(acceptor_.native_handle(), kSocketMode);
  } else if (!failed) {
    acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  }
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) error = failed.message();
  return !failed;
}

bool Server::open(const std::string& listen, std::string& error) {
  address_ = listen;
  if (listen.starts_with("unix:")) {
    const std::string path = listen.substr(5);
    if (!remove_stale_socket(path, error)) return false;
    if (!bind_to(asio::local::stream_protocol::endpoint(path), error)) return false;
    socket_file_ = OwnSocketFile(path);
    if (!share_socket(path, kSocketMode, "", error)) return false;
  } else {
    const auto endpoint = tcp_endpoint(listen);
    if (!endpoint) {
      error = "'" + listen + "' is neither ADDRESS:PORT nor unix:PATH";
      return false;
    }
    if (!bind_to(*endpoint, error)) return false;
    address_ = listen.substr(0, listen.rfind(':') + 1) + std::to_string(bound_port(acceptor_.native_handle()));
  }
  accept_next();
  thread_ = std::thread([this] { serve(); });
  return true;
}

void Server::serve() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception&) {
      // Memory ran out in one exchange: that one is lost, the others go on.
    }
  }
}

void Server::accept_next() {
  acceptor_.async_accept([this](beast::error_code failed, Generic::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    if (failed) {  // out of descriptors, most likely: accepting again at once would spin
      pause_.expires_after(std::chrono::milliseconds(100));
      pause_.async_wait([this](beast::error_code stopped) {
        if (!stopped) accept_next();
      });
      return;
    }
    accept_next();  // first: an exchange that throws must not be the last one
    if (make_room()) std::make_shared<Exchange>(Stream(std::move(socket)), routes_, limits_, exchanges_)->start();
  });
}

/// Who connects and asks nothing must not keep those out who have something to ask.
bool Server::make_room() {
  if (exchanges_.open < limits_.max_connections) return true;
  if (exchanges_.waiting.empty()) return false;
  exchanges_.waiting.front()->hang_up();
  return true;
}

}  // namespace

std::unique_ptr<HttpEndpoint> HttpEndpoint::start(const std::string& listen, HttpRoutes routes, std::string& error,
                                                  const HttpLimits& limits) {
  try {
    auto server = std::make_unique<Server>(std::move(routes), limits);
    if (server->open(listen, error)) return server;
  } catch (const std::exception& problem) {
    error = problem.what();
  }
  error = "cannot serve HTTP on " + listen + ": " + error;
  return nullptr;
}

}  // namespace winnow
