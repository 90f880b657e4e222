"""What libraries call the ways in which they ask a caller: data only."""

NOT_WHO = ("csrf", "ratelimit", "rate_limit", "cors", "throttle", "origin", "local")
"""Refusals that do not ask who somebody is."""
DECORATORS = frozenset({
    "login_required", "jwt_required", "requires_auth", "token_required", "auth_required",
    "require_auth",
    "permission_required", "permission_classes", "authenticated", "requires",
    "staff_member_required",
    "user_passes_test", "api_key_required", "require_api_key", "require_login",
})  # fmt: skip
MIXINS = frozenset({"LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin"})
SCHEMES = frozenset({
    "HTTPBearer", "OAuth2PasswordBearer", "APIKeyHeader", "APIKeyCookie", "HTTPBasic",
    "APIKeyQuery",
    "OAuth2AuthorizationCodeBearer", "OpenIdConnect",
})  # fmt: skip
NINJA_SCHEMES = frozenset({
    "HttpBearer", "HttpBasicAuth", "APIKeyHeader", "APIKeyQuery", "APIKeyCookie", "SessionAuth",
    "JWTAuth",
})  # fmt: skip
LIBRARIES = ("fastapi_users", "fastapi_azure_auth", "fastapi_auth", "fastapi_jwt_auth", "auth0",
    "fastapi_cloudauth",
             "fief_client", "fastapi_keycloak", "authx", "clerk_backend_api",
             "firebase_admin", "fastapi_clerk_auth", "fastapi_login", "propelauth_fastapi",
             "fastapi_zitadel_auth", "fastapi_oidc", "fastapi_msal", "fastapi_auth0",
             "supertokens_python", "descope", "ninja.security.django_auth", "ninja_jwt",
             "ninja_extra.security")  # fmt: skip
MIDDLEWARES = frozenset(
    {"AuthenticationMiddleware", "JWTMiddleware", "AuthMiddleware", "APIKeyMiddleware"}
)
