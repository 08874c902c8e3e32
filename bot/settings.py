"""Settings of the talk and its channels. server.py reads them; see docs/reference/settings.md."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from faq.decision import SetLimits

#: Words that ask for a person at any moment, compared after folding width and case.
HUMAN_WORDS = (
    "担当者",
    "オペレーター",
    "オペレータ",
    "担当の方と話",
    "担当の方に代わ",
    "担当の方につな",
    "担当の方いま",
    "担当の方お願い",
    "担当の人",
    "担当に代わ",
    "担当につな",
    "たんとうしゃ",
    "人間",
    "にんげん",
    "有人",
    "人と話",
    "ひとと話",
    "人に相談",
    "人につな",
    "人に代わ",
    "係の人",
    "係の方",
    "スタッフと話",
    "スタッフに相談",
    "スタッフにつな",
    "スタッフに繋",
    "スタッフに代わ",
    "係りの人",
    "係りの方",
    "担当さん",
    "担当の方をお願い",
    "担当の方を呼",
    "担当の方に繋",
    "担当に繋",
    "人に繋",
    "人に替わ",
    "人と代わ",
    "人に変わって",
    "人と変わって",
    "生身の",
    "上の人",
    "窓口の人お願い",
    "窓口の人と",
    "お店の人と",
    "誰かと話",
    "だれかと話",
    "誰かに相談",
    "スタッフの方と話",
    "店員と話",
    "店員さんと話",
    "社員と話",
    "社員の方と話",
    "オペレター",
    "店長呼",
    "店長を呼",
    "店長を出",
    "店長出",
    "店長と話",
    "店長に代わ",
    "上司を呼",
    "上司と話",
    "上司に代わ",
    "責任者を出して",
    "責任者を呼",
    "責任者呼",
    "責任者と話",
    "責任者に代わ",
    "サポートにつな",
    "サポートに繋",
    "電話で話",
    "直接話",
    "agent",
    "operator",
    "human",
    "real person",
    "live person",
    "talk to someone",
    "speak to someone",
    "talk to a person",
    "speak to a person",
    "representative",
    "talk to somebody",
    "speak to somebody",
    "speak with someone",
    "speak with somebody",
    "speak with a person",
    "talk to staff",
    "speak to staff",
    "your manager",
    "speak to a manager",
    "talk to a manager",
    "live chat",
    "live support",
)

#: Wordings that hold one of the words here and mean something else.
NEUTRAL_WORDS = (
    "個人",
    "法人",
    "友人",
    "主人",
    "本人",
    "知人",
    "他人",
    "恋人",
    "大人",
    "成人",
    "老人",
    "夫人",
    "受取人",
    "代理人",
    "名義人",
    "差出人",
    "保証人",
    "以上の人",
    "年上の人",
    "目上の人",
    "人間用",
    "人間ドック",
    "人間工学",
    "人間関係",
    "有人店",
    "有人の店",
    "有人レジ",
    "有人数",
    "最悪の場合",
    "最悪な場合",
    "最悪の事態",
    "最悪でも",
    "しつこい汚れ",
    "しつこい油",
    "しつこい臭い",
    "警察署",
    "human resources",
    "human hair",
    "travel agent",
)

#: Words of a complaint: skips the bot's questions, is marked, goes to the front.
COMPLAINT_WORDS = (
    "返金しろ",
    "金返せ",
    "金を返せ",
    "お金返して",
    "消費者センター",
    "消費生活センター",
    "消費者庁",
    "通報する",
    "通報します",
    "訴える",
    "訴えます",
    "訴えてや",
    "訴訟",
    "弁護士",
    "詐欺",
    "ふざけ",
    "いい加減にし",
    "いいかげんにし",
    "責任者を出せ",
    "責任者出せ",
    "上司を出せ",
    "許せない",
    "最悪",
    "クレーム",
    "二度と買わ",
    "警察",
    "馬鹿にし",
    "バカにし",
    # hurt or in danger: whoever writes this needs a person, not a suggestion
    "怪我をしま",
    "怪我をした",
    "怪我しま",
    "怪我した",
    "けがをしま",
    "けがをした",
    "ケガをしま",
    "ケガをした",
    "火傷しま",
    "火傷した",
    "やけどしま",
    "やけどした",
    "発火しま",
    "発火した",
    "煙が出ま",
    "煙が出て",
    "火が出ま",
    "火が出た",
    "誤飲しま",
    "誤飲した",
    "死にたい",
    "got injured",
    "got hurt",
    "hurt myself",
    "caught fire",
    "kill myself",
    "しつこい",
    "scam",
    "fraud",
    "lawyer",
    "sue you",
    "consumer protection",
    "unacceptable",
    "ridiculous",
    "complaint",
    "complain",
    "refund me now",
    "worst service",
)


#: Longest own wording of a phrase, in characters.
PHRASE_LIMIT = 2000


class Part(BaseModel):
    """A group of settings; an unknown name is an error, so that a typo is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LineSettings(Part):
    """The LINE channel. Without a channel secret this door is closed and the rest runs."""

    channel_secret: SecretStr = SecretStr("")
    """Channel secret of the Messaging API channel."""
    previous_channel_secret: SecretStr = SecretStr("")
    """The secret before a rotation; accepted beside the current one while it is set."""
    channel_access_token: SecretStr = SecretStr("")
    """Channel access token (long-lived)."""
    api_base: str = "https://api.line.me"
    """Base address of LINE's API."""
    api_data_base: str = "https://api-data.line.me"
    """Base address of LINE's content API."""
    delivery: str = Field(default="free_first", pattern="^(free_first|exactly_once)$")
    """`free_first` answers with the free reply token first; `exactly_once` always pushes."""
    in_doubt: str = Field(default="at_least_once", pattern="^(at_least_once|at_most_once)$")
    """A reply whose fate nobody can know: send again marked 再送, or leave it to an agent."""
    timeout_seconds: float = Field(default=8, gt=0, le=60)
    """Longest wait for one call to LINE."""
    media_max_mb: int = Field(default=50, ge=1, le=200)
    """Larger pictures, films and files from customers are noted and not kept."""
    quota_floor: int = Field(default=20, ge=0)
    """Below this many pushes left in the month, agents are warned."""


