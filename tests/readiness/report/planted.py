"""Speech that knows a few sentences besides the product's, for reports that are made up."""

from tenken.messages.speech import Language, Speech
from tenken.sentence import Field

PLANTED = {
    Language.EN: {
        "neutralised": "`{step}` runs with `{how}`: its failure stops nothing.",
        "no_timeout": "This call states no timeout; the provider's ten minutes apply.",
        "seen": "`{step}` runs on every pull request and stops it.",
        "looked_for": "No {what} was found; it may live in a console.",
        "console": "The dashboard is kept in a console that a repository does not show.",
    },
    Language.JA: {
        "neutralised": "`{step}` は `{how}` 付きで実行され、失敗しても何も止まらない。",
        "no_timeout": "この呼び出しにタイムアウト指定がない。プロバイダ既定の 10 分が効く。",
        "seen": "`{step}` は全プルリクエストで実行され、失敗すれば止まる。",
        "looked_for": "{what} が見つからない。コンソール側にある可能性あり。",
        "console": "ダッシュボードはコンソールにあり、リポジトリからは見えない。",
    },
}


class PlantedSpeech(Speech):
    """Knows the sentences that these reports say, besides those of the product."""

    def text(self, id: str, /, **fields: Field) -> str:  # noqa: A002 - as in Speech
        """Say a planted sentence, else the product's own."""
        template = PLANTED[self.language].get(id.removeprefix("planted."))
        if not id.startswith("planted.") or template is None:
            return super().text(id, **fields)
        # The product's cleaning is what is under test: borrow it from a sentence without a text.
        said = {
            key: super(PlantedSpeech, self).text("planted.", **{key: value})
            for key, value in fields.items()
        }
        return template.format(**{key: text.partition("=")[2] for key, text in said.items()})


EN = PlantedSpeech(Language.EN)
JA = PlantedSpeech(Language.JA)
BOTH_LANGUAGES = (EN, JA)
