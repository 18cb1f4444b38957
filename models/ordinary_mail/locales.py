"""How each language writes dates, sums, addresses and people's first names."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Locale:
    months: list
    weekdays: list
    date: str                 # with {d} {m} {month} {y} {weekday}
    sum: str                  # with {n}
    comma: str                # decimal sign; "" writes whole sums
    group: str                # between thousands
    scale: int                # what 1 euro or dollar is worth, roughly
    first_names: list
    cities: list
    street: str               # with {w} (an invented word) and {n}
    code: str                 # '9' is a digit
    family_first: bool = False
    surnames: list = field(default_factory=list)
    other_sums: list = field(default_factory=list)


def _months(text):
    return text.split()


LOCALES = {
    "en": Locale(_months("January February March April May June July August September October November December"),
                 "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), "{month} {d}, {y}", "${n}", ".", ",", 1,
                 """Olivia Emma Noah Liam Ava Mia Lucas Ethan Grace Hannah Henry Jack Ruth Peter Susan Karen Daniel Laura
                 Simon Alice George Nina Oscar Julia Maria Kevin Priya Omar Chen Fatima David Rachel Tom Beth Carol
                 Frank Diane Marcus Joyce Leon""".split(),
                 """Portland Leeds Bristol Austin Denver Halifax Ottawa Perth Dublin Cork Boise Tulsa Dayton Norwich
                 Exeter Toledo Raleigh Spokane Hobart Savannah""".split(), "{n} {w} Street", "99999",
                 other_sums=["£{n}", "${n}", "${n} USD", "USD {n}", "€{n}"]),
    "de": Locale(_months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
                 "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(), "{d}. {month} {y}", "{n} €", ",", ".", 1,
                 """Anna Lena Marie Sophie Jonas Lukas Felix Paul Klaus Petra Sabine Jürgen Uwe Birgit Heike Stefan Katrin
                 Thomas Monika Emil Greta Ayşe Mehmet Jana Torsten""".split(),
                 "Kassel Mainz Bremen Halle Graz Linz Basel Ulm Kiel Erfurt Jena Trier Bonn Essen".split(), "{w}straße {n}", "99999",
                 other_sums=["{n} EUR", "€ {n}", "{n} Euro"]),
    "fr": Locale(_months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
                 "lundi mardi mercredi jeudi vendredi samedi dimanche".split(), "{d} {month} {y}", "{n} €", ",", " ", 1,
                 """Camille Léa Chloé Hugo Louis Jules Manon Inès Nathalie Philippe Sylvie Bruno Thierry Céline Amélie
                 Karim Yasmine Antoine Margaux Benoît""".split(),
                 "Lille Nantes Rennes Tours Dijon Nancy Metz Brest Liège Namur Lausanne".split(), "{n} rue {w}", "99999",
                 other_sums=["{n} EUR", "{n} euros"]),
    "es": Locale(_months("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
                 "lunes martes miércoles jueves viernes sábado domingo".split(), "{d} de {month} de {y}", "{n} €", ",", ".", 1,
                 """Lucía Sofía Martina Hugo Mateo Pablo Carmen Pilar Javier Antonio Rosa Elena Álvaro Nuria Diego
                 Valentina Camila Andrés Teresa Iván""".split(),
                 "Sevilla Zaragoza Málaga Murcia Bilbao Vigo Gijón Rosario Puebla Mérida".split(), "Calle {w} {n}", "99999",
                 other_sums=["${n}", "{n} euros", "{n} EUR"]),
    "it": Locale(_months("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
                 "lunedì martedì mercoledì giovedì venerdì sabato domenica".split(), "{d} {month} {y}", "{n} €", ",", ".", 1,
                 """Giulia Sara Martina Chiara Luca Marco Matteo Paolo Franca Silvia Giorgio Elena Davide Federica Stefano
                 Alessia Roberto Ilaria""".split(), "Torino Bologna Verona Parma Padova Trento Bari Lecce Udine".split(),
                 "Via {w} {n}", "99999", other_sums=["€ {n}", "{n} euro", "EUR {n}"]),
    "pt": Locale(_months("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
                 "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo".split(), "{d} de {month} de {y}",
                 "R$ {n}", ",", ".", 4,
                 """Ana Beatriz Júlia Mariana João Pedro Gabriel Rafael Tiago Rui Sónia Fernanda Paulo Carla Bruno Letícia
                 Marcos Patrícia Inês""".split(), "Braga Porto Coimbra Curitiba Recife Santos Natal Goiânia Aveiro".split(),
                 "Rua {w}, {n}", "99999-999", other_sums=["{n} €", "R$ {n}"]),
    "nl": Locale(_months("januari februari maart april mei juni juli augustus september oktober november december"),
                 "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split(), "{d} {month} {y}", "€ {n}", ",", ".", 1,
                 """Emma Julia Sanne Daan Sem Lars Bram Femke Anouk Wouter Joost Marieke Petra Henk Ingrid Kees Lotte
                 Thijs""".split(), "Utrecht Breda Zwolle Arnhem Gent Leuven Delft Almere Assen".split(), "{w}laan {n}", "9999 AB",
                 other_sums=["€{n}", "{n} euro"]),
    "pl": Locale(_months("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"),
                 "poniedziałek wtorek środa czwartek piątek sobota niedziela".split(), "{d} {month} {y}", "{n} zł", ",", " ", 4,
                 "Anna Zofia Maja Jakub Piotr Tomasz Agnieszka Ewa Marek Paweł Magda Kasia Wojciech Joanna Michał".split(),
                 "Poznań Łódź Lublin Gdynia Toruń Opole Kielce Rzeszów".split(), "ul. {w} {n}", "99-999", other_sums=["{n} PLN"]),
    "cs": Locale(_months("ledna února března dubna května června července srpna září října listopadu prosince"),
                 "pondělí úterý středa čtvrtek pátek sobota neděle".split(), "{d}. {month} {y}", "{n} Kč", "", " ", 25,
                 "Jana Eva Tereza Lucie Petr Jan Tomáš Jiří Martin Hana Lenka Ondřej Karel Alena Marie".split(),
                 "Brno Ostrava Plzeň Liberec Olomouc Zlín Tábor Písek".split(), "{w}ova {n}", "999 99", other_sums=["{n} CZK"]),
    "sv": Locale(_months("januari februari mars april maj juni juli augusti september oktober november december"),
                 "måndag tisdag onsdag torsdag fredag lördag söndag".split(), "{d} {month} {y}", "{n} kr", "", " ", 11,
                 "Elsa Astrid Maja Erik Lars Johan Anders Karin Lena Björn Åsa Sofia Oskar Nils Ingrid".split(),
                 "Uppsala Malmö Lund Umeå Gävle Örebro Växjö Borås".split(), "{w}gatan {n}", "999 99", other_sums=["{n} SEK", "{n}:-"]),
    "ru": Locale(_months("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
                 "понедельник вторник среда четверг пятница суббота воскресенье".split(), "{d} {month} {y} г.", "{n} руб.", ",", " ", 90,
                 """Анна Мария Елена Ольга Иван Сергей Алексей Дмитрий Наталья Татьяна Андрей Михаил Юлия Павел
                 Светлана""".split(), "Самара Омск Пермь Тверь Казань Уфа Томск Рязань".split(), "ул. {w}ская, {n}", "999999",
                 surnames="Иванов Кузнецова Соколов Попова Лебедев Козлова Новиков Морозова Волков Зайцева".split(),
                 other_sums=["{n} ₽", "{n} р.", "$ {n}"]),
    "tr": Locale(_months("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
                 "Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar".split(), "{d} {month} {y}", "{n} TL", ",", ".", 35,
                 "Ayşe Fatma Zeynep Elif Mehmet Ahmet Mustafa Emre Can Deniz Selin Burak Hakan Gül Murat".split(),
                 "Bursa İzmir Adana Konya Kayseri Trabzon Samsun".split(), "{w} Sokak No: {n}", "99999",
                 surnames="Yılmaz Kaya Demir Şahin Çelik Yıldız Aydın Arslan Doğan Koç".split(), other_sums=["₺{n}", "{n} lira", "{n} USD"]),
    "ja": Locale([f"{m}月" for m in range(1, 13)], ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"],
                 "{y}年{m}月{d}日", "{n}円", "", ",", 150,
                 "陽子 美咲 健太 翔 直樹 由美 恵子 大輔 真理 智子 隆 拓也 さくら 葵 誠".split(),
                 "札幌市 仙台市 横浜市 名古屋市 京都市 神戸市 広島市 福岡市".split(), "中央区{n}丁目", "999-9999", True,
                 "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田".split(), ["¥{n}", "￥{n}"]),
    "zh": Locale([f"{m}月" for m in range(1, 13)], ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
                 "{y}年{m}月{d}日", "¥{n}", ".", ",", 7,
                 "伟 芳 娜 敏 静 丽 强 磊 洋 艳 勇 杰 娟 涛 明 超 秀英 霞 平 刚".split(),
                 "杭州市 南京市 成都市 武汉市 西安市 苏州市 青岛市 厦门市".split(), "中山路{n}号", "999999", True,
                 "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙".split(), ["{n}元", "人民币{n}元", "NT${n}"]),
}


def written_date(locale, day):
    text = locale.date.format(d=day.day, m=day.month, month=locale.months[day.month - 1], y=day.year)
    return text.replace(", ", ", ")


def written_sum(rng, locale, euros):
    value = euros * locale.scale
    whole, cents = int(value), rng.choice([0, 0, 50, 90, 95, 99, rng.randint(0, 99)])
    number = f"{whole:,}".replace(",", locale.group)
    if locale.comma and not (whole >= 1000 and cents == 0):
        number += f"{locale.comma}{cents:02d}"
    shapes = [locale.sum] * 3 + locale.other_sums
    return rng.choice(shapes).format(n=number)


def postal_code(rng, locale):
    return "".join(str(rng.randint(0, 9)) if c == "9" else c for c in locale.code)
