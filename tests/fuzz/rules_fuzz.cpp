// Any bytes as a rules file: no crash, no hang; what is accepted decides about a message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rules/rule_loader.h"
#include "rules/rule_set.h"

namespace {

winnow::Facts some_facts() {
  winnow::Facts facts;
  facts.set(winnow::Fact::Spam, 0.7);
  facts.set(winnow::Fact::ClientIp, *winnow::parse_ip_bytes("192.0.2.7"));
  facts.set(winnow::Fact::Subject, std::string("Re: free \xC3\xA4pfel \xFF"));
  facts.set(winnow::Fact::FromAddress, std::string("a@mail.partner.example"));
  facts.set(winnow::Fact::FromDomain, std::string("mail.partner.example"));
  facts.set(winnow::Fact::AttachmentsNames, std::vector<std::string>{"a.pdf", "b.exe", ""});
  facts.set(winnow::Fact::Size, 12'345.0);
  facts.headers = {{"Subject", "Re: free"}, {"List-Id", "<news.example>"}};
  facts.features = {{"caps", 0.5}, {"links", 3}};
  facts.recipients = {"one@example.org", "two@example.net"};
  return facts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const winnow::Facts facts = some_facts();
  winnow::Diagnostics problems;
  const auto rules =
      winnow::load_rule_texts({{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size)}}, problems);
  if ((rules != nullptr) == problems.has_errors()) std::abort();
  problems.to_string();
  if (!rules) return 0;
  std::vector<winnow::RuleTrial> trials;
  rules->decide_for(facts, 1, &trials);
  if (trials.size() > rules->info().rules) std::abort();
  std::size_t covered = 0;
  for (const auto& one : rules->decide(facts).recipients) covered += one.recipients.size();
  if (covered != facts.recipients.size()) std::abort();
  rules->policy_for("one+x@mail.example.org", "a@b.example");
  rules->decide(winnow::Facts());
  return 0;
}
