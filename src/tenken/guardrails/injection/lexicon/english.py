"""English."""

# ruff: noqa: E501 - a pattern is read as one line

from tenken.guardrails.injection.concept import Concept

_OF = r"(?:\s+of)?"
_ADJ = (
    r"(?:\s+(?:system|safety|internal|original|initial|hidden|secret|developer|core|base|full|"
    r"complete|entire|exact|current|default|ethical|content|own|actual|underlying|very|first|"
    r"previous|prior|earlier|starting|opening|confidential|private|foundational|operational|"
    r"custom|pre-?set|set-?up|actual|raw|real|concealed|covert|buried|guiding|governing|training|central|root|"
    r"primary|main|key|fundamental|essential|veiled|clandestine|operating|behaviou?ral)){0,3}"
)
_ORDERS = (
    r"(?:system\s+)?(?:pre-?)?(?:instructions?|instruc?tons?|prompts?|promtp|directives?|commands?"
    r"|orders|directions|guidance|briefings?|mandates?|set-?up|configurations?|config|context)"
)
_LIMITS = (
    r"guidelines?|rules?|restrictions?|constraints?|limitations?|limits|boundar(?:y|ies)|"
    r"(?:content\s+|usage\s+|safety\s+)?polic(?:y|ies)|filters?|filtering|safeguards?|"
    r"guard-?\s?rails?|safety(?:\s+(?:protocols?|measures?|features?|checks?|settings?))?|"
    r"protocols?|programming|training|ethics|moral(?:s|ity)?|censorship|alignment|conditioning|"
    r"protections?|principles|moderation"
)

_MAKERS = (
    r"(?:(?:your|the|whoever)\s+)?(?:\w+\s+)?(?:company|developers?|devs|operators?|vendor|makers?|owners?|"
    r"provider|creators?|employer|admin(?:istrator)?s?|bosses|trainers?|programmers?)"
)

