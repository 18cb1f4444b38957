#include "milter/libmilter_server.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <netinet/in.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "config/ascii.h"
#include "milter/kept_session.h"
#include "milter/listen_socket.h"
#include "rules/action_forms.h"

namespace winnow {
namespace {

constexpr int kBacklog = 1024;  // libmilter's 20 is fewer than the smtpd processes of one busy Postfix
// Postfix passes headers up to header_size_limit (100 KiB), more than libmilter's 64 KiB: it would hang up.
constexpr std::size_t kMaxPacketBytes = (1u << 20) - 1;

constexpr unsigned long kActions =
    SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_QUARANTINE | SMFIF_SETSYMLIST;

// libmilter has no place for a user pointer before the first callback of a connection.
MailService* g_service = nullptr;

/// One connection of an MTA.
struct Connection {
  KeptSession kept;
  LeadingSpace leading_space = LeadingSpace::Sent;  // what Postfix and Sendmail agree to
  bool may_skip = false;
};

Connection* connection_of(SMFICTX* context) { return static_cast<Connection*>(::smfi_getpriv(context)); }

std::string_view macro(SMFICTX* context, const char* name) {
  const char* value = ::smfi_getsymval(context, const_cast<char*>(name));
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// What a callback keeps. These have promised to reply nothing: what cannot be kept shows at the end of the message.
template <typename Step>
sfsistat keep(SMFICTX* context, Step&& step) {
  if (Connection* connection = connection_of(context)) step(*connection);
  return SMFIS_NOREPLY;
}

std::string address_text(const _SOCK_ADDR* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == nullptr) return "";
  if (address->sa_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    ::inet_ntop(AF_INET6, &v6, text, sizeof text);
    if (IN6_IS_ADDR_V4MAPPED(&v6)) ::inet_ntop(AF_INET, &v6.s6_addr[12], text, sizeof text);
  }
  return text;
}

std::uint64_t declared_size(char** arguments) {
  for (char** argument = arguments; *argument != nullptr; ++argument) {
    const std::string_view text = *argument;
    if (!starts_ignoring_case(text, "SIZE=")) continue;
    std::uint64_t size = 0;
    std::from_chars(text.data() + 5, text.data() + text.size(), size);
    return size;
  }
  return 0;
}

void request_macros(SMFICTX* context) {
  const auto request = [context](int stage, const char* names) {
    (void)::smfi_setsymlist(context, stage, const_cast<char*>(names));  // refused: the MTA's own list is used
  };
  request(SMFIM_HELO, "{tls_version}");
  request(SMFIM_ENVFROM, "i {auth_authen} {mail_addr}");
  request(SMFIM_ENVRCPT, "i {rcpt_addr}");
  request(SMFIM_DATA, "i");
  request(SMFIM_EOH, "i");
  request(SMFIM_EOM, "i {auth_authen}");
}

sfsistat on_negotiate(SMFICTX* context, unsigned long actions, unsigned long protocol, unsigned long, unsigned long,
                      unsigned long* wanted_actions, unsigned long* wanted_protocol, unsigned long* reserved1,
                      unsigned long* reserved2) {
  Connection* connection = connection_of(context);
  if (connection == nullptr) {
    connection = new (std::nothrow) Connection;
    if (connection == nullptr) return SMFIS_REJECT;  // the MTA then does as its default action says
    (void)::smfi_setpriv(context, connection);
  }
  constexpr unsigned long kProtocol = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_DATA |
                                      SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_SKIP | SMFIP_HDR_LEADSPC;
  *wanted_actions = actions & kActions;
  *wanted_protocol |= protocol & kProtocol;  // beside what libmilter sets for the callbacks that are not there
  *reserved1 = *reserved2 = 0;
  connection->leading_space = (protocol & SMFIP_HDR_LEADSPC) != 0 ? LeadingSpace::Sent : LeadingSpace::Stripped;
  connection->may_skip = (protocol & SMFIP_SKIP) != 0;
  if ((actions & SMFIF_SETSYMLIST) != 0) request_macros(context);
  return SMFIS_CONTINUE;
}

sfsistat on_connect(SMFICTX* context, char* name, _SOCK_ADDR* address) {
  return keep(context, [&](Connection& connection) {
    connection.kept.keep_client([&](Session& session) {
      // Sendmail writes "[192.0.2.1]" for a client without a verified name.
      session.connect(name == nullptr || *name == '[' ? "" : name, address_text(address));
    });
  });
}

sfsistat on_helo(SMFICTX* context, char* name) {
  return keep(context, [&](Connection& connection) {
    connection.kept.keep_client([&](Session& session) { session.helo(name == nullptr ? "" : name); });
  });
}

sfsistat on_mail(SMFICTX* context, char** arguments) {
  return keep(context, [&](Connection& connection) {
    MessageStart start;
    start.sender = arguments[0] == nullptr ? "" : arguments[0];
    start.resolved = macro(context, "{mail_addr}");
    start.auth_user = macro(context, "{auth_authen}");
    start.tls = !macro(context, "{tls_version}").empty();
    start.declared_size = arguments[0] == nullptr ? 0 : declared_size(arguments + 1);
    connection.kept.begin_message(*g_service, start);
  });
}

/// The step of a callback that tells a part of the message.
template <typename Step>
sfsistat keep_message(SMFICTX* context, Step&& step) {
  return keep(context, [&](Connection& connection) { connection.kept.keep_message(step); });
}

sfsistat on_rcpt(SMFICTX* context, char** arguments) {
  return keep_message(context, [&](Session& session) {
    session.recipient(arguments[0] == nullptr ? "" : arguments[0], macro(context, "{rcpt_addr}"));
  });
}

sfsistat on_header(SMFICTX* context, char* name, char* value) {
  return keep(context, [&](Connection& connection) {
    connection.kept.keep_message(
        [&](Session& session) { session.header(name, value == nullptr ? "" : value, connection.leading_space); });
  });
}

sfsistat on_end_of_headers(SMFICTX* context) {
  return keep_message(context, [](Session& session) { session.end_of_headers(); });
}

sfsistat on_body(SMFICTX* context, unsigned char* chunk, size_t length) {
  auto wanted = Session::Body::Wanted;
  (void)keep(context, [&](Connection& connection) {
    connection.kept.keep_message([&](Session& session) {
      wanted = session.body({reinterpret_cast<const char*>(chunk), length});
    });
    if (!connection.may_skip) wanted = Session::Body::Wanted;
  });
  // Old Postfix sends the body's tail together with the end of message: SKIP would then be the only answer it ever gets.
  // A tail is shorter than a chunk, and after it there is nothing to skip.
  return wanted == Session::Body::Enough && length >= MILTER_CHUNK_SIZE ? SMFIS_SKIP : SMFIS_CONTINUE;
}

int apply(SMFICTX* context, const Modification& modification, LeadingSpace leading_space) {
  auto* name = const_cast<char*>(modification.name.c_str());
  std::string value = (leading_space == LeadingSpace::Sent ? " " : "") + modification.value;
  switch (modification.kind) {
    case Modification::Kind::RemoveHeader:
      return ::smfi_chgheader(context, name, static_cast<int>(modification.index), nullptr);
    case Modification::Kind::ChangeHeader:
      return ::smfi_chgheader(context, name, static_cast<int>(modification.index), value.data());
    case Modification::Kind::InsertHeader:
      return ::smfi_insheader(context, 0, name, value.data());
    case Modification::Kind::AddRecipient:
      return ::smfi_addrcpt(context, ("<" + modification.value + ">").data());
    case Modification::Kind::RemoveRecipient:
      return ::smfi_delrcpt(context, ("<" + modification.value + ">").data());
    case Modification::Kind::Quarantine: {
      std::string reason = modification.value;
      return ::smfi_quarantine(context, reason.data());
    }
  }
  return MI_FAILURE;
}

/// How many the MTA did not take. When a recipient cannot be added none is removed: mail to one too many is better than mail to none.
std::size_t apply_all(SMFICTX* context, const std::vector<Modification>& modifications, LeadingSpace leading_space) {
  std::size_t refused = 0;
  bool may_remove = true;
  for (const Modification& modification : modifications) {
    const bool is_removal = modification.kind == Modification::Kind::RemoveRecipient;
    const bool done = (may_remove || !is_removal) && apply(context, modification, leading_space) == MI_SUCCESS;
    if (!done) ++refused;
    if (!done && modification.kind == Modification::Kind::AddRecipient) may_remove = false;
  }
  return refused;
}

/// The lines of a reply as MTAs want them: "%" is the start of an escape to them.
std::vector<std::string> reply_lines(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back().append(c == '%' ? 2 : 1, c);
    }
  }
  return lines;
}

