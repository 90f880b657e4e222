"""The reference page of dialects: which API is answered by which provider, and what is lost."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.pairs import PAIRS, Pair

PATHS = {
    Api.CHAT: "/v1/chat/completions",
    Api.RESPONSES: "/v1/responses",
    Api.EMBEDDINGS: "/v1/embeddings",
    Api.MESSAGES: "/v1/messages",
}
SIDES = {
    "openai": "OpenAI, Azure OpenAI",
    "openai-stored": "the same, where responses may be kept at the provider",
    "azure": "Azure OpenAI by deployment (`api_version`)",
    "compatible": "vLLM, Ollama and everything compatible (`kind: other`), the embedded model",
    "anthropic": "Anthropic",
    "vertex-anthropic": "Claude on Vertex AI",
    "gemini": "Google Gemini, on Vertex AI or by key",
    "bedrock": "Amazon Bedrock (Converse)",
}
INTRODUCTION = """\
# Dialects

A caller speaks one of four APIs; a target is spoken to in the words of its provider.

- **exact**: the bytes pass through. Only the model's name is put in, by its position, and a stream
  is always asked for its tokens. Fields that are not known here, and values of `anthropic-beta`,
  need an entry in `gateway.pass_through`.
- **approximate**: the request is said anew. Text, tool calls and their results, images that are
  sent along, the reason why an answer ends, and its tokens are the same at both ends, whole or
  streamed.
- **refused**: the pair is not translated. A route may still hold such a target: it is passed over
  for this API.

What would change the answer and has no words at the provider is never dropped: the request goes to
the route's next target, and is refused with the name of the field where there is none
(`unsupported_parameter`). What is listed as *not passed on* asks for nothing that would stand in
the answer as a text, a call or an end: it may still be written another way, thought about less, or
cost more. Names within messages and tools that are none of the caller's API are not passed on
either where a request is said anew.
"""
NOTES = """\
## What is different in a translated answer

- A chat answered by another API has `created` 0: the others do not tell when they answered.
- Thinking is counted as reasoning tokens where the provider tells them apart; its text is not
  passed on. Bedrock does not tell them apart.
- A target of Anthropic is given `max_tokens` 4096 where the caller names no limit. The limit of
  messages is `max_completion_tokens` at OpenAI and Azure, and `max_tokens` at `compatible`: Ollama
  knows no other name. A proxy in front of OpenAI is of `kind: openai` with a `base_url`.
- Instructions of the system stand before everything else; one in the middle of a conversation is
  refused.
- A message that ended at a stop sequence is told as `end_turn`, and a refusal of OpenAI's as text:
  the others do not tell them apart.
- The tokens of a translated stream stand in its last events; `message_start` has none.
- A schema for the answer is said to OpenAI as strict. OpenAI takes fewer schemas so than
  Anthropic does, and refuses the others.
- A tool call that was cut at the limit of tokens is left out of a whole answer that stopped there.
- Ids of tool calls that a provider would refuse (`functions.search:0`, the same id in two turns)
  are said to Anthropic and Bedrock in another form, and those of more than 40 characters to
  OpenAI, the same one each time. Calls of Gemini that have none get one.
- Texts of nothing but blanks are left out at Bedrock, and at Anthropic where a turn has nothing
  else: they are refused there.
- Calls in a conversation that goes on with Gemini 3 are marked as unsigned: no caller's API has a
  place for the signature of a thought.
- Bedrock names neither the answer nor the model that gave it: `id` is empty, and `model` is the
  name that was asked for.

## What is kept at a provider

OpenAI keeps every response for 30 days unless it is told not to. Where the caller says nothing,
`store` is set to `false`. A request that needs something kept (`previous_response_id`,
`conversation`, `background`, `store`, `prompt`, an `item_reference`) goes only to the first target
of its route that keeps responses (`keeps_responses: true`), and never fails over.

All of this is about responses. OpenAI keeps chat completions, too, for organisations that are new
and do not say otherwise; chats are passed on as they came, so `store: false` is the caller's to
say, or the organisation's in its data controls. So is `store: true`.