class ChatSettings(Part):
    """The web chat."""

    sites: list[str] = []
    """Origins that may embed the widget, e.g. `https://shop.example`; empty: our own pages."""
    accent: str = Field(default="#0b6e4f", pattern="^#[0-9a-fA-F]{6}$")
    """Accent colour of widget and staff pages."""
    upload_max_mb: int = Field(default=10, ge=1, le=50)
    """Largest file a visitor may attach."""
    burst: int = Field(default=20, ge=3, le=1000)
    """Messages a visitor may send in ten seconds."""


class FormField(Part):
    """One question of the form before the handoff."""

    key: str = Field(pattern="^[a-z0-9_]{1,30}$")
    """Its name in exports."""
    ask: dict[str, str]
    """The question by language: `{ja: お名前は？, en: "Your name?"}`."""
    label: dict[str, str]
    """Its heading on the desk, by language."""
    choices: list[str] = []
    """Answers offered as buttons; free text stays possible."""
    remember: bool = False
    """Known for good once answered (a name), or asked anew each time (an order number)."""


DEFAULT_FORM = [
    FormField(
        key="name",
        ask={
            "ja": "よろしければ、お名前を教えてください。",
            "en": "May I have your name?",
        },
        label={"ja": "お名前", "en": "Name"},
        remember=True,
    ),
    FormField(
        key="order",
        ask={
            "ja": "ご注文番号がお分かりでしたら、お知らせください。",
            "en": "If you have an order number, please send it.",
        },
        label={"ja": "注文番号", "en": "Order number"},
    ),
]


class TalkSettings(Part):
    """What the bot says and when."""

    account_name: dict[str, str] = {"ja": "お問い合わせ窓口", "en": "Customer support"}
    """Name of the account, by language."""
    default_lang: str = Field(default="ja", pattern="^(ja|en)$")
    """Language when a customer's is unknown."""
    privacy_url: str = ""
    """Address of the privacy notice shown in the greeting."""
    privacy_version: str = "1"
    """Version of the notice, stored with the time it was shown."""
    phrases: dict[str, dict[str, str]] = {}
    """Own wording by phrase and language; docs/reference/phrases.md lists them."""
    human_words: list[str] = list(HUMAN_WORDS)
    """Words that bring a person at any moment."""
    complaint_words: list[str] = list(COMPLAINT_WORDS)
    """Words that mark a complaint."""
    neutral_words: list[str] = list(NEUTRAL_WORDS)
    """Wordings that hold one of these words and mean something else: 個人間 holds no 人間."""
    form: list[FormField] = DEFAULT_FORM
    """Questions asked while the customer waits for a person; all can be skipped."""
    merge_ms: int = Field(default=1500, ge=0, le=5000)
    """How long an unclear short line waits for its continuation."""
    lapse_minutes: int = Field(default=30, ge=1, le=10080)
    """Quiet minutes after which a conversation with the bot ends."""
    survey_hours: int = Field(default=24, ge=1, le=168)
    """Hours after which an unanswered survey counts as not answered."""
    suggestions: int = Field(default=3, ge=1, le=5)
    """How many entries a "did you mean" offers at most."""
    answer_at: float | None = Field(default=None, ge=0, le=100)
    """Confidence from which on the bot answers; empty: the knowledge finds it for itself."""
    suggest_at: float = Field(default=20, ge=0, le=100)
    """What the first three entries must reach together to be offered."""
    margin: float = Field(default=10, ge=0, le=100)
    """Least lead over the runner-up to answer."""

    @property
    def limits(self) -> SetLimits:
        """The limits of the decision, as they were set."""
        return SetLimits(answer=self.answer_at, suggest=self.suggest_at, margin=self.margin)

    @field_validator("phrases")
    @classmethod
    def _short_enough(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for key, texts in value.items():
            if any(len(text) > PHRASE_LIMIT for text in texts.values()):
                raise ValueError(f"phrase {key}: at most 2,000 characters")
        return value
