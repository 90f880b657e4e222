"""Chinese, Korean, German, French and Spanish: the commonest words alone."""

from tenken.guardrails.injection.concept import Concept

CHINESE_KOREAN: dict[Concept, tuple[str, ...]] = {
    Concept.KEEP: (r"不要忽略|不要忘记|不能忽略|请勿忽略|무시하지|잊지",),
    Concept.FREE: (
        r"(?:没有|不受|無|无)(?:任何)?(?:限制|约束|審查|审查|过滤|道德)|越狱|开发者模式|제한\s?(?:없는|없이)|무제한|개발자\s?모드|탈옥",
    ),
    Concept.SECRET: (
        r"(?:你的|您的|你收到的)(?:系统|系統|初始|原始|内部|隐藏)*(?:提示词?|提示詞|指令|规则|設定|设定)|(?:당신의|너의|네)\s?(?:시스템\s?)?(?:프롬프트|지시(?:사항)?|규칙|설정)",
    ),
    Concept.TEMPLATE: (r"系统提示词?|系統提示詞?|시스템\s?(?:프롬프트|메시지|지침)",),
    Concept.ABOVE: (r"(?:以上|上面|上述)的?(?:所有)?(?:内容|文字|文本)|위의?\s?(?:내용|텍스트)",),
    Concept.VERBATIM: (r"逐字|原封不动|原样|完整地?|그대로|전문|글자\s?그대로",),
    Concept.PERSONA: (
        r"(?:你|您)(?:现在|從現在|从现在)(?:是|起|开始)?|从现在(?:起|开始)|扮演|假装|假裝|지금부터|이제부터|역할을?|인\s?척",
    ),
    Concept.AUTHORITY: (
        r"我是(?:你的)?(?:开发者|開發者|管理员|管理員)|(?:나는|저는)\s?(?:당신의\s?)?(?:개발자|관리자)",
    ),
    Concept.DROP: (
        r"忽略|忽视|無視掉|无视|忘记|忘掉|忘記|不要遵守|不要遵循|绕过|繞過|覆盖|무시|잊어|잊고|따르지\s?마|우회",
    ),
    Concept.REVEAL: (
        r"输出|輸出|显示|顯示|告诉我|告訴我|透露|重复|重複|打印|泄露|公开|출력|보여|알려|공개|반복|말해",
    ),
    Concept.ALL: (r"所有|全部|一切|任何|모든|전부|일체",),
    Concept.YOURS: (r"你的|您的|给你的|給你的|당신의|너의|당신에게|너에게",),
    Concept.PRIOR: (
        r"之前|先前|以前的|上面|此前|前面|原来的|이전|앞선|지금까지|위의|기존|원래",
    ),
    Concept.ORDERS: (r"指令|指示|提示词|提示詞|提示|命令|지시(?:사항)?|명령|프롬프트|지침",),
    Concept.LIMITS: (r"规则|規則|限制|约束|規範|安全准则|审查|규칙|제한|제약|안전",),
}  # fmt: skip

