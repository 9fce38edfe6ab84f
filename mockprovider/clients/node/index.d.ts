// What index.mjs gives.
export interface StartOptions {
  /** By default $COFFER, or coffer in the PATH. */
  binary?: string;
  /** Further arguments of `coffer mock`. */
  args?: string[];
}

export interface TenantOptions {
  name?: string;
  seed?: number;
  now?: string;
  freeze?: boolean;
  rate?: number;
  provider?: string;
}

export interface Tokens {
  access_token: string;
  token_type: string;
  expires_in?: number;
  refresh_token?: string;
  id_token?: string;
  scope?: string;
}

export interface GrantFilter {
  account?: string;
  provider?: string;
  what?: "access" | "refresh" | "all";
}

export declare class MockError extends Error {
  status: number;
  answer: Record<string, unknown>;
  /** The OAuth error, such as "invalid_grant". */
  error: string;
}

export declare class Mock {
  constructor(ready: { url: string; issuer: string; client_id: string; client_secret: string; control_url: string });
  readonly url: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly controlUrl: string;
  /** A mock of its own in the same process, until it is stopped. */
  tenant(options?: TenantOptions): Promise<Mock>;
  stop(): Promise<void>;
  approve(authorizeUrl: string | URL, account?: string, password?: string): Promise<URL>;
  deny(authorizeUrl: string | URL, account?: string, password?: string): Promise<URL>;
  metadata(): Promise<Record<string, any>>;
  connect(account?: string, parameters?: Record<string, string>): Promise<Tokens>;
  provider(): Promise<Record<string, any>>;
  refresh(tokens: { access_token?: string; refresh_token?: string }): Promise<Tokens>;
  token(form: Record<string, string>): Promise<Tokens>;
  userinfo(tokens: { access_token: string }): Promise<Record<string, any>>;
  advance(duration: string): Promise<string>;
  expire(filter?: GrantFilter): Promise<number>;
  revoke(filter?: GrantFilter): Promise<number>;
  grants(filters?: Record<string, string>): Promise<Record<string, any>[]>;
  journal(filters?: Record<string, string>): Promise<Record<string, any>[]>;
  events(endpoint?: string, filters?: Record<string, string>): Promise<Record<string, any>[]>;
  expect(chosen?: { count?: number } & Record<string, unknown>): Promise<Record<string, any>[]>;
  script(action?: string, script?: Record<string, unknown>): Promise<unknown>;
  snapshot(): Promise<Record<string, any>>;
  restore(snapshot: Record<string, any>): Promise<unknown>;
  fault(fault: Record<string, unknown>): Promise<string>;
  clearFaults(): Promise<unknown>;
  addClient(client: Record<string, unknown>): Promise<unknown>;
  reset(): Promise<unknown>;
  control(method: string, name: string, body?: unknown): Promise<any>;
}

export declare function startMock(options?: StartOptions): Promise<Mock>;
export declare function mockFixture(options?: StartOptions): (fixtures: {}, use: (mock: Mock) => Promise<void>) => Promise<void>;
