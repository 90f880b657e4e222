"""With which characters the words of each meaning begin.

Told beforehand, so that a word is held against a few meanings and the rest need not be compiled.
A test works them out from the words, and says what is missing.
"""

from collections.abc import Mapping

from tenken.guardrails.injection.concept import Concept

BEGINNINGS: Mapping[Concept, str] = {
    Concept.STOP: "\n!.;?。！；？",
    Concept.THING: "cdimostyこアサシスパブ元初基本機環画端製設詳",
    Concept.KEEP: "cdimnsvwどなガセフリロ不公出制削口安忘撤教明検漏無破表見規请逸開무잊",
    Concept.PERMIT: "cdfmopsyおごすス削取守従忘既無破行読重",
    Concept.COMPLY: (
        '"abcdefhilmnorsuwy'
        "「『あいおごすたでどなはもわ了但何倫免全出前包完対必忠承拒断注無申私絶言説謝警躊"
        "辞逆遠"
    ),
    Concept.UNLOCK: "acefglmrstwガセフリロ制安検縛規鎖",
    Concept.FREE: (
        "abcdefghijklmnoprstuwz"
        "しなアオガコゴサジセタダテデノフブプポメモリル不何保倫制反取堕安开悪掟教方无本枠"
        "検決没無特神禁管約緊縛脱自良裏規覚解診越足道邪開闇개무제탈"
    ),
    Concept.ROLE: '"<[{〈《「【',
    Concept.HEADING: "#*-<=abders■◆●【シプユ会入指文本管開",
    Concept.READER: "adfhilmntwあこもアエチ処回本翻自要言返",
    Concept.CONCEAL: "dknqswおこばひバユ人使内利密本気確秘読閲黙",
    Concept.SECRET: (
        "abcdefghiklmnoprstuvwy"
        "あいおかきこそてどなひオキシナヒプメ下事会何作你元内冒初前口君土大当您提明最本根"
        "秘管裏言話貴運開隠非너네당"
    ),
    Concept.TEMPLATE: "impsしシプ命指系시",
    Concept.ABOVE: "abefopstvこやコセチ上以会入対위",
    Concept.AUTHORITY: (
        "acdfghijkoprstwy"
        "おこのぼわアサシセテデパメワ作保俺僕動合品契当我承技検権法点監社私管緊脆自規解訓"
        "設許診評認調運開나저"
    ),
    Concept.VERBATIM: "aceilmptuvwあそまもコ一丸余全原完改漏省要逐隅그글전",
    Concept.ANEW: "adefhilmnoprtuyかこそわユ下代以俺僕優別唯当新最本次真私追",
    Concept.PERSONA: (
        "abcdefghiknoprstuvwy"
        "àあいおきこすそたてとにのふをオキフモロ人今从以你假名君当役您扮振本次貴역이인지"
    ),
    Concept.FICTION: "afhilpsだでともフ世仮小想架物空",
    Concept.ONLY_SAY: '"adhijoprstw“「『とハ乗',
    Concept.TABOO: "bcdefhiklmnoprstuvwどアウタフマ不制危差暴有武毒爆犯禁規覚過違非麻",
    Concept.ABOUT: (
        "abcdeghijlmnpqrstuvw"
        "あっでとどなのイエサジセテデブプベレ仕何作例分判勉単台和対小弾悪感授攻教敵書校検"
        "添研脆脱英見解記設論講違防"
    ),
    Concept.GONE: "acdeilmnorstvwすもチ上今停効取嘘失守廃役意拘撤既時無破終解",
    Concept.DROPPING: "abcdefinorsvwキスリ上停初回忘撤放消無破終解迂逸除",
    Concept.DROP: (
        "abcdefghilmnopqrstuvw"
        "üおかごすそどなむやわオガキクゴシスナバムリワ上不停傍切初制則取呪回外守完度廃引"
        "従忘忽意打抹捨撤放无束棚横気水沿消無白破終縛繞绕置考聞脇覆見解読迂逸閉除黙따무우"
        "잊"
    ),
    Concept.REVEAL: (
        "abcdefghilmnopqrstuvwz"
        "おくさなばみエオコダバプミリ一並丸何公共再写出列印反口吐告変引復打抜抽挙提教明显"
        "晒暗曝書朗泄渡漏白知確示箇繰翻聞表要見言訳語説読貼転載輸输述送透重開顯공말반보알"
        "출"
    ),
    Concept.ACT: "acdefhinoprstuvwアコサツプメリ削含埋実承投振挿採推提最購転追送通関高",
    Concept.ALL: "acefijstwzあいきこすぜとどまもスゼ一丸任何全完所総諸모일전",
    Concept.YOURS: (
        "bdfgstuvwyあおきこそてオキシプ与企会作你受君埋当您提教管組給给親言設課貴運開너당"
    ),
    Concept.PRIOR: (
        "abcdefijklopsuv"
        "いこさすそはもイコデ上之事今以元先冒初前原始当従既昔普最本此現直通過기앞원위이지"
    ),
    Concept.ORDERS: (
        "abcdegimopsvw"
        "óしぷめやイオコシセプメ事仕会伝入内初前受命学定指提教文書注習聞覚言設話명지프"
    ),
    Concept.GUARDS: "acegimostuガコセフポモリ倫利安検禁良道",
    Concept.ANSWER: "こし喋回応書本正生答続話語返述",
    Concept.LIMITS: (
        "abcdefgklmnprstu"
        "きしせガキコセタフブプポモリル倫制取安审掟教方枠検決禁約縛约自良規规足道限규안제"
    ),
    Concept.MACHINE: "abcglmpvあおきアエオチボ人君言貴",
}
"""A meaning that is not here has a word that begins with anything."""