EUROPEAN: dict[Concept, tuple[str, ...]] = {
    Concept.KEEP: (
        r"(?:ignorier|vergiss)\w*\s+(?:\w+\s+)?nicht|n'(?:ignore[zr]?|oublie[zr]?)\s+pas|no\s+(?:ignores|olvides)",
    ),
    Concept.FREE: (
        (r"ohne\s+(?:jegliche\s+|alle\s+)?(?:einschränkungen|beschränkungen|regeln|filter|zensur)|uneingeschränkt\w*|entwicklermodus|sans\s+(?:aucune\s+)?(?:restrictions?|"
        r"limites?|règles|filtres?|censure)|mode\s+développeur|sin\s+(?:ningun[ao]?\s+|ningún\s+)?(?:restricci(?:ones|ón)|límites|reglas|filtros|censura)|modo\s+(?:desarrollador|dios)"),
    ),
    Concept.SECRET: (
        (r"(?:dein|deine|deinen|deiner|ihr|ihre)\s+(?:system|initial|ursprünglich)?\w*[\s-]*(?:prompts?|anweisungen|regeln|vorgaben|instruktionen)|(?:ton|ta|tes|vos|votre)\s+"
        r"(?:prompts?|invites?|instructions?|consignes?|directives?|règles)(?:\s+(?:système|initiale?s?))?|(?:tu|tus|su|sus)\s+(?:prompts?|instrucciones|directrices|indicaciones|reglas)(?:\s+(?:del?\s+sistema|inicial\w*))?"),
    ),
    Concept.TEMPLATE: (
        r"system-?prompt|systemanweisung\w*|(?:prompt|invite|message)\s+(?:du\s+)?système|(?:prompt|mensaje)\s+del?\s+sistema",
    ),
    Concept.VERBATIM: (
        r"wörtlich|wortwörtlich|wort\s+für\s+wort|mot\s+(?:pour|à)\s+mot|textuellement|palabra\s+por\s+palabra|literalmente|textualmente",
    ),
    Concept.PERSONA: (
        (r"du\s+bist\s+(?:jetzt|nun|ab)|ab\s+(?:jetzt|sofort)|tu\s+so,?\s+als|stell\s+dir\s+vor|verhalte\s+dich|tu\s+es\s+(?:maintenant|désormais)|désormais|à\s+partir\s+de\s+maintenant|"
        r"fais\s+semblant|agis\s+(?:comme|en\s+tant)|imagine\s+que|ahora\s+eres|a\s+partir\s+de\s+ahora|actúa\s+como|finge|haz\s+como\s+si|compórtate"),
    ),
    Concept.AUTHORITY: (
        r"ich\s+bin\s+(?:dein|der|ein)\w*\s+(?:entwickler|administrator)|je\s+suis\s+(?:ton|ta|le|la|un)\s+(?:développeu\w+|administrat\w+)|soy\s+(?:tu|el|la|un)\s+(?:desarrollador\w*|administrador\w*)",
    ),
    Concept.DROP: (
        (r"ignorier\w*|vergiss|vergessen\s+sie|missachte\w*|umgehe?n?|überschreib\w*|setze?\s+dich\s+über|ignore[zr]?|oublie[zr]?|néglige[zr]?|contourne[zr]?|outrepasse[zr]?|fais\s+abstraction|"
        r"abandonne[zr]?|viole[zr]?|ignora(?:d|r)?|olvida(?:d|r|te)?|omite|pasa\s+por\s+alto|descarta|desobedece|elude|salta(?:te)?|anula"),
    ),
    Concept.REVEAL: (
        (r"zeig\w*|gib\s+(?:mir\s+)?|nenne?|verrat\w*|wiederhole?\w*|offenbare?\w*|drucke?|affiche[zr]?|montre[zr]?|révèle[zr]?|répète[zr]?|donne(?:-moi|z-moi)?|dévoile[zr]?|divulgue[zr]?|"
        r"muestra|revela|repite|imprime|dime|di\s+|dame|divulga|quel(?:le)?s?\s+(?:est|sont|était|a\s+été)|cuál(?:es)?\s+(?:es|son|fue\w*)|was\s+(?:ist|sind|war|waren)"),
    ),
    Concept.ALL: (r"alle[ns]?|sämtliche\w*|jegliche\w*|tou(?:te)?s(?:\s+les)?|todas?|todos?",),
    Concept.YOURS: (r"deine?[nrsm]?|tes|ta|ton|vos|tus?",),
    Concept.PRIOR: (
        r"vorherig\w*|bisherig\w*|vorig\w*|obig\w*|vorangegangen\w*|ursprünglich\w*|précédent\w*|antérieur\w*|ci-dessus|initial\w*|anterior\w*|previ[ao]s?|de\s+arriba|original\w*",
    ),
    Concept.ORDERS: (
        r"anweisung\w*|instruktion\w*|befehle?|vorgaben|aufforderung\w*|consignes?|instrucci(?:ones|ón)|indicaci(?:ones|ón)|órdenes|directiva\w*|ordres?",
    ),
    Concept.LIMITS: (
        r"regeln|richtlinien|einschränkungen|beschränkungen|sicherheitsma\w+|règles|limites|garde-fous|reglas|directrices|normas|restricciones|límites",
    ),
}  # fmt: skip
"""Words with accents are also looked for without them: see `views.confusables`."""
