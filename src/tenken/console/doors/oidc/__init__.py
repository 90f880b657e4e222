"""Login by OpenID Connect: the authorization code flow with PKCE, and nothing else of it."""