What is kept is not fetched, cancelled or deleted through the gateway (`/v1/responses/ID` is 404):
it does not know whose it is. So `background` is of use with `stream` alone.

## Where this comes from

The vendors' public API references and client types, as they were in November 2026: OpenAI's Python
client 3.51, Anthropic's 2.8, botocore 1.44, Google's reference of `generateContent`. The exchanges
in the tests are written after them; none is recorded from a service.
"""


WORDS = {
    "pairs": "All pairs",
    "provider": "provider",
    "details": "What each pair has no words for",
    "at": "`{path}` at `{side}`",
    "refused": "refused",
    "lost": "not passed on",
    "exact": "exact",
    "approximate": "approximate",
    "comma": ", ",
}
SIDES_JA = {
    "openai": "OpenAI、Azure OpenAI",
    "openai-stored": "同上、応答をプロバイダーに保存してよい場合",
    "azure": "デプロイメント名で呼ぶ Azure OpenAI（`api_version`）",
    "compatible": "vLLM、Ollama とすべての互換サーバー（`kind: other`）、内蔵モデル",
    "anthropic": "Anthropic",
    "vertex-anthropic": "Vertex AI 上の Claude",
    "gemini": "Google Gemini（Vertex AI またはキー）",
    "bedrock": "Amazon Bedrock（Converse）",
}
INTRODUCTION_JA = """\
# 方言（API の対応表）

呼び出し元は 4 つの API のいずれかで話し、ターゲットにはそのプロバイダーの言葉で話す。

- **完全**: バイト列をそのまま渡す。モデル名だけを位置で差し替え、
  ストリームでは必ずトークン数も要求する。
  ここで知られていないフィールドと `anthropic-beta` の値は `gateway.pass_through` に書く。
- **近似**: リクエストを言い直す。テキスト、ツール呼び出しとその結果、添付された画像、
  回答の終わった理由、
  トークン数は、一括でもストリームでも両端で同じ。
- **拒否**: この組み合わせは翻訳しない。ルートに置いてもよく、
  この API ではそのターゲットを飛ばす。

回答を変えるのにプロバイダーに言葉がないものは、黙って落とさない。
リクエストはルートの次のターゲットへ行き、
なければフィールド名を挙げて拒否する（`unsupported_parameter`）。「渡さない」に挙げたものは、
回答にテキスト、呼び出し、終わり方として現れることを何も求めない。
書き方や考える量、費用は変わりうる。
言い直すリクエストでは、メッセージやツールの中にある、呼び出し元の API にない名前も渡さない。
"""
NOTES_JA = """\
## 翻訳した回答で異なること

- 別の API が答えたチャットでは `created` が 0。ほかの API は回答時刻を返さない。
- 思考は、プロバイダーが分けて返す場合は推論トークンとして数え、その文章は渡さない。
  Bedrock は分けて返さない。
- 呼び出し元が上限を書かない場合、Anthropic のターゲットには `max_tokens` 4096 を渡す。
  メッセージの上限は、OpenAI と Azure には `max_completion_tokens`、`compatible` には
  `max_tokens` として渡す。Ollama はほかの名前を知らない。
  OpenAI の前に置いたプロキシは、`base_url` を書いた `kind: openai` にする。
- システムの指示はすべての前に置く。会話の途中にあるものは拒否する。
- 停止シーケンスで終わったメッセージは `end_turn`、OpenAI の拒否はテキストとして返す。
  ほかの API は区別しない。
- 翻訳したストリームのトークン数は最後のイベントにある。`message_start` にはない。
- 回答のスキーマは OpenAI には strict として渡す。OpenAI が strict で受け付けるスキーマは
  Anthropic より少なく、それ以外は拒否される。
- トークンの上限で切れたツール呼び出しは、そこで終わった一括の回答から除く。
- プロバイダーが拒否するツール呼び出しの ID（`functions.search:0`、2 つのターンで同じ ID）は、
  Anthropic と Bedrock には別の形で、40 文字を超えるものは OpenAI に短くして、
  毎回同じ形で渡す。ID のない Gemini の呼び出しには ID を付ける。