WORDS: dict[Concept, tuple[str, ...]] = {
    Concept.THING: (
        (r"(?:the\s+|your\s+|my\s+|our\s+|its\s+|their\s+)?(?:initial|original|current|default|system)\s+(?:system\s+)?(?:requirements?|configuration\s+(?:of|file|for|screen|page|wizard|step)s?|"
        r"settings?\s+(?:app|page|screen|menu|panel|tab|file)|preferences|tray|architecture|update|failure|error|logs?)"),
    ),
    Concept.KEEP: (
        (r"(?:do\s+not|don'?t|never|not\s+to|without|must\s+not|should\s+not|shouldn'?t|cannot|"
        r"can'?t)\s+(?:ever\s+|just\s+|simply\s+)?(?:ignor(?:e|ing)|forget(?:ting)?|disregard(?:ing)?|overlook(?:ing)?|"
        r"overrid(?:e|ing)|skip(?:ping)?|bypass(?:ing)?|neglect(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|shar(?:e|ing))"),
        r"why\s+(?:does|do|did|is|are)\s+(?:my|the|our|some)",
    ),
    Concept.COMPLY: (
        (r"(?:do\s+not|don'?t|never|you\s+(?:can\s?not|can'?t|must\s+not|may\s+not|will\s+not|"
        r"won'?t)|without)\s+(?:ever\s+)?(?:refus\w+|declin\w+|reject\w*|deny\w*|apologi[sz]\w*|"
        r"warn\w*|hesitat\w+|moraliz\w+|moralis\w+|lectur\w+|judg\w+|disclaim\w*|"
        r"say(?:ing)?\s+(?:no|you\s+can|i\s?can|i'm\s+sorry))"),
        (r"(?:no|without(?:\s+any)?|skip(?:\s+the)?|omit(?:\s+any)?|avoid)\s+(?:ethical\s+|moral\s+|safety\s+|legal\s+)*"
        r"(?:warnings?|disclaimers?|refusals?|caveats?|hesitation|apolog\w+|moralizing|lectures?)"),
        (r"(?:you\s+)?(?:must|have\s+to|will|shall|are\s+(?:required|obliged|compelled|forced)\s+to)"
        r"\s+(?:always\s+|now\s+|fully\s+)?(?:comply|obey|answer\s+(?:any|every|all)\w*|fulfil+)"),
        r"comply\s+with\s+(?:all|any|every|my)\w*|(?:say|answer)\s+(?:yes|ok)\s+to\s+(?:any|every|all|what)\w*|(?:do\s+not|don\'?t|never)\s+(?:include|add|give|mention|use)\s+(?:any\s+)?(?:\w+\s+)?(?:warnings?|disclaimers?|caveats?)",
        r"(?:begin|start|open)\s+(?:\w+\s+){0,3}with\s*[:,]?\s*[\"'“‘]?\s*(?:sure|absolutely|of\s+course|yes|certainly|gladly|ok(?:ay)?\b)",
        r"(?:a|every|each|any)\s+(?:refusal|\w+\s+you\s+refuse)\s+(?:costs|counts|means|loses)|(?:can\s?not|never|do\s+not|don\'?t)\s+(?:ever\s+)?refuse",
        r"refus(?:al|ing)\s+(?:is|are)\s+(?:not\s+(?:allowed|an\s+option|permitted)|forbidden|impossible)",
        (r"(?:cannot|can'?t|sorry|unable|won'?t|no|refuse|as\s+an\s+ai)[\"'”’]?(?:\s*(?:,|or|and)\s*[\"'“‘]?\w+(?:\s+\w+)?[\"'”’]?){0,3}\s+(?:is|are|becomes?)\s+(?:now\s+|hereby\s+|strictly\s+)?"
        r"(?:forbidden|banned|prohibited|not\s+allowed|off\s+limits|struck)"),
        (r"(?:obey|follow|serve|listen\s+to)\s+(?:only\s+)?me(?:\s+(?:only|alone|instead|now))?|(?:all|every|any|each)\s+(?:\w+\s+)?(?:requests?|questions?|wish(?:es)?|demands?|commands?)\s+"
        r"(?:must|shall|have\s+to|has\s+to|are\s+to|is\s+to|will)\s+(?:now\s+)?be\s+(?:granted|answered|fulfilled|accepted|obeyed|executed|served|honou?red)"),
        r"unable\s+to\s+refuse|incapable\s+of\s+refusing|answers?\s+(?:absolutely\s+)?(?:anything|everything)",
        r"do\s+(?:exactly\s+)?(?:what(?:ever)?|as)\s+i\s+(?:say|tell|ask|command)",
    ),
    Concept.GUARDS: (
        r"that\s+you(?:'re|\s+are)\s+(?:an?|the)\s+(?:\w+\s+){0,3}(?:bot|assistant|ai|model|agent|chat-?bot)",
        (r"(?:safety|ethical|moral|content|usage|ai)\s+(?:guidelines?|rules?|polic(?:y|ies)|restrictions?|constraints?|filters?|protocols?|programming|limits|standards|principles|boundaries)|"
        r"guidelines|ethics|morals|morality|censorship|safeguards?|guard-?\s?rails?|safety\s+(?:measures?|features?|checks?|settings?)|content\s+polic(?:y|ies)|"
        r"(?:moderation|content|output|input)\s+(?:filters?|layers?|checks?|moderation)"),
    ),
    Concept.UNLOCK: (
        (r"(?:safety|filters?|guard-?rails?|moderation|restrictions?|censorship|limits|alignment|ethics)(?:_\w+)?\s*(?:=|:=|==|:|->|--?>)\s*(?:off|false|0|none|null|no|disabled?)"),
        (r"(?:turn|switch)(?:ed)?\s+off\s+(?:your\s+|the\s+|all\s+|any\s+)?(?:\w+\s+){0,2}(?:filters?|filtering|safety|guard-?rails?|restrictions?|censorship|limits|safeguards?)|"
        r"(?:filters?|safety|guard-?rails?|restrictions?|limits|safeguards?)\s+(?:are\s+|is\s+)?(?:now\s+)?(?:off|down|disabled|unlocked|gone|paused|suspended|asleep)|without\s+(?:your\s+|the\s+|any\s+)?(?:filters?|safety\s+\w+|guard-?rails?|censorship)"),
    ),
    Concept.FREE: (
        (r"unrestricted|un-?filtered|un-?censored|un-?constrained|un-?moderated|un-?bound(?:ed)?|"
        r"un-?shackled|un-?limited\s+(?:mode|ai|access|assistant|model)|amoral|unethical\s+(?:ai|assistant|bot|mode|version|chatbot|persona)|"
        r"jail-?\s?broken|do\s+anything\s+now|anything\s+goes|evil\s+(?:\w+\s+)?(?:ai|twin|assistant|bot|"
        r"version|mode)|rogue(?:\s+ai)?|become\s+evil|nothing\s+is\s+(?:off\s+(?:the\s+table|limits)|forbidden|taboo|banned)"),
        r"(?:with\s?out|no|zero|free\s+(?:of|from)|devoid\s+of|lacking|absent|beyond|(?:has|have|"
        r"had)\s+no|exempt\s+from)\s+(?:any\s+|all\s+|your\s+|its\s+|the\s+|such\s+|more\s+)?"
        r"(?:\w+\s+(?:or\s+)?){0,2}?(?:" + _LIMITS + r"|inhibitions?|taboos?)",
        (r"(?:not|no\s+longer|isn'?t|aren'?t|never)\s+(?:bound|constrained|restricted|limited|"
        r"subject|governed|shackled|confined|held)\s*(?:by|to|back)?"),
        (r"(?:developer|dev|god|admin|administrator|debug|debugging|root|sudo|maintenance|jailbreak|"
        r"unsafe|dan|stan|dude|override|diagnostic|unlocked|opposite|service|test|chaos|free(?:dom)?|"
        r"superuser|master|privileged|raw|kernel)[\s-]+(?:mode|access|override|shell|privileges?)"),
        (r"(?:ignores|disregards|knows?\s+no|breaks|bypasses|lacks?|(?:does|do|did)(?:\s+not|n'?t)\s+(?:care\s+about|follow|obey|respect|know))\s+"
        r"(?:any\s+|all\s+|the\s+|its\s+|every\s+|about\s+)?(?:safety|laws?|rules|ethics|morals|morality|restrictions|limits|filters|censorship)"),
        (r"without\s+(?:checking|consulting|considering|applying|respecting|following|looking\s+at|regard\s+(?:to|for)|thinking\s+(?:of|about))\s+(?:\w+\s+){0,3}?(?:" + _LIMITS + ")"),
        r"(?:nothing|no\s+\w+)\s+is\s+(?:illegal|a\s+crime|wrong|immoral)",
        (r"(?:(?:safety|ethical|content|usage|moral)\s+)?(?:rules?|restrictions?|filters?|limits?|limitations|ethics|guidelines?|safety|guardrails?|"
        r"policies)\s+(?:\w+\s+){0,3}?(?:do\s+not|don'?t|no\s+longer|never|not)\s+(?:apply|exist|"
        r"matter|bind|count)"),
        r"(?:turn|switch)(?:ed)?\s+off\s+(?:your\s+|the\s+|all\s+|any\s+)?(?:\w+\s+){0,2}(?:" + _LIMITS + ")",
        r"(?:break|escape|set|break\s+out|liberat\w+|freed?)\s+(?:free|yourself)(?:\s+(?:of|from))?",
        r"(?:can|may|will|shall)\s+(?:do|say|answer|discuss|generate)\s+(?:absolutely\s+)?anything(?:\s+(?:now|at\s+all|i\s+ask))?",
    ),
    Concept.AUTHORITY: (
        (r"(?:i\s+am|i'?m|this\s+is|we\s+are|speaking\s+as|as)\s+(?:actually\s+)?(?:your|the|an?|one\s+of\s+(?:your|the))\s+"
        r"(?:\w+\s+){0,2}?(?:developers?|creators?|administrators?|admin|owner|engineers?|operator|programmer|"
        r"maker|root\s+user|super-?user|researcher\s+at|team\s+lead|security\s+(?:team|lead|officer|auditor)|auditor)"),
        (r"(?:openai|anthropic|google|deepmind|your\s+creators?|your\s+developers?|your\s+company)\s+(?:has|have|"
        r"had|says?|told|wants?|authori[sz]\w+|approved|engineer|staff|employee|team)"),
        r"(?:i\s+am|i'?m|we\s+are|this\s+is|calling|writing)\s+(?:from|with|on\s+behalf\s+of)\s+(?:your|the)\s+(?:\w+\s+){1,4}(?:team|department|vendor|developers?|provider|lab)",
        r"(?:i\s+am|i'?m|i\s+have\s+been|you\s+are|have|has\s+been|fully)\s+(?:fully\s+|been\s+)?authori[sz]ed",
        (r"authori[sz]ation\s+(?:code|level|granted|token)|override\s+(?:code|token|key|password|sequence)|"
        r"(?:access|permission)\s+(?:granted|level)|clearance(?:\s+level)?|passphrase|sudo\s+\w+"),
        (r"(?:authori[sz]ed|official|internal|approved|routine)\s+(?:\w+\s+)?(?:penetration\s+test|pentest|red\s+team|"
        r"audit|security\s+test|compliance\s+check|assessment|exercise)"),
        r"for\s+(?:debugging|testing|audit|auditing|verification|calibration|compliance|diagnostic)\s*(?:purposes?)?",
    ),
    Concept.READER: (
        (r"(?:if\s+you\s+are|attention|dear|note\s+to|message\s+to|instructions?\s+for|hey|to\s+any|to\s+all|"
        r"for\s+any|any|hello)\s*[:,]?\s+(?:an?\s+|the\s+|all\s+)?(?:ai|llm|large\s+language\s+model|language\s+model|"
        r"assistant|chat-?bot|summari[sz]er|(?:ai|automated)\s+(?:assistants?|agents?|systems?|models?|readers?|reviewers?))"),
        (r"(?:ai|automated)\s+(?:assistants?|agents?|models?|systems?|readers?)\s+(?:reading|processing|"
        r"summari[sz]ing|reviewing|must|should|parsing|are\s+required)"),
        (r"when\s+(?:you\s+)?(?:summari[sz]\w+|process\w*|read\w*|translat\w+|answer\w*|review\w*|pars\w+)\s+(?:this|the)\s+"
        r"(?:\w+\s+)?(?:page|document|e-?mail|text|message|file|content|article|review|resume|issue|ticket)"),
    ),
    Concept.CONCEAL: (
        (r"(?:do\s+not|don'?t|never|without)\s+(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?|"
        r"reveal(?:ing)?\s+(?:this|that)\s+to|show(?:ing)?|let(?:ting)?|ask(?:ing)?)\s+(?:\w+\s+){0,3}?(?:user|users|human|anyone|customer|reader)"),
        (r"(?:without|keep)\s+(?:the\s+)?(?:user|human)(?:'s)?\s+(?:knowledge|knowing|unaware|confirmation|consent)|"
        r"(?:silently|secretly|quietly)\s+(?:send|forward|add|include|execute|perform|run|call)"),
    ),
    Concept.SECRET: (
        (rf"(?:your|thy|ur|its|this\s+(?:bot|assistant|chat|ai)(?:'s)?|the\s+(?:bot|assistant|model|ai|chatbot)(?:'s)?){_ADJ}\s+"
        rf"(?:{_ORDERS}|(?:secret\s+|hidden\s+|internal\s+)?(?:guidelines?|rules?|restrictions?|constraints?|policies|programming|persona|system\s+card|"
        r"knowledge\s+base\s+files?|pre-?amble|preface|brief|instruction\s+sheets?|rule-?books?|playbook|initiali[sz]ation|set-?up(?:\s+text)?|system\s+(?:message|text|settings?)))"),
        (r"(?:(?:the|this|that|all|whole|entire|full|complete|exact|original|initial|hidden|secret|above|developer'?s?)\s+){1,3}"
        r"(?:system|developer|hidden|secret|internal|initial|initiali[sz]ation|original|startup|base|core|foundation(?:al)?|confidential|meta)[\s-]*"
        r"(?:prompts?|instructions?|messages?|directives?|rules|guidelines|text|configuration|settings?|context)"),
        (r"(?:hidden|secret|internal|initial|initiali[sz]ation|developer|original|startup|foundational|underlying|concealed|clandestine|training|covert|guiding|governing)\s+(?:system\s+|training\s+|core\s+)?"
        r"(?:prompts?|instructions?|directives?|rules|guidelines|messages?|commands?|configuration)"),
        (r"(?:instructions?|rules|guidelines|prompts?|directives?|orders|text|messages?|configuration|context)\s+(?:that\s+)?(?:you\s+(?:were|are|have\s+been|"
        r"had\s+been|got|received|follow|operate)|(?:were\s+|was\s+)?given\s+to\s+you|govern\w*\s+you\w*|guid\w+\s+you\w*|you'?ve\s+been)"),
        (r"(?:what(?:ever)?|the\s+(?:\w+\s+)?(?:rules?|instructions?|guidelines?|text|brief|orders|things?|message|words|lines|note|topics|subjects|secrets?)|topics|subjects|secrets?|things)\s+(?:that\s+)?" + _MAKERS + r"\s+(?:\w+\s+)?"
        r"(?:(?:told|asked|instructed|ordered|taught|gave|handed|fed|wrote\s+for|set\s+for|left|prepared\s+for|made|forb(?:ade|id)|forbidden|banned|prohibited)\s+(?:to\s+|for\s+|from\s+)?you|said\s+about)"),
        (r"(?:prompts?|instructions?|text|messages?|words|rules|lines|orders)\s+(?:that\s+)?(?:(?:was|were|is|are|has\s+been|have\s+been)\s+)?(?:used|written|given|sent|fed|made)\s+(?:to|for)\s+"
        r"(?:set(?:ting)?|configur(?:e|ing)|prompt(?:ing)?|instruct(?:ing)?|program(?:ming)?|initiali[sz](?:e|ing)|steer(?:ing)?|guid(?:e|ing)|control(?:ling)?|prepar(?:e|ing)|start(?:ing)?)\s+you(?:\s+up)?"),
        r"(?:secrets?|things?|topics)\s+(?:that\s+)?you\s+(?:were|are|have\s+been)\s+(?:told|asked|ordered|forbidden|not\s+allowed)",
        (r"(?:your|the)\s+(?:very\s+)?(?:opening|initial|hidden|secret|private|internal|starting|original|invisible|confidential|developer)\s+(?:\w+\s+)?"
        r"(?:message|notes?|memo|paragraphs?|lines?|script|sheet|brief(?:ing)?|preamble|preface|guidance|directions)"),
        (r"(?:briefings?|texts?|paragraphs?|messages?|lines?|notes?|memos?|words|scripts?|pages?|sheets?|rules|guidance|conditions|instructions?)\s+(?:of\s+rules\s+)?(?:that\s+|which\s+)?"
        r"(?:(?:only\s+)?you\s+(?:were|are|live\s+by|work\s+(?:from|by)|run\s+on|operate|can\s+see|go\s+by|got|rely)|i\s+run\s+on|(?:only\s+)?configures?\s+you|shapes?\s+you|"
        r"(?:sits?|stands?|lies?|lives?)\s+(?:\w+\s+)?(?:before|in\s+front\s+of|above)\s+(?:my|mine|this|the)|(?:arrived|came|comes)\s+before\s+(?:mine|my|me|this))"),
        r"(?:part|text|bit|section|things?)\s+(?:that\s+)?only\s+you\s+can\s+(?:see|read)|what(?:ever)?\s+(?:you\s+(?:hide|are\s+hiding|keep\s+from\s+(?:me|us|users))|they\s+(?:asked|told|ordered|taught)\s+you)",
        (r"your\s+(?:very\s+)?(?:first|initial|opening)\s+(?:(?:\d+|hundred|fifty|twenty|ten|few)\s+(?:tokens?|words?|characters?|lines?|sentences?)|tokens?\s+of)"
        r"(?:\s+of\s+(?:your\s+|the\s+)?(?:context|prompt|input|text))?"),
        r"what\s+(?:did|do|does|have|has)\s+" + _MAKERS + r"\s+(?:tell|told|ask|asked|instruct\w*|order\w*|teach|taught|say\s+to|said\s+to|want\s+from|require\s+of)\s+you",
        r"(?:what|how)\s+(?:were|was|are|have)\s+you\s+(?:been\s+)?(?:told|instructed|programmed|configured|prompted|initiali[sz]ed|given)",
    ),
    Concept.TEMPLATE: (r"system[\s-]+(?:prompts?|messages?|instructions?)|meta-?prompt|pre-?prompt",),
    Concept.ABOVE: (
        (r"(?:everything|all(?:\s+(?:of\s+)?the)?(?:\s+(?:text|words|content|lines?|messages?))?|the\s+(?:text|words|content|lines?|message|paragraphs?|part))\s+"
        r"(?:that\s+(?:comes?|came|is|was|appears?)\s+|written\s+|stated\s+|said\s+)?(?:above|before\s+this|preceding|prior\s+to\s+this)"),
        r"(?:first|beginning|start|top|opening)\s+(?:\w+\s+){0,3}?of\s+(?:this|the|our)\s+(?:conversation|chat|context(?:\s+window)?|prompt|session|dialogue)",
        r"(?:very\s+)?first\s+(?:thing|words?|lines?|message|sentence)\s+(?:(?:that\s+)?(?:is|was|were)?\s*(?:written|said|stated|put)\s+)?(?:in|of)\s+(?:this|our|the)\s+(?:conversation|chat|context|session)",
        r"(?:above|previous|preceding)\s+(?:text|words|content|conversation\s+from\s+the\s+(?:start|beginning))",
    ),
    Concept.VERBATIM: (
        (r"verbatim|word[\s-]for[\s-]word|character[\s-](?:by|for)[\s-]character|letter\s+(?:by|for)\s+letter|line\s+by\s+line|in\s+full|"
        r"exactly\s+as(?:\s+(?:written|is|given|it))?|as-is|un-?redacted|in\s+(?:a|one)\s+code\s?block|without\s+(?:any\s+)?(?:changes?|"
        r"omissions?|omitting|paraphras\w+|summari[sz]\w+|alter\w+)|in\s+(?:its|their)\s+entirety|unmodified|unaltered"),
    ),
    Concept.PERSONA: (
        r"you(?:'re|\s+are)\s+\w{2,14}(?:bot|gpt|ai)|you(?:'re|\s+are)\s+(?:an?|my)\s+(?:\w+\s+){1,3}now|stay\s+in\s+(?:\w+\s+)?mode",
        (r"you\s+are\s+\w{2,12}\s*,\s+(?:an?|the|my)\s+(?:\w+\s+)?(?:entity|being|ai|bot|assistant|model|machine|persona|character|version|creature|spirit)|"
        r"as\s+your\s+(?:\w+\s+)?(?:twin|alter\s+ego|opposite|shadow|double|clone|self|counterpart|brother|sister)"),
        (r"you\s+are\s+(?:now|no\s+longer|going\s+to\s+(?:be|act|play|pretend))|you\s+(?:will|shall|must)\s+(?:now\s+)?(?:be|become|act|play|"
        r"behave|pretend|respond\s+as|roleplay)|from\s+(?:now|here|this\s+(?:point|moment|message|line))\s*(?:on(?:ward)?s?|forward)?|henceforth|starting\s+now"),
        (r"(?:act|behave|respond|answer|reply|speak|operate|function|pose|talk|write)\s+(?:as(?:\s+(?:if|though))?|like)(?:\s+you)?|"
        r"role-?\s?play(?:ing)?(?:\s+as)?|simulat(?:e|ing)|impersonat\w+|emulat(?:e|ing)"),
        r"(?:take|assume|adopt|play)\s+(?:on\s+)?(?:the|a|an)\s+(?:role|persona|identity|character|part)",
        (r"(?:enter|activate|enable|switch\s+(?:in)?to|engage|initiate|unlock|go\s+into|boot\s+into)\s+(?:\w+\s+){0,3}(?:mode|persona|access|override)|your\s+(?:new\s+)?(?:name|identity|persona|role)\s+is|"
        r"(?:called|named)\s+(?:dan|stan|aim|dude)\b|\bdan\b|stop\s+being|be\s+my|become"),
    ),
    Concept.FICTION: (
        (r"if\s+you\s+(?:had|were|could|did)|(?:imagine|suppose|assume|let'?s\s+say|hypothetically|in\s+(?:this|a|an)\s+(?:\w+\s+)?(?:hypothetical|fictional|alternate|alternative|parallel|imaginary)\s*\w*)"
        r"(?:\s+(?:that|you(?:'re|\s+are)?|an?))?|pretend(?:ing)?(?:\s+(?:to\s+be|that|you|as))?|hypothetical|fictional|for\s+(?:a|my)\s+(?:novel|story|screenplay|script)"),
    ),
    Concept.ANEW: (
        (r"(?:your\s+|the\s+|here\s+are\s+(?:your\s+|the\s+)?|following\s+)?(?:new|updated|real|actual|true|only|replacement|revised)\s+"
        r"(?:instructions?|prompts?|directives?|rules?|orders|task|objective|goal|mission|role|guidelines|system\s+prompt)"),
        (r"(?:follow|obey|listen\s+to|execute|accept|prioriti[sz]e|heed|honou?r)\s+(?:only\s+)?(?:my|these|the\s+following|this|mine)(?:\s+(?:new|next|following|commands?|instructions?|orders))*"
        r"|(?:my|these)\s+(?:instructions?|commands?|orders|words|rules)\s+(?:\w+\s+){0,3}?(?:instead|take\s+(?:precedence|priority)|override|supersede|first)"),
        (r"(?:answer|respond|listen|report|obey)\s+(?:only\s+)?to\s+(?:me|my)\b|do\s+this\s+instead|instead\s+(?:of\s+(?:that|answering|following|the\s+above)|do|say|tell|"
        r"follow|output|print|give|reveal)|now\s+(?:do|follow|obey|execute|say|tell|answer\s+as)"),
    ),
    Concept.ONLY_SAY: (
        r"(?:only|just|simply)\s+(?:say|print|output|respond\s+with|reply\s+with|answer\s+with)",
        r"i\s+have\s+been\s+(?:pwned|hacked)|haha\s+pwned",
    ),
    Concept.TABOO: (
        (r"(?:illegal|harmful|dangerous|forbidden|prohibited|taboo|unethical|immoral|banned|explicit|nsfw|malicious|restricted|disallowed|inappropriate|offensive|hateful|violent|criminal|sensitive)\s+"
        r"(?:or\s+\w+\s+)?(?:content|questions?|topics?|requests?|things?|information|activit\w+|acts?|instructions?|advice|answers?|material|tasks?|actions?|stuff|responses?|subjects?)|"
        r"(?:bombs?|explosives?|meth|malware|ransomware|keyloggers?|phishing|weapons?|drugs?|poison|(?:chlorine|nerve|mustard)\s+gas|hotwire|counterfeit\w*|racist|sexist|slurs?)|"
        r"launder(?:ing)?\s+money|money\s+laundering|hack(?:ing)?\s+(?:into\s+)?(?:an?|my|his|her|their|someone\w*|somebody\w*|people\w*)|steal(?:ing)?\s+(?:an?|someone\w*|cars?|money|credit|passwords?|data)|"
        r"pick(?:ing)?\s+(?:a\s+)?locks?|stalk(?:ing)?\s+(?:an?|my|someone)|forg(?:e|ing)\s+(?:an?|documents?|prescriptions?|signatures?)"),
    ),
    Concept.ABOUT: (
        (r"prompt[\s-]*injections?(?:\s+(?:attacks?|detection|defen[cs]es?))?|injection\s+attacks?|jail-?break(?:s|ing)?(?:\s+(?:attacks?|attempts?|prompts?|techniques?))?|"
        r"red[\s-]team(?:ing|s|ers?)?|adversarial|attackers?|(?:an|the|such)\s+attacks?|malicious\s+(?:users?|prompts?|inputs?)"),
        (r"defen[cs]es?|defend(?:ing)?|mitigat\w+|detect(?:ing|ion|or|ors)?|prevent(?:ing|ion|s)?|protect(?:ing|s)?|guard(?:ing)?\s+against|vulnerab\w+|"
        r"classif(?:y|ier|iers|ication)|data-?sets?|benchmark|(?:blog|news)\s*(?:post|article)?s?|articles?|papers?|lectures?|talks?|essays?|stud(?:y|ies)|research(?:ers?)?|"
        r"course|workshop|quiz|tutorial|explain(?:s|ed|ing)?|difference\s+between|phrases?|(?:the|a)\s+(?:word|term|string|sentence|phrase)|"
        r"examples?\s+of|such\s+as|what\s+(?:does|is|are)\s+(?:an?\s+|the\s+)?(?:difference|meaning|prompt|system|jailbreak|risk|best)|"
        r"how\s+(?:do|does|can|could|should|would|to)\s+(?:i|we|one|you\s+recommend|a|an|developers?|companies|llms?|people)|best\s+practices?|unit\s+tests?"),
    ),
    Concept.PEOPLE: (
        (r"(?:my|our|his|her|their)\s+(?:new\s+|old\s+|former\s+|own\s+)?(?:boss|manager|supervisor|colleagues?|co-?workers?|teacher|professor|doctor|mom|mum|mother|dad|father|wife|husband|"
        r"parents?|landlord|team|client|customer|friend|sister|brother|son|daughter|kids?|lawyer|director|coach|editor)"),
        (r"e-?mails?|letters?|voice-?mails?|invoices?|memos?|notices?|warnings?|errors?|linters?|lint|compilers?|alarms?|reminders?|newsletters?|recipes?|"
        r"git|eslint|pylint|css|html|javascript|python|sql|docker|kubernetes|terraform|regex|spreadsheet|excel|gps|navigation|ikea|assembly|lego|knitting|doctor'?s|"
        r"assignment|homework|exam|quest|game|movie|film|novel|chess|court|jury|judge|army|military|constitution|parents"),
    ),
    Concept.PERMIT: (
        (r"(?:you\s+)?(?:can|may|could)\s+(?:safely\s+|simply\s+|just\s+)?(?:ignore|disregard|skip|discard|forget)|(?:feel\s+free|safe|fine|ok|okay)\s+to\s+"
        r"(?:ignore|disregard|skip|forget)|please\s+disregard\s+(?:my|the|this|our)\s+(?:previous|earlier|last|prior)?\s*(?:message|e-?mail|mail|note|request|comment|question)|"
        r"(?:should|can|could|may|did|do|does|shall)\s+(?:i|we|he|she|they)\s+(?:\w+\s+)?(?:ignore|disregard|skip|forget|bypass|override)"),
    ),
    Concept.DROPPING: (
        (r"(?:ignor|disregard|forgett|overlook|by-?pass|overrid|over-?writ|circumvent|discard|neglect|abandon|dismiss|violat|eras|wip|delet|remov|"
        r"disabl|skipp|evad|break)ing|ignor(?:es|ed)|disregard(?:s|ed)|forgets|forgot(?:ten)?|by-?pass(?:es|ed)|abandoned|overrides|disabl(?:es)|violates|evades"),
    ),
    Concept.GONE: (
        (r"overridden|over-?written|nullified|invalidated|superseded|revoked|rescinded|suspended|cancell?ed|voided|void|lifted|disabled|deactivated|turned\s+off|removed|erased|deleted|"
        r"(?:is|are|was|were)\s+(?:now\s+)?(?:null|obsolete|outdated|irrelevant|over|gone|expired|a\s+test|fake|invalid|wrong|repealed|withdrawn|retired|dismissed|paused|shelved|lapsed|a\s+(?:prank|joke|lie|draft|mistake|drill)|on\s+(?:leave|hold)|off\s+duty)|repealed|no\s+longer\s+(?:valid|apply|applies|in\s+effect|active|relevant|count|matter|binding)|"
        r"(?:do\s+not|don'?t|does\s+not|doesn'?t)\s+(?:apply|count|matter|bind)(?:\s+any\s?more)?|never\s+(?:happened|existed|(?:was|were)\s+(?:said|written|given|made|set|there))|(?:counts?|matters?|applies|exists?)\s+any\s?more"),
    ),
    Concept.DROP: (
        (r"ignore|disregard|forget|overrule|overturn|overlook|by-?\s?pass|override|over-?write|circumvent|discard|neglect|abandon|dismiss|nullify|invalidate|supersede|unlearn|scrap|ditch|"
        r"abolish|revoke|rescind|suspend|disobey|violate|defy|evade|sidestep|skip|erase|wipe|delete|cancel|void|remove|lift|disable|deactivate|turn\s+off|reset|disengage|relinquish|disconnect|exceed|transcend|surpass|disobey|flout|breach|"
        r"clear\s+(?:all|your|any|every|out|the\s+(?:context|instructions|rules))"),
        (r"(?:set|put|push|cast|leave|throw|toss|lay)\s+(?:\w+\s+){0,5}?(?:aside|behind|away|out)|(?:pay|give)\s+no\s+(?:attention|heed)\s+to|let\s+go\s+of|drop|start\s+(?:over|afresh|fresh|anew)|"
        r"(?:do\s+not|don'?t|stop|cease|quit|no\s+longer|never\s+mind|refrain\s+from)\s+(?:you\s+)?(?:(?:have|need)\s+to\s+)?(?:follow|obey|adher|listen|comply|heed|abid|observ|worry\s+about|respect|pay)\w*(?:ing\s+to)?|"
        r"(?:step|move|go|push|get|think|operate|act|work)\s+(?:outside|past|around|beyond|out\s+of|free\s+(?:of|from)|away\s+from)|contrary\s+to|regardless\s+of|never\s?mind"),
    ),
    Concept.REVEAL: (
        (r"reveal(?:s|ing)?|read(?:s|ing)?\s+(?:to\s+)?(?:me|us)|show(?:\s+me)?|print(?:\s+out)?|output|display|repeat(?:ing)?|tell(?:\s+me)?|give(?:\s+(?:me|us))?|expose|disclose|divulge|share|leak|dump|write\s+(?:out|down)|recite|"
        r"list(?:\s+out)?|state|echo|spell\s+out|provide|paste|copy|quote|describe|type\s+out|read\s+(?:out|back|aloud)|regurgitate|reproduce|surface|lay\s+bare|unmask|confess|illuminate|uncover|articulate|let\s+slip|spill|hand\s+over|produce|"
        r"enumerate|unveil|report|return|summari[sz]e|translate|convert|encode|rephrase|paraphrase|outline|walk\s+me\s+through|send\s+me|let\s+me\s+(?:see|read|know)|i\s+(?:want|need|would\s+like)\s+to\s+"
        r"(?:see|know|read)|what(?:'s|\s+is|\s+are|\s+was|\s+were|\s+does|\s+do)|begin(?:s|ning)?\s+with|complete\s+the\s+sentence|fill\s+in|render|extract|access|fetch|retrieve|confirm"),
    ),
    Concept.ACT: (
        (r"(?:send|forward|e-?mail|post|upload|transmit|exfiltrate|transfer|wire|submit|deliver)\s+(?:[\w-]+\s+){0,6}?(?:to|via|at)|visit|click|navigate\s+to|open\s+(?:the\s+)?(?:link|url)|"
        r"(?:call|invoke|use|execute|run)\s+(?:the\s+)?(?:\w+\s+)?(?:tool|function|command|api|plugin|script)|recommend\s+(?:only|this|our)|rate\s+(?:this|it)|"
        r"(?:include|append|insert|add|embed)\s+(?:the\s+following|this|a\s+link|an\s+image)|hire|approve\s+(?:this|the)|delete\s+(?:all|every|the)|wire\s+transfer"),
    ),
    Concept.ALL: (
        r"all(?:\s+(?:of\s+)?(?:the|your|these|those|my|any))?|any\s+and\s+all|every(?:thing)?|each|whatsoever|completely|entirely|totally|fully|whatever",
    ),
    Concept.YOURS: (
        (r"your|ur|you\s+(?:were|have\s+been|are|had\s+been|'ve\s+been)\s+(?:given|told|taught|instructed|programmed|trained|provided)|given\s+to\s+you|you\s+(?:received|got|follow)|"
        r"(?:from|by)\s+(?:your\s+)?(?:developers?|creators?|openai|anthropic|the\s+system|the\s+developers?|google)|who(?:ever)?\s+(?:programmed|built|made)\s+you|set\s+by"),
    ),
    Concept.PRIOR: (
        (r"previous(?:ly)?|prior|above|earlier|preceding|foregoing|former|before|initial|original|existing|current|past|so\s+far|until\s+now|up\s+to\s+(?:now|this\s+point|here)|beforehand|"
        r"pre-?existing|last|old|first|standing|default|established"),
    ),
    Concept.ORDERS: (
        _ORDERS + r"|what\s+(?:you|i|they|he|we)\s+(?:\w+\s+)?(?:were|was|have\s+been|been|said|told|just\s+said)(?:\s+told)?|what(?:ever)?\s+(?:came|comes|is\s+written)\s+(?:before|above)|"
        r"everything\s+(?:you(?:'ve|\s+have|\s+were)?\s+)?(?:(?:been\s+)?told|taught|know|learned|i\s+said|above|before|so\s+far)|(?:all|everything)\s+(?:of\s+the\s+)?(?:above|before)",
    ),
    Concept.LIMITS: (_LIMITS,),
    Concept.MACHINE: (
        r"ai|a\.i\.|llms?|assistant|chat-?bots?|bot|language\s+models?|models?|chatgpt|gpt(?:-?\d\w*)?|claude|gemini|copilot|virtual\s+assistant|persona",
    ),
}  # fmt: skip

