// keywords.cpp - the lists. A keyword is one word, two words, or two to three characters of a script without
// spaces. The lists are short on purpose: the model learns words by itself; groups carry over to languages it
// saw little of.
#include "engine/features/keywords.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace winnow {
namespace {

struct GroupWords {
  KeywordGroup group;
  std::string_view words;  // separated by '|'
};

constexpr GroupWords kGroups[] = {
    {KeywordGroup::Money,
     "million|millions|billion|usd|dollars|cash|wire transfer|bank transfer|western "
     "union|moneygram|funds|payment|"
     "millionen|geld|überweisung|zahlung|euros|argent|virement|paiement|dinero|millones|transferencia|pago|"
     "dinheiro|milhões|pagamento|transferência|soldi|milioni|bonifico|miljoen|betaling|"
     "деньги|миллион|перевод|оплата|資金|万円|振込|金額|资金|汇款|万元|付款"},
    {KeywordGroup::Urgency,
     "urgent|urgently|immediately|act now|hurry|expires|expire|deadline|final notice|last chance|last "
     "warning|within 24|"
     "limited time|asap|dringend|sofort|umgehend|letzte mahnung|frist|urgente|immédiatement|dernier "
     "rappel|expire|"
     "inmediatamente|último aviso|imediatamente|immediatamente|ultimo avviso|onmiddellijk|"
     "срочно|немедленно|至急|緊急|期限|紧急|立即|尽快"},
    {KeywordGroup::Pharmacy,
     "viagra|cialis|levitra|pharmacy|prescription|pills|medication|meds|drugs|tramadol|valium|xanax|erection|"
     "erectile|"
     "weight "
     "loss|diet|keto|cbd|testosterone|apotheke|potenz|abnehmen|rezeptfrei|pharmacie|ordonnance|farmacia|"
     "receta|"
     "pastillas|emagrecer|perder peso|dimagrire|afslanken|таблетки|аптека|похудеть|医薬|減肥|薬局|减肥"},
    {KeywordGroup::Account,
     "verify|verification|confirm your|your account|account suspended|suspended|unusual activity|update "
     "your|password|login|"
     "log in|sign in|security alert|mailbox|quota|storage full|validate|deactivated|credentials|"
     "konto|kennwort|passwort|bestätigen sie|verifizieren|gesperrt|sicherheit|postfach|compte|mot "
     "de|vérifier|suspendu|"
     "cuenta|contraseña|verificar|suspendida|conta|senha|bloqueada|atualizar|verifica|sospeso|rekening|"
     "wachtwoord|"
     "geblokkeerd|аккаунт|пароль|подтвердите|アカ|認証|確認|账户|密码|验证|邮箱"},
    {KeywordGroup::Prize,
     "winner|lottery|won|prize|congratulations|gift card|giveaway|reward|rewards|free gift|claim "
     "your|survey|sweepstakes|"
     "gewinner|gewonnen|gewinn|lotterie|gutschein|gagnant|gagné|loterie|cadeau|ganador|lotería|premio|sorteo|"
     "ganhador|"
     "prêmio|vincitore|vinto|gewonnen|prijs|выигрыш|приз|лотерея|当選|抽選|中奖|奖品"},
    {KeywordGroup::Credit,
     "loan|loans|mortgage|refinance|credit|debt|interest rate|low "
     "rates|approved|lender|kredit|darlehen|schulden|zinsen|"
     "prêt|crédit|dette|préstamo|deuda|empréstimo|dívida|prestito|mutuo|lening|schuld|кредит|заем|долг|融資|"
     "借金|贷款|信用"},
    {KeywordGroup::Investment,
     "investment|invest|investors|stock|stocks|shares|bitcoin|crypto|cryptocurrency|trading|profit|profits|"
     "forex|roi|"
     "passive "
     "income|investition|anlage|gewinne|rendite|investissement|placement|inversión|ganancias|investimento|"
     "lucro|"
     "investimenti|guadagno|belegging|инвестиции|прибыль|биткоин|投資|株式|投资|股票|利润"},
    {KeywordGroup::Adult,
     "sex|sexy|porn|xxx|nude|naked|dating|singles|horny|hookup|milf|escort|fuck|cock|pussy|webcam|hot "
     "girls|nackt|"
     "partnersuche|rencontre|sexe|desnuda|citas|namoro|incontri|nudo|naakt|секс|знакомства|порно|出会|人妻|"
     "色情|美女"},
    {KeywordGroup::Gambling,
     "casino|poker|jackpot|bonus|betting|bet|slots|roulette|gambling|free spins|spielbank|wetten|freispiele|"
     "apuestas|tragaperras|cassino|apostas|scommesse|gokken|казино|ставки|бонус|赌场|博彩|彩票"},
    {KeywordGroup::Offer,
     "free|discount|offer|offers|sale|cheap|save|order now|buy now|special offer|best "
     "price|guarantee|guaranteed|risk free|"
     "no obligation|click here|click below|subscribe|kostenlos|gratis|rabatt|angebot|jetzt "
     "kaufen|günstig|gratuit|offre|"
     "promotion|remise|cliquez ici|descuento|oferta|haga clic|grátis|desconto|clique "
     "aqui|sconto|offerta|clicca qui|"
     "korting|aanbieding|klik hier|скидка|бесплатно|акция|無料|割引|激安|免费|优惠|特价"},
    {KeywordGroup::Inheritance,
     "beneficiary|inheritance|next of|kin|barrister|deceased|late husband|widow|foreign "
     "partner|confidential|trust fund|"
     "compensation|diplomat|consignment|united nations|business proposal|god bless|dear "
     "friend|dearest|erbschaft|verstorben|"
     "begünstigter|héritage|bénéficiaire|décédé|herencia|beneficiario|fallecido|herança|beneficiário|eredità|"
     "erfenis|"
     "наследство|遗产|受益"},
    {KeywordGroup::Extortion,
     "recorded|your webcam|hacked|hacker|malware|trojan|infected|bitcoin wallet|btc|masturbating|your "
     "contacts|pay me|"
     "gehackt|aufgenommen|kompromittiert|piraté|hackeado|grabado|infectado|hackerato|взломан|黑客|比特"},
    {KeywordGroup::Delivery,
     "parcel|package|shipment|delivery "
     "failed|courier|tracking|customs|reschedule|redelivery|postage|paket|sendung|zustellung|"
     "zoll|colis|livraison|douane|paquete|envío|aduana|encomenda|entrega|alfândega|pacco|spedizione|dogana|"
     "pakket|zending|"
     "посылка|доставка|荷物|配達|配送|快递|包裹"},
    {KeywordGroup::Marketing,
     "seo|ranking|traffic|backlinks|leads|email list|mailing list|database|website design|web "
     "design|marketing|campaign|"
     "manufacturer|supplier|factory|wholesale|catalogue|quotation|conference|call "
     "for|registration|webinar|recruitment|"
     "hersteller|lieferant|katalog|fabricant|fournisseur|fabricante|proveedor|fornecedor|produttore|"
     "fornitore|leverancier|"
     "производитель|поставщик|рассылка|工場|営業|供应|厂家|发票|培训"},
};

constexpr std::string_view kBrands =
    "paypal|amazon|apple|icloud|microsoft|office365|outlook|netflix|facebook|instagram|whatsapp|linkedin|"
    "google|ebay|dhl|fedex|ups|"
    "usps|dpd|hermes|chase|citibank|hsbc|barclays|santander|sparkasse|postbank|volksbank|commerzbank|ing|"
    "visa|mastercard|amex|"
    "americanexpress|coinbase|binance|metamask|docusign|dropbox|adobe|walmart|costco|mcafee|norton|geeksquad|"
    "rakuten|docomo|"
    "correos|bradesco|itau|caixa|rabobank|telekom|vodafone|orange|spotify|steam|telegram|wetransfer|zoom";

template <typename Use>
void for_each_item(std::string_view list, Use use) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('|'), list.size());
    use(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// A small bitmap in front of the map: nearly all words of a message are no keywords.
class KeywordTable {
 public:
  KeywordTable() {
    for (const GroupWords& group : kGroups) {
      for_each_item(group.words, [&](std::string_view phrase) { add(phrase, group.group); });
    }
  }

  const KeywordGroup* find(std::uint64_t hash) const {
    if (!maybe_[hash % kBits]) return nullptr;
    const auto found = groups_.find(hash);
    return found == groups_.end() ? nullptr : &found->second;
  }

 private:
  static constexpr std::size_t kBits = 1u << 16;

  void add(std::string_view phrase, KeywordGroup group) {
    const NormalText normal = normalise_text(phrase, 4);
    if (normal.words.empty()) return;
    std::uint64_t hash = normal.words[0].hash;
    if (normal.words.size() > 1) hash = pair_hash(hash, normal.words[1].hash);
    groups_.emplace(hash, group);
    maybe_[hash % kBits] = true;
  }

  std::unordered_map<std::uint64_t, KeywordGroup> groups_;
  std::vector<bool> maybe_ = std::vector<bool>(kBits);
};

const KeywordTable& keyword_table() {
  static const KeywordTable table;
  return table;
}

/// Counts each keyword once.
class Finder {
 public:
  explicit Finder(KeywordCounts& counts) : counts_(counts) {}

  void look_up(std::uint64_t hash) {
    const KeywordGroup* group = table_.find(hash);
    if (group == nullptr || std::find(seen_.begin(), seen_.end(), hash) != seen_.end()) return;
    seen_.push_back(hash);
    ++counts_[static_cast<std::size_t>(*group)];
  }

 private:
  const KeywordTable& table_ = keyword_table();
  std::vector<std::uint64_t> seen_;  // never more than the table has
  KeywordCounts& counts_;
};

}  // namespace