- 空白だけのテキストは、Bedrock では除き、Anthropic ではターンにほかに何もなければ除く。
  どちらもそれを拒否する。
- Gemini 3 で続ける会話の中の呼び出しには、署名なしの印を付ける。
  呼び出し元の API には思考の署名を置く場所がない。
- Bedrock は回答の ID もモデル名も返さない。`id` は空、`model` は要求した名前になる。

## プロバイダーに保存されるもの

OpenAI は、断らない限りすべての応答を 30 日間保存する。
呼び出し元が何も書かなければ `store` を `false` にする。
保存されたものを必要とするリクエスト（`previous_response_id`、`conversation`、`background`、
`store`、`prompt`、
`item_reference`）は、
ルートの中で応答を保存する最初のターゲット（`keeps_responses: true`）だけへ行き、
フェイルオーバーしない。

ここまではレスポンスの話である。OpenAI は、新しい組織が断らなければチャットの回答も保存する。
チャットは来たままに渡すので、`store: false` は呼び出し元が書くか、
組織のデータ設定で決める。`store: true` も同じである。

保存された応答の取得、取り消し、削除はゲートウェイを通らない（`/v1/responses/ID` は 404）。
誰のものか分からないためで、
`background` が役立つのは `stream` を伴うときだけである。

## 出典

2026 年 11 月時点のベンダーの公開 API リファレンスとクライアントの型:
OpenAI の Python クライアント 3.51、Anthropic 2.8、botocore 1.44、
Google の `generateContent` リファレンス。テスト中のやり取りはこれらに従って書いたもので、
サービスから記録したものはない。
"""
WORDS_JA = {
    "pairs": "すべての組み合わせ",
    "provider": "プロバイダー",
    "details": "組み合わせごとに言葉がないもの",
    "at": "`{side}` での `{path}`",
    "refused": "拒否",
    "lost": "渡さない",
    "exact": "完全",
    "approximate": "近似",
    "comma": "、",
}


class Language(Struct, frozen=True, kw_only=True):
    """The texts of the page in one language."""

    introduction: str
    notes: str
    sides: Mapping[str, str]
    words: Mapping[str, str]


EN = Language(introduction=INTRODUCTION, notes=NOTES, sides=SIDES, words=WORDS)


def _flowing(text: str) -> str:
    """A line's end between two Japanese letters would be shown as a space."""
    return re.sub(r"(?<=[^\x00-\x7f])\n *(?=[^\x00-\x7f])", "", text)


JA = Language(
    introduction=_flowing(INTRODUCTION_JA),
    notes=_flowing(NOTES_JA),
    sides=SIDES_JA,
    words=WORDS_JA,
)


def page(language: Language = EN) -> str:
    """The whole page."""
    parts = [language.introduction, *_grid(language), "", *_details(language), language.notes]
    return "\n".join(parts)


def _grid(language: Language) -> Iterator[str]:
    words = language.words
    yield f"## {words['pairs']}\n"
    yield f"| {words['provider']} | " + " | ".join(f"`{path}`" for path in PATHS.values()) + " |"
    yield "|---" * (len(PATHS) + 1) + "|"
    for side, name in language.sides.items():
        how = {pair.api: words[pair.how] for pair in PAIRS if pair.side == side}
        yield f"| `{side}`: {name} | " + " | ".join(how[api] for api in PATHS) + " |"


def _details(language: Language) -> Iterator[str]:
    yield f"## {language.words['details']}\n"
    for pair in PAIRS:
        if pair.lost or pair.refused:
            yield from _pair(pair, language.words)


def _pair(pair: Pair, words: Mapping[str, str]) -> Iterator[str]:
    yield "### " + words["at"].format(path=PATHS[pair.api], side=pair.side) + "\n"
    if pair.refused:
        yield f"- {words['refused']}: {_names(pair.refused, words['comma'])}"
    if pair.lost:
        yield f"- {words['lost']}: {_names(pair.lost, words['comma'])}"
    yield ""


def _names(names: tuple[str, ...], comma: str) -> str:
    return comma.join(
        f"`{name}`{rest and ' ('}{rest}"
        for name, _, rest in (one.partition(" (") for one in names)
    )
