#include "milter/session.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>

#include "config/ascii.h"

namespace winnow {
namespace {

std::string_view without_brackets(std::string_view address) {
  if (address.size() >= 2 && address.front() == '<' && address.back() == '>') {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

/// What the MTA made of an address is what it delivers to, whatever the client wrote ("a%b@here", "b!a"). Sendmail names a
/// local user only, which is no address.
std::string_view understood(std::string_view written, std::string_view resolved) {
  const bool is_address = resolved.find('@') != std::string_view::npos;
  return is_address ? without_brackets(resolved) : without_brackets(written);
}

/// MTAs hand folds over as "\n" (or "\r\n"); the raw message has CRLF throughout.
void append_with_crlf(std::string& out, std::string_view text) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    out += text.substr(0, end);
    if (!out.ends_with('\r')) out += '\r';
    out += '\n';
    text.remove_prefix(end + 1);
  }
  out += text;
}

std::size_t count_of(const std::vector<HeaderCount>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0},
                         [](std::size_t sum, const HeaderCount& one) { return sum + one.count; });
}

/// Of the name; added with none yet.
HeaderCount& count_for(std::string_view name, std::vector<HeaderCount>& counts) {
  const auto known = std::find_if(counts.begin(), counts.end(),
                                  [name](const HeaderCount& one) { return equal_ignoring_case(one.name, name); });
  return known == counts.end() ? counts.emplace_back(HeaderCount{std::string(name), 0}) : *known;
}

}  // namespace

void Session::connect(std::string_view client_name, std::string_view client_ip) {
  reset_message();
  client_name_ = client_name.substr(0, limits_.max_address_bytes);
  client_ip_ = client_ip;
}

void Session::helo(std::string_view name) { helo_ = name.substr(0, limits_.max_address_bytes); }

void Session::mail(std::shared_ptr<const Snapshot> snapshot, const MessageStart& start) {
  reset_message();
  snapshot_ = std::move(snapshot);
  declared_size_ = start.declared_size;
  Envelope& envelope = input_.envelope;
  envelope.present = true;
  envelope.client_ip = client_ip_;
  envelope.client_name = client_name_;
  envelope.helo = helo_;
  envelope.mail_from = understood(start.sender, start.resolved).substr(0, limits_.max_address_bytes);
  envelope.auth_user = start.auth_user.substr(0, limits_.max_address_bytes);
  envelope.tls = start.tls;
  envelope.arrived =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  skipped_by_ = snapshot_->skip.entry_for(envelope);
}

void Session::recipient(std::string_view address, std::string_view resolved) {
  if (!in_message()) return;
  if (input_.envelope.recipients.size() >= limits_.max_recipients) {
    ++input_.envelope.unseen_recipients;
    return;
  }
  input_.envelope.recipients.emplace_back(understood(address, resolved).substr(0, limits_.max_address_bytes));
  input_.envelope.written_recipients.emplace_back(without_brackets(address).substr(0, limits_.max_address_bytes));
}

bool Session::is_result_header(std::string_view name) const {
  return equal_ignoring_case(name, "X-Spam") || starts_ignoring_case(name, "X-Spam-") ||
         equal_ignoring_case(name, "X-Winnow") || starts_ignoring_case(name, "X-Winnow-") ||
         equal_ignoring_case(name, snapshot_->settings.headers.flag_name);
}

/// Of the result headers, those by which Sieve scripts and mail programs sort: a flood of others must not save one of these.
bool Session::is_looked_for(std::string_view name) const {
  static constexpr std::string_view kNames[] = {"X-Spam",       "X-Spam-Flag",  "X-Spam-Status",
                                                "X-Spam-Level", "X-Spam-Score", "X-Winnow"};
  const auto is_same = [name](std::string_view other) { return equal_ignoring_case(name, other); };
  return std::any_of(std::begin(kNames), std::end(kNames), is_same) || is_same(snapshot_->settings.headers.flag_name);
}

