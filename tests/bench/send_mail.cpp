// send_mail.cpp - hands messages to a milter socket over several connections; the load of daemon_cpu.py.
//
// usage: bench_send SOCKET CONNECTIONS < list of files, one a line
// Prints one JSON object: messages, failed, seconds. Each connection takes the next file as soon as it is free.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "milter/milter_client.h"

namespace {

using winnow::MailInput;
using winnow::MilterClient;

constexpr std::uint64_t kMaxBytes = 64u << 20;

struct Load {
  std::vector<MailInput> mails;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> failed{0};
};

/// The messages named on standard input; nullopt when one cannot be read.
std::optional<std::vector<MailInput>> read_mails() {
  std::vector<MailInput> mails;
  for (std::string file; std::getline(std::cin, file);) {
    std::string error;
    auto mail = winnow::read_mail_file(file, kMaxBytes, error);
    if (!mail) {
      std::cerr << file << ": " << error << "\n";
      return std::nullopt;
    }
    mail->envelope = {.client_ip = "198.51.100.25", .client_name = "mail.sender.example", .helo = "mail.sender.example",
                      .mail_from = "bench@sender.example", .recipients = {"bench@example.test"}, .present = true};
    mails.push_back(std::move(*mail));
  }
  return mails;
}

void send_until_none_is_left(const std::string& socket, Load& load) {
  std::string error;
  const auto client = MilterClient::connect(socket, {}, error);
  for (std::size_t i = load.next++; i < load.mails.size(); i = load.next++) {
    winnow::MilterAnswer answer;
    if (!client || !client->send(winnow::milter_mail_from(load.mails[i], "BENCH" + std::to_string(i)), answer)) {
      ++load.failed;
    }
  }
  if (client) (void)client->quit();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_send SOCKET CONNECTIONS < list of files\n";
    return 2;
  }
  auto mails = read_mails();
  if (!mails) return 1;
  Load load{.mails = std::move(*mails)};
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> senders;
    for (int n = std::atoi(argv[2]); n > 0; --n) senders.emplace_back([&] { send_until_none_is_left(argv[1], load); });
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("{\"messages\": %zu, \"failed\": %zu, \"seconds\": %.3f}\n", load.mails.size(), load.failed.load(),
              seconds.count());
  return load.failed == 0 ? 0 : 1;
}