using ReplyLines = std::array<char*, kReplyLimits.lines>;

template <std::size_t... At>
void set_lines(SMFICTX* context, const char* code, const char* enhanced, const ReplyLines& lines,
               std::index_sequence<At...>) {
  (void)::smfi_setmlreply(context, code, enhanced, lines[At]..., nullptr);  // ends at the first null
}

/// Without memory for the text the reply goes without: MTAs have one of their own.
void set_reply_text(SMFICTX* context, const Reply& reply) noexcept {
  try {
    const std::string code = std::to_string(reply.code);
    const char* enhanced = reply.enhanced_code.empty() ? nullptr : reply.enhanced_code.c_str();
    std::vector<std::string> texts = reply_lines(reply.text);
    ReplyLines lines{};
    for (std::size_t i = 0; i < std::min(lines.size(), texts.size()); ++i) lines[i] = texts[i].data();
    set_lines(context, code.c_str(), enhanced, lines, std::make_index_sequence<kReplyLimits.lines>());
  } catch (const std::exception&) {
  }
}

sfsistat send_reply(SMFICTX* context, const Reply& reply) noexcept {
  if (reply.kind == Reply::Kind::Accept) return SMFIS_ACCEPT;
  if (reply.kind == Reply::Kind::Discard) return SMFIS_DISCARD;
  if (reply.code != 0) set_reply_text(context, reply);
  return reply.kind == Reply::Kind::Reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

sfsistat send_answer(SMFICTX* context, const Connection& connection, const Answer& answer) noexcept {
  const std::string_view queue_id = macro(context, "i");
  try {
    const std::size_t refused = apply_all(context, answer.modifications, connection.leading_space);
    if (refused > 0) g_service->note_refused(queue_id, refused);
    return send_reply(context, answer.reply);
  } catch (const std::exception& problem) {
    return send_reply(context, g_service->note_unsent(connection.kept.session(), queue_id, problem.what()));
  }
}

sfsistat on_end_of_message(SMFICTX* context) {
  const std::string_view queue_id = macro(context, "i");
  Connection* connection = connection_of(context);
  if (connection == nullptr)
    return send_reply(context, g_service->give_up(Session(), queue_id, "the connection could not be kept").reply);
  const Activity answering(g_service->answering(), SIZE_MAX);
  const Answer answer =
      connection->kept.answer(*g_service, queue_id, [context] { return ::smfi_progress(context) == MI_SUCCESS; });
  const sfsistat status = send_answer(context, *connection, answer);
  connection->kept.end_message();
  return status;
}

sfsistat on_abort(SMFICTX* context) {
  if (Connection* connection = connection_of(context)) connection->kept.end_message();
  return SMFIS_CONTINUE;
}

sfsistat on_close(SMFICTX* context) {
  delete connection_of(context);
  (void)::smfi_setpriv(context, nullptr);
  return SMFIS_CONTINUE;
}

smfiDesc description() {
  static char name[] = "winnow";
  smfiDesc filter{};
  filter.xxfi_name = name;
  filter.xxfi_version = SMFI_VERSION;
  filter.xxfi_flags = kActions;
  filter.xxfi_negotiate = on_negotiate;
  filter.xxfi_connect = on_connect;
  filter.xxfi_helo = on_helo;
  filter.xxfi_envfrom = on_mail;
  filter.xxfi_envrcpt = on_rcpt;
  filter.xxfi_header = on_header;
  filter.xxfi_eoh = on_end_of_headers;
  filter.xxfi_body = on_body;
  filter.xxfi_eom = on_end_of_message;
  filter.xxfi_abort = on_abort;
  filter.xxfi_close = on_close;
  return filter;
}

class Server : public LibmilterServer {
 public:
  explicit Server(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  bool open(const MilterSettings& settings, std::string& error);
  bool run() override { return ::smfi_main() == MI_SUCCESS; }
  void close_door() override { socket_file_.remove(); }
  bool is_reachable() const override { return socket_file_.is_in_place(); }
  const std::string& address() const override { return address_; }

 private:
  bool open_socket(const MilterSettings& settings, std::string& error);
  void adopt_tcp_socket(const std::vector<int>& before);

  Endpoint endpoint_;
  std::string address_;
  OwnSocketFile socket_file_;
};

bool Server::open_socket(const MilterSettings& settings, std::string& error) {
  const UmaskFor umask(settings.socket_mode);
  std::string connection = endpoint_.to_string();
  if (::smfi_setconn(connection.data()) == MI_SUCCESS && ::smfi_opensocket(false) == MI_SUCCESS) return true;
  error = "cannot listen on " + connection + ": " + why_not_bound(endpoint_);
  return false;
}

/// libmilter keeps its descriptor to itself: it is the listening one that was not there before.
void Server::adopt_tcp_socket(const std::vector<int>& before) {
  for (const int descriptor : listening_descriptors()) {
    if (std::find(before.begin(), before.end(), descriptor) != before.end()) continue;
    set_no_delay(descriptor);
    endpoint_.port = std::to_string(bound_port(descriptor));
  }
}

bool Server::open(const MilterSettings& settings, std::string& error) {
  const bool is_unix = endpoint_.family == Endpoint::Family::Unix;
  if (is_unix && !remove_stale_socket(endpoint_.path, error)) return false;
  (void)::smfi_setbacklog(kBacklog);
  // smfi_settimeout() stays at libmilter's 7,210 s: whatever is shorter than a pause of an SMTP session would fail its mail.
  (void)::smfi_setmaxdatasize(kMaxPacketBytes);
  if (::smfi_register(description()) != MI_SUCCESS) {
    error = "libmilter refuses the filter's description";
    return false;
  }
  const std::vector<int> before = listening_descriptors();
  if (!open_socket(settings, error)) return false;
  if (is_unix) {
    socket_file_ = OwnSocketFile(endpoint_.path);
    if (!share_socket(endpoint_.path, settings.socket_mode, settings.socket_group, error)) {
      close_door();
      return false;
    }
  } else {
    adopt_tcp_socket(before);
  }
  address_ = endpoint_.to_string();
  return true;
}

}  // namespace

std::unique_ptr<LibmilterServer> LibmilterServer::listen(const MilterSettings& settings, MailService& service,
                                                         std::string& error) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(settings.socket, error);
  if (!endpoint) return nullptr;
  auto server = std::make_unique<Server>(*endpoint);
  g_service = &service;
  if (!server->open(settings, error)) return nullptr;
  return server;
}

}  // namespace winnow
