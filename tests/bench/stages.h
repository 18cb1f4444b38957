// stages.h - what happens to one message, stage by stage, on the calling thread: as the daemon does it, without the queue.
//
// Owns:    settings, rules and two copies of the model; a StagedMail owns what each stage made of it.
// Threads: one.
// Blocks:  the constructor loads the model.
// Fails:   load() reports into Diagnostics and returns null.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model_loader.h"
#include "milter/milter_client.h"
#include "milter/modifications.h"
#include "milter/session.h"

namespace winnow::bench {

struct StagedMail {
  MilterMail sent;  // as the MTA has it
  std::size_t bytes = 0;
  std::vector<std::string> html;  // the HTML parts, decoded
  // What the stages fill, in their order.
  Session session;
  Judgement judgement;
  Features features;
  Answer answer;
  std::string line;
};

class Stages {
 public:
  static std::unique_ptr<Stages> load(const std::filesystem::path& settings, Diagnostics& problems);

  StagedMail prepare(const MailInput& input) const;

  void session(StagedMail& mail) const;
  void parse(StagedMail& mail) const;
  void html(StagedMail& mail) const;  // a part of parse
  void features(StagedMail& mail) const;
  void infer(StagedMail& mail) const;
  void infer_together(const std::vector<StagedMail*>& mails) const;
  void rules(StagedMail& mail) const;
  void reply(StagedMail& mail) const;
  void reasons(
      StagedMail& mail) const;  // what marked mail costs this thread on top; the model's part is another thread's

  const Snapshot& snapshot() const { return *snapshot_; }
  /// Octets of the model's table that one token reads, about.
  double row_bytes() const;

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Model> model_;  // the engine keeps its own to its threads
};

}  // namespace winnow::bench
