// setting_checks.h - the spellings that single settings must have; each answers "" or what the value must be.
//
// Fails:   never.
// Source:  libmilter's smfi_setconn (socket spellings), unix(7) (length of a socket path), RFC 8601 2.5 (authserv-id).
#pragma once

#include <string>

namespace winnow {

std::string check_milter_socket(const std::string& text);   // unix:PATH | inet:PORT@ADDRESS | inet6:PORT@ADDRESS
std::string check_listen_address(const std::string& text);  // "" | ADDRESS:PORT | unix:PATH
std::string check_address_to_ask(const std::string& text);  // the same, and HOST:PORT: a client may look names up
std::string check_group_name(const std::string& text);
std::string check_sha256(const std::string& text);
std::string check_device(const std::string& text);
std::string check_pool_url(const std::string& text);  // http[s]://HOST[:PORT][/PREFIX]
std::string check_pool_model(const std::string& text);
std::string check_device_of_list(const std::string& text);
std::string check_authserv_id(const std::string& text);
std::string check_skip_entry(const std::string& text);
std::string check_flag_name(const std::string& text);
std::string check_flag_value(const std::string& text);
std::string check_currency(const std::string& text);  // ISO 4217: three capitals

}  // namespace winnow