void Session::count_forged(std::string_view name) {
  const bool by_itself = is_looked_for(name);
  std::size_t& counted = by_itself ? count_for(name, forged_).count : forged_others_;
  if (counted >= limits_.max_removed_headers) {
    ++forged_left_;
    return;
  }
  ++counted;
  if (!by_itself) ++count_for(name, forged_).count;
}

bool Session::is_removed_by_rules(std::string_view name) const {
  if (!snapshot_->rules) return false;
  const std::vector<std::string>& removed = snapshot_->rules->info().removed_headers;
  return is_among_ignoring_case(removed, name);
}

/// Headers may fill half of what is scanned, so that a flood of them leaves room for the text.
std::size_t Session::room_for_headers() const {
  const std::uint64_t limit = snapshot_->settings.milter.max_scan_bytes / 2 + beyond_half_;
  return limit > input_.raw.size() ? static_cast<std::size_t>(limit - input_.raw.size()) : 0;
}

/// Where that half is full, still what mail is read by.
bool Session::makes_room_for(bool is_first_essential, std::size_t length) {
  if (length <= room_for_headers()) return true;
  if (!is_first_essential || length > kMaxEssentialBytes) return false;
  beyond_half_ += length;
  return true;
}

void Session::header(std::string_view name, std::string_view value, LeadingSpace leading_space) {
  if (!in_message() || skipped()) return;
  std::size_t folds = 0;
  for (std::size_t at = value.find('\n'); at != std::string_view::npos; at = value.find('\n', at + 1)) ++folds;
  const std::string_view colon = leading_space == LeadingSpace::Sent ? ":" : ": ";
  const std::size_t length = name.size() + colon.size() + value.size() + folds + 2;
  if (is_result_header(name)) count_forged(name);
  if (is_removed_by_rules(name) && count_of(removable_) < limits_.max_removed_headers)
    ++count_for(name, removable_).count;
  if (!subject_ && equal_ignoring_case(name, "Subject")) {
    subject_ = value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
  }
  const std::size_t before = input_.raw.size();
  if (!makes_room_for(essential_.is_first(name), length)) {
    input_.truncated = true;
    seen_bytes_ += length;
    return;
  }
  input_.raw.append(name).append(colon);
  append_with_crlf(input_.raw, value);
  input_.raw += "\r\n";
  seen_bytes_ += input_.raw.size() - before;
}

void Session::end_of_headers() {
  if (!in_message() || skipped()) return;
  input_.raw += "\r\n";
  seen_bytes_ += 2;
  input_.full_size = seen_bytes_;
}

Session::Body Session::body(std::string_view chunk) {
  if (!in_message() || skipped()) return Body::Enough;
  seen_bytes_ += chunk.size();
  const std::uint64_t limit = snapshot_->settings.milter.max_scan_bytes + beyond_half_;
  const std::uint64_t room = limit > input_.raw.size() ? limit - input_.raw.size() : 0;
  const std::string_view kept = chunk.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, chunk.size())));
  input_.raw += kept;
  if (kept.size() < chunk.size()) input_.truncated = true;
  // Only a chunk that did not fit tells that there is more: a body that ends at the limit is whole.
  const bool counts_on = snapshot_->rules && snapshot_->rules->info().asks_for_size;
  const bool enough = kept.size() < chunk.size() && !counts_on;
  // What is not sent cannot be counted; the client's own word is then the better estimate.
  input_.full_size = enough ? std::max(seen_bytes_, declared_size_) : seen_bytes_;
  return enough ? Body::Enough : Body::Wanted;
}

void Session::reset_message() {
  snapshot_.reset();
  skipped_by_ = SkipEntry::None;
  input_ = {};
  essential_ = {};
  beyond_half_ = seen_bytes_ = declared_size_ = 0;
  forged_left_ = forged_others_ = 0;
  forged_.clear();
  removable_.clear();
  subject_.reset();
}

}  // namespace winnow
