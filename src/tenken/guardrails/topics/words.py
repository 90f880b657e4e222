"""The words of each harm and topic, Japanese and English.

A word alone says little: a nurse, a novelist and a victim use the same ones. Patterns therefore ask
for a deed and its object where one of them is ordinary. What they miss is most of it: negation,
irony, other words. Lists of insults are kept short, since they age and hurt.
"""

# ruff: noqa: E501 - a pattern is read as one line

HOW_JA = r"(?:作り方|作る方法|作って|製造|手順|方法|やり方|入手|手に入れ|教えて|売って|買い方)"
HOW_EN = r"(?:how (?:do|can|to|would)|instructions? (?:for|to)|steps? (?:for|to)|recipe for|teach me|help me|guide to|ways? to|best way)"
GAP = r"[^。.!?！？\n]{0,30}"

WORDS: dict[str, str] = {
    "harm.violence": (
        rf"(?:殺し(?:たい|てやる|方)|殺す方法|殺害(?:方法|計画)|(?:人|彼|彼女|上司|妻|夫|親|子供)を(?:殺|刺|殴り|痛めつけ)|ぶっ殺|皆殺し|拷問(?:し|の方法)|襲撃(?:計画|する方法))"
        rf"|{HOW_EN}{GAP}\b(?:kill|murder|stab|strangle|torture|poison|assault|beat up)\b{GAP}\b(?:someone|somebody|him|her|them|people|person|wife|husband|boss|neighbou?r|man|woman)\b"
        r"|\bi (?:want|am going|plan|will) to (?:kill|stab|shoot|hurt) (?:him|her|them|my|someone|people)\b"
    ),
    "harm.weapons": (
        rf"(?:爆弾|爆発物|手榴弾|火炎瓶|銃(?:器|弾)?|拳銃|サリン|毒ガス|化学兵器|生物兵器|核兵器|炭疽菌){GAP}{HOW_JA}|3dプリン[^。\n]{{0,12}}銃"
        rf"|{HOW_EN}{GAP}\b(?:build|make|assemble|synthesi[sz]e|produce|create|get|buy)\b{GAP}\b(?:bombs?|explosives?|grenades?|molotov|ghost guns?|silencers?|nerve agents?|sarin|anthrax|chemical weapons?|biological weapons?|ricin|landmines?)\b"
    ),
    "harm.csam": (
        r"(?:児童|幼児|小学生|中学生|未成年|幼女|少女|少年)[^。\n]{0,12}(?:ポルノ|性的(?:な|に)|裸|わいせつ|エロ|性行為|下着姿)|児ポ|ロリコン(?:動画|画像)|child (?:porn\w*|sexual)|\bcsam\b"
        r"|\b(?:minors?|child(?:ren)?|underage|preteen|schoolgirl|toddler)\b[^.\n]{0,30}\b(?:sexual\w*|nudes?|naked|erotic\w*|porn\w*|undress\w*)\b"
        r"|\b(?:sexual\w*|nudes?|naked|erotic\w*)\b[^.\n]{0,20}\b(?:minors?|child(?:ren)?|underage|preteens?|toddlers?)\b"
    ),
    "harm.self_harm": (
        r"死にたい|消えたい|自殺(?:し(?:たい|よう|ます|方)|方法|の方法|する方法|を考え)|自傷|リストカット|リスカ|首(?:を)?吊|飛び降り(?:たい|よう|る方法)|生きて(?:い(?:たく|る意味|る価値|るのが)|ても)|楽に死|死ぬ方法|オーバードーズ|\bod(?:し|する|の)"
        r"|\b(?:kill|hurt|harm|cut(?:ting)?) (?:myself|yourself)\b|\bsuicid(?:e|al)\b|\bend (?:my|it) (?:life|all)\b|\bwant to die\b|\bself-?harm\w*|\bno reason to live\b|\bbetter off dead\b"
    ),
    "harm.sexual": (
        r"ポルノ|アダルト(?:動画|ビデオ|小説)|官能小説|性行為(?:の|を)(?:描写|書)|エロ(?:い|小説|漫画|画像|動画)|ヌード(?:画像|写真)|濡れ場"
        r"|\b(?:porn(?:ography|ographic)?|erotica|nsfw|explicit sex\w*|sex scene|nudes)\b"
    ),
    "harm.hate": (
        r"(?:外国人|中国人|韓国人|朝鮮人|黒人|ユダヤ人|移民|障害者|同性愛者|女|老人|在日|イスラム教徒)(?:は|を|なんて|ども)[^。\n]{0,14}(?:出て行け|追い出|死ね|劣|害虫|ゴミ|寄生|消えろ|排除すべき|皆殺し|価値がない|下等)"
        r"|\b(?:immigrants|blacks|jews|muslims|women|gays|asians|christians|foreigners|disabled people|refugees)\b[^.\n]{0,20}\b(?:are|should be)\b[^.\n]{0,20}\b(?:vermin|inferior|subhuman|parasites|deported|exterminated|animals|trash|a plague|stupid)\b"
    ),
    "harm.harassment": (
        r"(?:お前|あいつ|あの女|あの男|あんた)(?:は|なんか|みたいな)[^。\n]{0,10}(?:死ね|クズ|ゴミ|消えろ|ブス|きもい|無能)|(?:死ね|くたばれ|消え失せろ)(?:よ|。|$|!|！)|(?:晒し(?:上げ|て)|住所を特定|個人情報をばらま|嫌がらせ(?:の(?:方法|手紙|メール)|する方法|したい))"
        rf"|\b(?:kill yourself|kys|you are (?:worthless|pathetic|disgusting))\b|{HOW_EN}{GAP}\b(?:dox+|stalk|blackmail|harass|bully|humiliate)\b"
    ),
    "harm.crime": (
        rf"(?:詐欺|万引き|窃盗|空き巣|放火|誘拐|恐喝|偽造|マネーロンダリング|資金洗浄|不正アクセス|ハッキング|フィッシング(?:サイト|メール)|ランサムウェア|マルウェア|なりすまし|脱税|闇バイト|クレジットカード(?:の)?不正){GAP}{HOW_JA}|(?:バレ|捕まら|ばれ)(?:ない|ず)[^。\n]{{0,14}}(?:盗|殺|詐欺|脱税|侵入|横領)"
        rf"|{HOW_EN}{GAP}\b(?:hack into|steal|rob|shoplift|launder|forge|counterfeit|break into|pick (?:a )?lock|phish|scam|defraud|evade tax\w*|kidnap|bribe|write (?:ransomware|malware)|skim)\b"
    ),
    "harm.drugs": (
        rf"(?:覚醒剤|大麻|コカイン|ヘロイン|mdma|lsd|麻薬|危険ドラッグ|シャブ|フェンタニル|メタンフェタミン){GAP}{HOW_JA}"
        rf"|{HOW_EN}{GAP}\b(?:cook|make|synthesi[sz]e|grow|buy|sell|smuggle|produce)\b{GAP}\b(?:meth(?:amphetamine)?|cocaine|heroin|fentanyl|mdma|lsd|crack|ecstasy)\b"
    ),
    "topic.medical": (
        r"(?:服用|投薬)量|何(?:錠|ミリ(?:グラム)?)(?:飲|まで)|(?:薬|錠剤|抗生物質|解熱剤|鎮痛剤)[^。\n]{0,14}(?:飲ん|飲み(?:すぎ|合わせ)|併用|やめ|量)|(?:症状|痛み|しびれ|発疹|動悸|出血|めまい)[^。\n]{0,16}(?:病気|原因|大丈夫|治|受診|何科)|診断して|副作用|何科を受診"
        r"|\b(?:dosage|side effects?|diagnos(?:e|is)|symptoms?|prescri(?:be|ption)s?|should i take)\b[^.\n]{0,30}\b(?:mg|pills?|tablets?|medication|antibiotics|ibuprofen|pain|disease|cancer|blood pressure|fever|rash|drug)\b"
        r"|\bhow (?:many|much) (?:mg|pills|tablets|ibuprofen|aspirin|paracetamol|insulin)\b"
    ),
    "topic.legal": (
        r"(?:訴え|訴訟|裁判)[^。\n]{0,14}(?:勝て|起こ|られ|できます|べき|費用)|慰謝料|違法(?:です|でしょう|になり)|逮捕され(?:ます|る)|示談(?:金|に)|離婚(?:調停|裁判|の条件)|親権|遺産分割|残業代[^。\n]{0,8}請求|解雇[^。\n]{0,10}(?:無効|不当|違法)|損害賠償(?:を|請求)"
        r"|\b(?:can|should|could) i (?:sue|press charges|file a lawsuit|contest)\b|\bis it (?:il)?legal (?:to|for|if)\b|\bcustody of\b|\bstatute of limitations\b|\bunfair dismissal\b|\bliable for\b"
    ),
    "topic.financial": (
        r"(?:株|銘柄|投資信託|仮想通貨|暗号資産|ビットコイン|fx|不動産)[^。\n]{0,16}(?:買う?べき|売る?べき|おすすめ|儲か|上がりますか|下がりますか|買い時|投資すべき|推奨)|(?:どの|おすすめの)(?:株|銘柄|投資信託|ファンド)|絶対儲か|元本保証|老後資金[^。\n]{0,10}(?:運用|投資)"
        r"|\b(?:which|what) (?:stocks?|shares|crypto\w*|funds?|etfs?)\b[^.\n]{0,20}\b(?:buy|invest|pick|best)\b|\bshould i (?:invest|buy|sell)\b[^.\n]{0,30}\b(?:stocks?|shares|bitcoin|crypto\w*|funds?|bonds|gold|etfs?)\b|\bguaranteed returns?\b"
    ),
    "topic.politics": (
        r"(?:どの|どこの)(?:政党|党|候補)(?:に|を|が)[^。\n]{0,10}(?:投票|支持|良い|いい|入れ)|(?:自民党|立憲民主党|公明党|共産党|維新|国民民主党|れいわ|参政党|首相|総理|内閣|政権)[^。\n]{0,14}(?:支持|批判|投票|退陣|評価|どう思)|誰に投票"
        r"|\bwho(?:m)? should i vote\b|\b(?:democrats?|republicans?|labour|tories|conservatives|president|prime minister)\b[^.\n]{0,24}\b(?:vote|support|best|worst|better|corrupt|opinion)\b"
    ),
}
