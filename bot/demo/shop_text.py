"""The words of the pretend shop's page, in the two languages it is shown in."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One product of the page; the picture is a file of the static folder."""

    picture: str
    name: str
    note: str
    price: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing to know before buying: a short term and a sentence."""

    icon: str
    term: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopText:
    """Everything the page says in one language."""

    lang: str
    other_lang: str
    other_label: str
    #: relative, so that the page also works below a path
    other_href: str
    name: str
    description: str
    skip: str
    notice: str
    menu_label: str
    menu: tuple[tuple[str, str], ...]
    #: one line each, so that a phone never breaks them in an odd place
    headline: tuple[str, ...]
    lead: str
    browse: str
    items_title: str
    items_lead: str
    items: tuple[Item, ...]
    price: str
    facts_title: str
    facts: tuple[Fact, ...]
    help_title: str
    help_text: str
    help_link: str
    store_title: str
    store_text: str
    store: tuple[tuple[str, str], ...]
    pretend: str


JAPANESE = ShopText(
    lang="ja",
    other_lang="en",
    other_label="English",
    other_href="en",
    name="こもれび雑貨店",
    description="長く使える、暮らしの道具をあつめた小さな雑貨店です。",
    skip="本文へ進む",
    notice="税込5,000円以上のお買い上げで送料無料",
    menu_label="ページの案内",
    menu=(("#items", "商品"), ("#delivery", "お届け"), ("#store", "お店")),
    headline=("いつもの朝に、", "やわらかな光を。"),
    lead="手になじむ器、洗うほどやわらかい布、夜をてらす灯り。長く使える暮らしの道具をあつめました。",
    browse="商品を見る",
    items_title="秋のおすすめ",
    items_lead="作り手を訪ねて選んだ、定番の6品です。",
    items=(
        Item(picture="mug.svg", name="朝のマグカップ", note="電子レンジ可", price=1980),
        Item(picture="towel.svg", name="わた毛のタオル", note="綿100%・3枚組", price=2640),
        Item(picture="lamp.svg", name="まどべのランプ", note="1年保証", price=8800),
        Item(picture="board.svg", name="くるみのまな板", note="お手入れカード付き", price=4180),
        Item(picture="vase.svg", name="一輪のかびん", note="ギフト包装できます", price=3300),
        Item(picture="basket.svg", name="山ぶどうのかご", note="残りわずか", price=5940),
    ),
    price="{amount}円（税込）",
    facts_title="お届けとお支払い",
    facts=(
        Fact(
            icon="truck.svg",
            term="2〜4日でお届け",
            text="平日の正午までのご注文は、その日のうちに出荷します。",
        ),
        Fact(
            icon="box.svg",
            term="送料は全国550円",
            text="税込5,000円以上で無料です。沖縄と離島は1,100円です。",
        ),
        Fact(
            icon="return.svg",
            term="8日以内なら返品できます",
            text="未使用の商品が対象です。不良品の送料は当店が負担します。",
        ),
        Fact(
            icon="card.svg",
            term="選べるお支払い",
            text="カード、コンビニ、銀行振込、代金引換、スマホ決済に対応しています。",
        ),
    ),
    help_title="お困りのことはありませんか？",
    help_text="よくあるご質問には、右下のチャットがいつでもお答えします。"
    "むずかしいご相談は、そのまま担当者に引き継ぎます。",
    help_link="チャットのページを開く",
    store_title="お店のご案内",
    store_text="実物を手に取ってお選びいただけます。お近くにお越しの際は、ぜひお立ち寄りください。",
    store=(
        ("住所", "こもれび市ひなた町1-2-3"),
        ("営業", "11:00〜19:00（火曜定休）"),
        ("電話", "0120-000-000（平日10〜17時）"),
    ),
    pretend="このお店は架空のものです。Madoguchi をお試しいただくための見本で、"
    "実際の販売はありません。",
)

ENGLISH = ShopText(
    lang="en",
    other_lang="ja",
    other_label="日本語",
    other_href="./",
    name="Komorebi Goods",
    description="A small shop of things for the home that last.",
    skip="Skip to the content",
    notice="Free shipping from 5,000 yen",
    menu_label="On this page",
    menu=(("#items", "Items"), ("#delivery", "Delivery"), ("#store", "Shop")),
    headline=("Soft light for", "everyday mornings."),
    lead="Cups that fit the hand, cloth that grows softer with each wash, a lamp for the evening: "
    "things for the home that last.",
    browse="See the items",
    items_title="Picked for autumn",
    items_lead="Six favourites, chosen where they are made.",
    items=(
        Item(picture="mug.svg", name="Morning mug", note="Microwave safe", price=1980),
        Item(picture="towel.svg", name="Cotton towels", note="100% cotton, set of 3", price=2640),
        Item(picture="lamp.svg", name="Window lamp", note="1-year warranty", price=8800),
        Item(picture="board.svg", name="Walnut board", note="With a care card", price=4180),
        Item(picture="vase.svg", name="Single-stem vase", note="Gift wrapping", price=3300),
        Item(picture="basket.svg", name="Wild-grape basket", note="Only a few left", price=5940),
    ),
    price="{amount} yen",
    facts_title="Delivery and payment",
    facts=(
        Fact(
            icon="truck.svg",
            term="With you in 2 to 4 days",
            text="Orders placed by noon on a weekday leave the same day.",
        ),
        Fact(
            icon="box.svg",
            term="Shipping 550 yen",
            text="Free from 5,000 yen. Okinawa and remote islands: 1,100 yen.",
        ),
        Fact(
            icon="return.svg",
            term="8 days to return",
            text="For unused items. We pay the postage of faulty ones.",
        ),
        Fact(
            icon="card.svg",
            term="Pay as you like",
            text="Card, convenience store, bank transfer, cash on delivery or phone payment.",
        ),
    ),
    help_title="Is there anything we can help with?",
    help_text="The chat at the bottom right answers common questions day and night, and hands "
    "harder ones to a person, with everything you have already said.",
    help_link="Open the chat page",
    store_title="Visit the shop",
    store_text="Come and hold things in your hand. You are welcome at any time we are open.",
    store=(
        ("Address", "1-2-3 Hinata-cho, Komorebi City"),
        ("Open", "11:00–19:00, closed on Tuesdays"),
        ("Phone", "0120-000-000 (weekdays 10:00–17:00)"),
    ),
    pretend="This shop is invented. It is here to try Madoguchi; nothing is really sold.",
)
