// What the browser keeps between visits: the outbox, drawings not yet submitted, and the day's own acts.

const STORES = ["outbox", "drafts", "acts"];

/**
 * Opens the IndexedDB database; where there is none (a private window) the same functions work on memory alone,
 * and `durable` says so.
 * @param {string} name
 */
export async function openStore(name = "vigie-workbench", factory = globalThis.indexedDB) {
  let database = null;
  try {
    database = await new Promise((resolve, reject) => {
      const opening = factory.open(name, 1);
      opening.onupgradeneeded = () => STORES.forEach((store) => opening.result.createObjectStore(store, { keyPath: "id" }));
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error("blocked"));
    });
  } catch {
    database = null;
  }
  const memory = Object.fromEntries(STORES.map((store) => [store, new Map()]));

  /** Runs one request in one transaction; resolves once it is committed. */
  const run = (store, mode, request) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = request(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });

  return {
    durable: database !== null,
    /** @param {"outbox"|"drafts"|"acts"} store */
    all: (store) => (database ? run(store, "readonly", (rows) => rows.getAll()) : Promise.resolve([...memory[store].values()])),
    /** @param {"outbox"|"drafts"|"acts"} store @param {{id: any}} row */
    put(store, row) {
      if (database) return run(store, "readwrite", (rows) => rows.put(row));
      memory[store].set(row.id, structuredClone(row));
      return Promise.resolve();
    },
    /** @param {"outbox"|"drafts"|"acts"} store @param {any} id */
    remove(store, id) {
      if (database) return run(store, "readwrite", (rows) => rows.delete(id));
      memory[store].delete(id);
      return Promise.resolve();
    },
    close: () => database?.close(),
  };
}
