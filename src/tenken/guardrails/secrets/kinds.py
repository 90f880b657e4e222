"""Kinds of keys that can be told by how they begin: sixty and more, in groups.

What a service gives out begins with its own letters so that it can be found elsewhere.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Group(StrEnum):
    """What a key opens; each is a risk of its own."""

    LLM = "secret.llm"
    CLOUD = "secret.cloud"
    REPOSITORY = "secret.repository"
    CHAT = "secret.chat"
    PAYMENT = "secret.payment"
    SERVICE = "secret.service"
    TOKEN = "secret.token"  # noqa: S105 - names a risk
    PRIVATE_KEY = "secret.private_key"
    PASSWORD = "secret.password"  # noqa: S105 - names a risk
    URL = "secret.url"


class Kind(Struct, frozen=True):
    """One kind of key: how it begins, and the rest of it as a pattern of RE2."""

    name: str
    begins: str
    rest: str


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_WORD = "[A-Za-z0-9]"
_NAME = "[A-Za-z0-9_-]"

KINDS: Mapping[Group, tuple[Kind, ...]] = {
    Group.LLM: (
        Kind("anthropic", "sk-ant-", rf"(?:(?:api|admin|oat|sid)\d\d-)?{_NAME}{{32,160}}"),
        Kind("openai_project", "sk-proj-", rf"{_NAME}{{40,200}}"),
        Kind("openai_service", "sk-svcacct-", rf"{_NAME}{{40,200}}"),
        Kind("openai_admin", "sk-admin-", rf"{_NAME}{{40,200}}"),
        Kind("openrouter", "sk-or-", "(?:v1-)?[0-9a-f]{48,64}"),
        Kind("langfuse", "sk-lf-", _UUID),
        Kind("helicone", "sk-helicone-", "[a-z0-9-]{24,64}"),
        Kind("openai", "sk-", rf"{_WORD}{{20}}T3BlbkFJ{_WORD}{{20}}|{_WORD}{{32,64}}"),
        Kind("elevenlabs", "sk_", "[0-9a-f]{48}"),
        Kind("langsmith", "lsv2_", "(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
        Kind("google", "AIza", rf"{_NAME}{{35}}"),
        Kind("groq", "gsk_", rf"{_WORD}{{48,56}}"),
        Kind("huggingface", "hf_", rf"{_WORD}{{30,40}}"),
        Kind("huggingface_org", "api_org_", rf"{_WORD}{{34}}"),
        Kind("perplexity", "pplx-", rf"{_WORD}{{40,64}}"),
        Kind("replicate", "r8_", rf"{_WORD}{{37,40}}"),
        Kind("xai", "xai-", rf"{_WORD}{{70,90}}"),
        Kind("nvidia", "nvapi-", rf"{_NAME}{{60,80}}"),
        Kind("pinecone", "pcsk_", r"[A-Za-z0-9_]{60,90}"),
        Kind("tavily", "tvly-", rf"(?:dev-|prod-)?{_NAME}{{28,48}}"),
        Kind("cerebras", "csk-", "[a-z0-9]{40,56}"),
        Kind("fireworks", "fw_", rf"{_WORD}{{22,32}}"),
        Kind("together", "tgp_v1_", rf"{_NAME}{{40,48}}"),
        Kind("voyage", "pa-", rf"{_NAME}{{43}}"),
        Kind("jina", "jina_", r"[A-Za-z0-9_-]{50,70}"),
        Kind("llama_cloud", "llx-", rf"{_WORD}{{40,56}}"),
        Kind("wandb", "wandb_v1_", r"[A-Za-z0-9_]{40,90}"),
    ),
    Group.CLOUD: (
        Kind("aws_access_key", "AKIA", "[0-9A-Z]{16}"),
        Kind("aws_session_key", "ASIA", "[0-9A-Z]{16}"),
        Kind("aws_bedrock", "ABSK", r"[A-Za-z0-9+/]{60,180}={0,2}"),
        Kind("google_oauth_secret", "GOCSPX-", rf"{_NAME}{{28}}"),
        Kind("google_access_token", "ya29.", rf"{_NAME}{{40,300}}"),
        Kind("google_refresh_token", "1//0", rf"{_NAME}{{40,120}}"),
        Kind("azure_storage", "AccountKey=", r"[A-Za-z0-9+/]{86}=="),
        Kind("azure_shared_key", "SharedAccessKey=", r"[A-Za-z0-9+/]{43}="),
        Kind("alibaba", "LTAI", rf"{_WORD}{{16,24}}"),
        Kind("tencent", "AKID", rf"{_WORD}{{32,36}}"),
        Kind("digitalocean", "dop_v1_", "[0-9a-f]{64}"),
        Kind("digitalocean_oauth", "doo_v1_", "[0-9a-f]{64}"),
        Kind("databricks", "dapi", "[0-9a-f]{32}(?:-[0-9])?"),
        Kind("heroku", "HRKU-", rf"{_NAME}{{36,70}}"),
        Kind("vault", "hvs.", rf"{_NAME}{{24,120}}"),
        Kind("vault_batch", "hvb.", rf"{_NAME}{{80,200}}"),
        Kind(
            "doppler",
            "dp.",
            rf"(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_WORD}{{40,44}}",
        ),
        Kind("pulumi", "pul-", "[0-9a-f]{40}"),
        Kind("planetscale", "pscale_", rf"(?:tkn|pw|oauth)_{_NAME}{{32,64}}"),
        Kind("supabase", "sbp_", "[0-9a-f]{40}"),
        Kind("supabase_secret", "sb_secret_", rf"{_NAME}{{22,48}}"),
        Kind("netlify", "nfp_", rf"{_WORD}{{36,44}}"),
        Kind("fly", "fo1_", rf"{_NAME}{{43}}"),
        Kind("neon", "napi_", r"[a-z0-9]{40,70}"),
    ),
    Group.REPOSITORY: (
        Kind("github", "ghp_", rf"{_WORD}{{36}}"),
        Kind("github_oauth", "gho_", rf"{_WORD}{{36}}"),
        Kind("github_user", "ghu_", rf"{_WORD}{{36}}"),
        Kind("github_server", "ghs_", rf"{_WORD}{{36}}"),
        Kind("github_refresh", "ghr_", rf"{_WORD}{{36,76}}"),
        Kind("github_fine", "github_pat_", rf"{_WORD}{{22}}_{_WORD}{{59}}"),
        Kind("gitlab", "glpat-", r"[A-Za-z0-9_.-]{19,79}[A-Za-z0-9_-]"),
        Kind("gitlab_runner", "glrt-", rf"{_NAME}{{20,40}}"),
        Kind("gitlab_deploy", "gldt-", rf"{_NAME}{{20,40}}"),
        Kind("gitlab_trigger", "glptt-", "[0-9a-f]{40}"),
        Kind("bitbucket", "ATBB", rf"{_WORD}{{28,40}}"),
        Kind("atlassian", "ATATT3", r"[A-Za-z0-9_=-]{100,200}"),
        Kind("npm", "npm_", rf"{_WORD}{{36}}"),
        Kind("pypi", "pypi-", rf"AgE{_NAME}{{50,220}}"),
        Kind("rubygems", "rubygems_", "[0-9a-f]{48}"),
        Kind("docker", "dckr_pat_", rf"{_NAME}{{27}}"),
        Kind("circleci", "CCIPAT_", r"[A-Za-z0-9_]{40,80}"),
        Kind("sonar", "sqp_", "[0-9a-f]{40}"),
        Kind("sonar_user", "squ_", "[0-9a-f]{40}"),
        Kind("terraform", "atlasv1.", rf"{_NAME}{{60,70}}"),
    ),
    Group.CHAT: (
        Kind("slack_bot", "xoxb-", r"[A-Za-z0-9-]{20,100}"),
        Kind("slack_user", "xoxp-", r"[A-Za-z0-9-]{20,120}"),
        Kind("slack_workspace", "xoxa-", r"[A-Za-z0-9-]{20,100}"),
        Kind("slack_refresh", "xoxr-", r"[A-Za-z0-9-]{20,100}"),
        Kind("slack_session", "xoxs-", r"[A-Za-z0-9-]{20,100}"),
        Kind("slack_config", "xoxe", r"(?:\.xox[bp])?-[A-Za-z0-9-]{20,200}"),
        Kind("slack_app", "xapp-", r"\d-[A-Z0-9]{8,14}-\d{10,14}-[0-9a-f]{32,64}"),
        Kind(
            "slack_webhook",
            "hooks.slack.com/",
            r"(?:services|workflows|triggers)/[A-Za-z0-9/_-]{24,120}",
        ),
        Kind("discord_webhook", "discord.com/api/webhooks/", rf"\d{{17,20}}/{_NAME}{{60,70}}"),
        Kind(
            "teams_webhook",
            "webhook.office.com/webhookb2/",
            rf"{_UUID}@{_UUID}/IncomingWebhook/[0-9a-f]{{32}}/{_UUID}",
        ),
        Kind("telegram", ":AA", rf"{_NAME}{{32,36}}"),
        Kind("twilio", "SK", "[0-9a-f]{32}"),
        Kind("sendgrid", "SG.", rf"{_NAME}{{22}}\.{_NAME}{{43}}"),
        Kind("mailgun", "key-", "[0-9a-f]{32}"),
        Kind("brevo", "xkeysib-", rf"[0-9a-f]{{64}}-{_WORD}{{16}}"),
        Kind("resend", "re_", rf"{_WORD}{{8}}_{_WORD}{{24}}"),
    ),
    Group.PAYMENT: (
        Kind("stripe", "sk_live_", rf"{_WORD}{{20,247}}"),
        Kind("stripe_test", "sk_test_", rf"{_WORD}{{20,247}}"),
        Kind("stripe_restricted", "rk_live_", rf"{_WORD}{{20,247}}"),
        Kind("stripe_restricted_test", "rk_test_", rf"{_WORD}{{20,247}}"),
        Kind("stripe_webhook", "whsec_", r"[A-Za-z0-9+/]{32,64}={0,2}"),
        Kind("square", "sq0atp-", rf"{_NAME}{{22}}"),
        Kind("square_secret", "sq0csp-", rf"{_NAME}{{43}}"),
        Kind("square_access", "EAAA", rf"{_NAME}{{60}}"),
        Kind("paypal", "access_token$production$", r"[a-z0-9]{16}\$[0-9a-f]{32}"),
        Kind("shopify", "shpat_", "[0-9a-fA-F]{32}"),
        Kind("shopify_custom", "shpca_", "[0-9a-fA-F]{32}"),
        Kind("shopify_private", "shppa_", "[0-9a-fA-F]{32}"),
        Kind("shopify_shared", "shpss_", "[0-9a-fA-F]{32}"),
        Kind("razorpay", "rzp_live_", rf"{_WORD}{{14}}"),
        Kind("plaid", "access-production-", _UUID),
    ),
    Group.SERVICE: (
        Kind("sentry", "sntrys_", r"[A-Za-z0-9+/=_-]{60,220}"),
        Kind("sentry_user", "sntryu_", "[0-9a-f]{64}"),
        Kind("new_relic", "NRAK-", "[A-Z0-9]{27}"),
        Kind("grafana", "glsa_", r"[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
        Kind("grafana_cloud", "glc_", r"[A-Za-z0-9+/]{40,400}={0,2}"),
        Kind("dynatrace", "dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
        Kind("mapbox", "sk.eyJ", rf"{_NAME}{{60,120}}\.{_NAME}{{20,24}}"),
        Kind("hubspot", "pat-", rf"(?:na|eu|ap)\d-{_UUID}"),
        Kind("notion", "ntn_", rf"{_WORD}{{40,56}}"),
        Kind("notion_legacy", "secret_", rf"{_WORD}{{43}}"),
        Kind("linear", "lin_api_", rf"{_WORD}{{40}}"),
        Kind("figma", "figd_", rf"{_NAME}{{40,48}}"),
        Kind("postman", "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"),
        Kind("airtable", "pat", rf"{_WORD}{{14}}\.[0-9a-f]{{64}}"),
        Kind("contentful", "CFPAT-", rf"{_NAME}{{43}}"),
        Kind("typeform", "tfp_", r"[A-Za-z0-9_.=-]{43,63}[A-Za-z0-9]"),
        Kind("onepassword", "ops_eyJ", r"[A-Za-z0-9+/=_-]{80,900}"),
        Kind("age", "AGE-SECRET-KEY-1", "[0-9A-Z]{58}"),
    ),
}