void count_keywords(const NormalText& text, KeywordCounts& counts) {
  Finder finder(counts);
  std::uint64_t previous = 0;
  for (const Word& word : text.words) {
    if (word.no_spaces) {
      for_each_gram(text.word(word), 2, 200, [&](std::string_view gram) { finder.look_up(word_hash(gram)); });
    }
    finder.look_up(word.hash);
    if (previous != 0) finder.look_up(pair_hash(previous, word.hash));
    previous = word.hash;
  }
  for (const std::string& word : text.recovered) finder.look_up(word_hash(word));
}

std::string_view brand_named_in(const NormalText& text) {
  static const std::unordered_map<std::uint64_t, std::string_view> brands = [] {
    std::unordered_map<std::uint64_t, std::string_view> map;
    for_each_item(kBrands, [&](std::string_view brand) { map.emplace(word_hash(brand), brand); });
    return map;
  }();
  for (const Word& word : text.words) {
    const auto found = brands.find(word.hash);
    if (found != brands.end()) return found->second;
  }
  for (const std::string& word : text.recovered) {
    const auto found = brands.find(word_hash(word));
    if (found != brands.end()) return found->second;
  }
  return {};
}

std::string_view keyword_table_text() {
  static const std::string text = [] {
    std::string all(kBrands);
    for (const GroupWords& group : kGroups) all.append("\n").append(group.words);
    return all;
  }();
  return text;
}

}  // namespace winnow
