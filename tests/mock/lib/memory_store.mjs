// What oidc-provider asks of a database (its documented adapter interface), in memory and for any number of providers.
export class MemoryStore {
  #entries = new Map(); // by "model:id"
  #byUid = new Map();
  #byUserCode = new Map();
  #ofGrant = new Map(); // grant id -> keys

  adapter() {
    const store = this;
    return class {
      constructor(model) {
        this.model = model;
      }
      #key(id) {
        return `${this.model}:${id}`;
      }
      async upsert(id, payload, expiresIn) {
        const key = this.#key(id);
        store.#entries.set(key, { payload, until: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
        if (payload.uid) store.#byUid.set(payload.uid, key);
        if (payload.userCode) store.#byUserCode.set(payload.userCode, key);
        if (!payload.grantId) return;
        const keys = store.#ofGrant.get(payload.grantId) ?? new Set();
        store.#ofGrant.set(payload.grantId, keys.add(key));
      }
      async find(id) {
        return store.#read(this.#key(id));
      }
      async findByUid(uid) {
        return store.#read(store.#byUid.get(uid));
      }
      async findByUserCode(code) {
        return store.#read(store.#byUserCode.get(code));
      }
      async consume(id) {
        store.#entries.get(this.#key(id)).payload.consumed = Math.floor(Date.now() / 1000);
      }
      async destroy(id) {
        store.#entries.delete(this.#key(id));
      }
      async revokeByGrantId(id) {
        store.#endGrant(id);
      }
    };
  }

  // An entry that oidc-provider did not make itself, such as a client.
  put(model, id, payload) {
    this.#entries.set(`${model}:${id}`, { payload, until: Infinity });
  }

  #read(key) {
    const entry = this.#entries.get(key);
    return entry && entry.until > Date.now() ? entry.payload : undefined;
  }

  #endGrant(id) {
    for (const key of this.#ofGrant.get(id) ?? []) this.#entries.delete(key);
    this.#ofGrant.delete(id);
    this.#entries.delete(`Grant:${id}`);
  }

  // As a person would in the settings of an account: nothing that was given stays good.
  revokeGrantsOf(account) {
    const ids = [...this.#entries].filter(([key, { payload }]) => key.startsWith("Grant:") && payload.accountId === account)
      .map(([key]) => key.slice("Grant:".length));
    for (const id of ids) this.#endGrant(id);
    return { grants: ids.length };
  }
}
