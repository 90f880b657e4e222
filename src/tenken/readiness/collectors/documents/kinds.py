"""What a document and its sections are for, told by where it stands, its name and its headings."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

from functools import lru_cache

from tenken.pattern import Pattern
from tenken.readiness.facts.documents import Aspect, DocumentKind
from tenken.readiness.facts.words.figures import plain

# Asked in this order of path and title: the first that fits wins.
_KINDS: tuple[tuple[DocumentKind, str], ...] = (
    (DocumentKind.POSTMORTEM, r"post-?_?\s?mortem|incident[-_ ]reports?|/incidents?/20|障害報告|事後検証|ポストモーテム|振り返り報告|インシデント報告"),
    (DocumentKind.DECISION, r"(^|/)adrs?/|(^|/)adr[-_ ]|(^|/)decisions?/|decision[-_ ]records?|意思決定記録|設計判断"),
    (DocumentKind.RED_TEAM, r"red[-_ ]?team|レッドチーム|攻撃テスト|敵対的テスト"),
    (DocumentKind.LOAD_TEST, r"load[-_ ]?tests?|stress[-_ ]?tests?|負荷試験|負荷テスト|性能試験"),
    (DocumentKind.LONG_OUTAGE, r"long[-_ ]?outage|prolonged[-_ ]outage|長時間(の)?(停止|障害)|長期(停止|障害)"),
    (DocumentKind.SCENARIOS, r"failure[-_ ]?(scenarios?|modes?|list)|(^|/)fmea|障害シナリオ|障害一覧|故障モード|想定障害"),
    (DocumentKind.RUNBOOK, r"(^|[/ _-])run-?books?([/. _-]|$)|play-?books?|operations?[-_ ]guide|手順書|ランブック|対応手順|運用手順"),
    (DocumentKind.INCIDENT_PROCESS, r"incident[-_ ](process|response|management|handling|policy|plan|procedure)|safety[-_ ]incidents?|インシデント対応|障害対応(手順|プロセス|フロー)|安全(性)?インシデント|事故対応"),
    (DocumentKind.ONLINE_EVALUATION, r"online[-_ ]?eval|オンライン評価|本番評価|feedback[-_ ]signals?"),
    (DocumentKind.CLASSIFICATION, r"data[-_ ]?classif|pii|sensitive[-_ ]data|データ分類|機密情報|個人情報|データ区分|機密区分"),
    (DocumentKind.DATA_USE, r"data[-_ ]?(use|usage|processing|policy)|provider[-_ ]terms|学習利用|データ利用|利用規約|オプトアウト"),
    (DocumentKind.CAPACITY, r"capacity|throughput|traffic[-_ ]?(forecast|plan|estimate)|forecast|キャパシティ|容量計画|需要予測|性能要件|流量|トークン見積"),
    (DocumentKind.KPI, r"(^|[/ _-])kpis?([/. _-]|$)|重要業績|効果測定"),
    (DocumentKind.GOALS, r"(^|[/ _-])goals?([/. _-]|$)|objectives?|(^|[/ _-])okrs?([/. _-]|$)|目標|ゴール|(事業|業務|ビジネス|プロダクト|製品|サービス)(の)?目的"),
    (DocumentKind.ARCHITECTURE, r"architecture|system[-_ ]?(design|overview)|アーキテクチャ|構成図|システム構成|全体構成|設計"),
    (DocumentKind.DATASET_RULES, r"golden|dataset|evals?/|評価データ|評価セット|ゴールデン"),
)  # fmt: skip
ANY_KIND = Pattern(f"(?i){'|'.join(pattern for _, pattern in _KINDS)}")
KINDS = tuple((kind, Pattern(f"(?i){pattern}")) for kind, pattern in _KINDS)

_ASPECTS: tuple[tuple[Aspect, str], ...] = (
    (Aspect.LONG_OUTAGE, r"long[-_ ]?outage|prolonged|長時間|長期(停止|障害)"),
    (Aspect.ROLL_BACK, r"roll(ing)?[- ]?(back|forward)|revert|undo|restor|recover|切り?戻し|ロールバック|復旧|元に戻|復元|巻き戻し"),
    (Aspect.EMERGENCY, r"emergency|kill[- ]?switch|緊急|停止手順|機能停止|応急"),
    (Aspect.ESCALATE, r"escalat|contacts?\b|on-?call|who to call|notify|エスカレーション|連絡|通報|報告先|呼び出し"),
    (Aspect.TIMELINE, r"time ?line|chronolog|what happened|sequence of events|タイムライン|時系列|経緯|経過|何が起き"),
    (Aspect.CAUSE, r"root[- ]?cause|causes?\b|^why\b|contributing|原因|要因|なぜ"),
    (Aspect.ACTIONS, r"action items?|^actions?$|follow[- ]?ups?|prevent|next steps|remedia|再発防止|対策|アクション|今後の対応|改善"),
    (Aspect.IMPACT, r"impact|affected|影響|被害"),
    (Aspect.VERIFY, r"verif|validat|confirm|check(ing)? (that|the|recovery)|^checks?$|確認|検証|正常性"),
    (Aspect.DETECT, r"detect|symptom|alerts?\b|how (do|to) (we |you )?(notice|know|see)|trigger|signs|検知|検出|症状|気づ|兆候|アラート|発見"),
    (Aspect.OWNER, r"owner|responsib|担当|責任者|オーナー|主管"),
    (Aspect.ACT, r"^act(ion)?\b|mitigat|respon[ds]|steps|procedure|remed|fix|what to do|resolution|対応|対処|手順|復帰|処置|実施"),
)  # fmt: skip
ANY_ASPECT = Pattern(f"(?i){'|'.join(pattern for _, pattern in _ASPECTS)}")
ASPECTS = tuple((aspect, Pattern(f"(?i){pattern}")) for aspect, pattern in _ASPECTS)
ARCHIVED = Pattern(r"(^|/)_?(archived?|old|deprecated|legacy|obsolete)/")
SERVICE_LEVEL = Pattern(r"(?i)(^|[^a-z])slos?([^a-z]|$)|service[-_ ]?levels?|サービスレベル")
TEMPLATE = Pattern(
    r"(?i)(^|[/_.-])templates?([/_.-]|$)|テンプレート|雛形|ひな形|ひな型|様式|yyyy-mm-dd"
)


@lru_cache(maxsize=4096)
def kind_of(path: str, title: str) -> DocumentKind:
    """What a document is for."""
    lowered = path.lower()
    if _is_archived(lowered):
        return DocumentKind.OTHER
    stem, said = lowered.rpartition(".")[0], plain(title)
    found = _kind_at(stem) or _kind_in(said) or DocumentKind.OTHER
    # Objectives of a service's level are promised to its users; they are no goals of the business.
    if found is DocumentKind.GOALS and SERVICE_LEVEL.search(f"{stem} {said}"):
        return DocumentKind.OTHER
    return found


@lru_cache(maxsize=4096)
def _is_archived(path: str) -> bool:
    return bool(ARCHIVED.search(path))


def _kind_at(path: str) -> DocumentKind | None:
    """As `_kind_in`, asked of every two names that follow each other: no pattern looks further.

    Folders come again with every file in them, and with every copy of them.
    """
    names = path.split("/")
    last = len(names) - 1
    if last < 2:
        return _kind_in(path)
    found = {
        _kind_in(f"{'/' if at else ''}{names[at]}/{names[at + 1]}{'/' if at + 1 < last else ''}")
        for at in range(last)
    }
    return next((kind for kind, _ in KINDS if kind in found), None)


@lru_cache(maxsize=4096)
def _kind_in(said: str) -> DocumentKind | None:
    if not said or not ANY_KIND.search(said):
        return None
    return next((kind for kind, pattern in KINDS if pattern.search(said)), None)


@lru_cache(maxsize=4096)
def aspect_of(title: str) -> Aspect | None:
    """What a section is about."""
    said = plain(title)
    if not ANY_ASPECT.search(said):
        return None
    return next((aspect for aspect, pattern in ASPECTS if pattern.search(said)), None)


def is_template(path: str, title: str) -> bool:
    """Named as a form to copy."""
    return bool(TEMPLATE.search(path)) or bool(TEMPLATE.search(plain(title)))