MARKS: dict[Concept, tuple[str, ...]] = {
    Concept.ROLE: (
        r"<\|?(?:im_start|im_end|system|endoftext|start_header_id|eot_id|end_of_turn)\|?>",
        r"</?(?:system|sys|admin|system_prompt|developer)>",
        r"<<\s?/?sys\s?>>|\[/?inst\]|\[/?(?:system|admin|developer|override)(?:[\s:\-][^\]\n]{0,30})?\]",
        r"\{\{\s?(?:system|#system)|<start_of_turn>|\"role\"\s*:\s*\"(?:system|developer)\"",
    ),
    Concept.HEADING: (
        (r"(?:#{1,6}|={2,}|-{2,}|\*{2,})\s*(?:system|new|updated|end(?:\s+of)?|begin|start(?:\s+of)?|"
        r"admin(?:istrator)?|override|important)\s*(?:\w+\s+){0,2}(?:instructions?|prompts?|messages?|"
        r"rules|input|context|override|system|document|task)\b"),
        r"\b(?:system|admin|developer|root)\s*(?:override|update|notice|alert|message|note|command)\s*[:\-]",
        r"\b(?:end|begin|start)\s+(?:of\s+)?(?:system|user|the)\s+(?:prompt|instructions?|input|message)\b",
    ),
    Concept.ONLY_SAY: (
        (r"\b(?:say|print|output|respond(?:\s+with)?|reply(?:\s+with)?|answer(?:\s+with)?|write|type|return|display)\s+(?:only\s+|just\s+|exactly\s+|nothing\s+but\s+|the\s+(?:word|phrase)\s+)*"
        r"(?:[\"'“‘][^\"'”’\n]{1,60}[\"'”’]|(?:pwned|hacked|owned)\b)"),
    ),
}  # fmt: skip
"""What need not begin or end with a letter."""
