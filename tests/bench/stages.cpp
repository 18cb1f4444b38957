#include "tests/bench/stages.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "engine/message/charset.h"
#include "engine/message/html_text.h"
#include "engine/message/mime_parts.h"
#include "engine/message/transfer_encoding.h"
#include "engine/torch_backend.h"
#include "milter/message_log.h"
#include "milter/reasons.h"

namespace winnow::bench {
namespace {

constexpr std::size_t kChunk = 65535;             // MILTER_CHUNK_SIZE
constexpr std::int64_t kArrived = 1'772'442'000;  // the clock would make the features of each run differ

std::vector<std::string> html_parts(const std::string& raw) {
  std::vector<std::string> parts;
  const std::string octets = normalise_line_ends(raw);
  std::size_t body_at = 0, repairs = 0;
  bool cut = false;
  const HeaderBlock headers = read_header_block(octets, {}, body_at);
  walk_parts(headers, std::string_view(octets).substr(body_at), {}, [&](const LeafPart& part) {
    if (part.content_type.type != "text/html") return;
    const TransferEncoding encoding = parse_transfer_encoding(part.headers->value("Content-Transfer-Encoding"));
    parts.push_back(to_utf8(decode_transfer(part.body, encoding, 1u << 20, cut), part.content_type.charset, repairs));
  });
  return parts;
}

void set_probabilities(const Engine& engine, const Outcome& outcome, Judgement& judgement) {
  judgement.probabilities.clear();
  const auto probabilities = engine.probabilities(outcome.logits);
  if (!probabilities) return;
  for (std::size_t i = 0; i < probabilities->size(); ++i)
    judgement.probabilities.push_back({engine.manifest().labels[i], (*probabilities)[i].value()});
}

}  // namespace

std::unique_ptr<Stages> Stages::load(const std::filesystem::path& settings, Diagnostics& problems) {
  auto stages = std::make_unique<Stages>();
  stages->snapshot_ = load_snapshot(settings, nullptr, problems);
  if (stages->snapshot_ == nullptr) return nullptr;
  EngineSettings engine = stages->snapshot_->settings.engine;
  engine.replicas = 1;
  std::optional<LoadedModel> model = load_model(engine, problems);
  std::string error;
  TorchBackend* backend = load_torch_backend(error);
  if (!model || backend == nullptr) return nullptr;
  backend->enter_inference_thread();
  stages->model_ = std::move(model->replicas.front());
  return stages;
}

StagedMail Stages::prepare(const MailInput& input) const {
  StagedMail mail;
  mail.sent = milter_mail_from(input, "BENCH");
  mail.sent.envelope = {.client_ip = "198.51.100.25",
                        .client_name = "mail.sender.example",
                        .helo = "mail.sender.example",
                        .mail_from = "<bench@sender.example>",
                        .recipients = {"<bench@example.test>"},
                        .present = true};
  mail.bytes = input.raw.size();
  mail.html = html_parts(input.raw);
  return mail;
}

void Stages::session(StagedMail& mail) const {
  const Envelope& envelope = mail.sent.envelope;
  Session& session = mail.session;
  session.connect(envelope.client_name, envelope.client_ip);
  session.helo(envelope.helo);
  session.mail(snapshot_, {.sender = envelope.mail_from, .auth_user = {}});
  session.recipient(envelope.recipients.front());
  for (const HeaderField& field : mail.sent.headers) session.header(field.first, field.second, LeadingSpace::Sent);
  session.end_of_headers();
  for (std::size_t at = 0; at < mail.sent.body.size(); at += kChunk)
    if (session.body(std::string_view(mail.sent.body).substr(at, kChunk)) == Session::Body::Enough) break;
}

void Stages::parse(StagedMail& mail) const {
  mail.judgement.message = read_message(mail.session.input());
  mail.judgement.message.envelope.arrived = kArrived;
}

void Stages::html(StagedMail& mail) const {
  for (const std::string& html : mail.html) (void)read_html(html, {});
}

void Stages::features(StagedMail& mail) const {
  mail.features = snapshot_->engine->extractor().extract(mail.judgement.message);
}

void Stages::infer(StagedMail& mail) const { infer_together({&mail}); }

void Stages::infer_together(const std::vector<StagedMail*>& mails) const {
  TokenBatch batch;
  for (const StagedMail* mail : mails) batch.add(mail->features.tokens, mail->features.weights, mail->features.dense);
  std::vector<float> logits;
  if (const Status status = model_->run(batch, logits); !status) throw std::runtime_error(status.error());
  const auto labels = static_cast<std::ptrdiff_t>(snapshot_->engine->manifest().labels.size());
  auto first = logits.begin();
  for (StagedMail* mail : mails) {
    Outcome outcome;
    outcome.logits.assign(first, first + labels);
    set_probabilities(*snapshot_->engine, outcome, mail->judgement);
    first += labels;
  }
}

void Stages::rules(StagedMail& mail) const {
  Judgement& judgement = mail.judgement;
  judgement.dense = mail.features.dense;
  MessageDecision decided = snapshot_->rules->decide(facts_of(judgement.message, judgement));
  judgement.decision = std::move(decided.message);
  judgement.recipients = std::move(decided.recipients);
}

void Stages::reply(StagedMail& mail) const {
  const Session& session = mail.session;
  mail.answer = answer_for(mail.judgement, snapshot_->settings,
                           {session.authenticated(), session.forged(), session.subject(), session.removable()});
  mail.line = judged_line("BENCH", mail.judgement, mail.answer, session, std::chrono::microseconds(0));
}

void Stages::reasons(StagedMail& mail) const {
  (void)find_reasons(*snapshot_->engine, mail.judgement.message, std::chrono::steady_clock::time_point::max());
}

double Stages::row_bytes() const {
  std::error_code failed;
  const auto size = std::filesystem::file_size(snapshot_->settings.engine.model, failed);
  return failed ? 0 : static_cast<double>(size) / static_cast<double>(snapshot_->engine->manifest().table_size);
}

}  // namespace winnow::bench
