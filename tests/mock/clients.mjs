// The clients that the checks use, as both subjects know them. Names of members: RFC 7591.
export const APP = "https://app.example/cb";
export const APP_WITH_QUERY = "https://app.example/cb?tenant=7";
export const LOOPBACK = "http://127.0.0.1/cb"; // any port (RFC 8252 section 7.3)

export const RESOURCE_SCOPES = "read write";
export const SCOPES = `openid offline_access profile email ${RESOURCE_SCOPES}`;

const CODE = ["authorization_code", "refresh_token"];
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

const confidential = (client_id, more = {}) => ({
  client_id,
  client_secret: `secret-of-${client_id}-0123456789`,
  redirect_uris: [APP, APP_WITH_QUERY],
  token_endpoint_auth_method: "client_secret_basic",
  grant_types: [...CODE, "client_credentials", DEVICE, EXCHANGE],
  ...more,
});

export const CLIENTS = {
  basic: confidential("conform-basic"),
  other: confidential("conform-other"),
  post: confidential("conform-post", { token_endpoint_auth_method: "client_secret_post" }),
  eddsa: confidential("conform-eddsa", { id_token_signed_response_alg: "EdDSA" }),
  jwt: confidential("conform-jwt", { access_token_format: "jwt" }),
  odd: confidential("odd-id_50%:a+b c", { client_secret: "odd-secret_50%:a+b c &=/?~0123456789" }),
  odd_post: confidential("odd-post_50%:a+b c", { client_secret: "odd-post_50%:a+b c &=/?~0123456789", token_endpoint_auth_method: "client_secret_post" }),
  public: confidential("conform-public", {
    client_secret: undefined,
    redirect_uris: [LOOPBACK],
    token_endpoint_auth_method: "none",
    grant_types: [...CODE, DEVICE],
    application_type: "native",
  }),
  strict: confidential("conform-strict", { pkce: "required" }),
  code_only: confidential("conform-code-only", { grant_types: ["authorization_code"] }),
};

export const pkceOf = (client) => client.pkce ?? (client.token_endpoint_auth_method === "none" ? "required" : "optional");
