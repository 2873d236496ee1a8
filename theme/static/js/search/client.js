// The page's end of the search: a worker where the browser lets one run, and otherwise (a folder
// opened from disk) the same script in the page itself.

/** Something to report to the reader: `kind` is missing, broken, outdated or offline. */
export class SearchFailure extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new SearchFailure('missing'));
    document.head.append(script);
  });
}

function inWorker(address, receive) {
  const worker = new Worker(address);
  return new Promise((resolve, reject) => {
    worker.onmessage = (event) => (event.data.ready
      ? resolve((message) => worker.postMessage(message)) : receive(event.data));
    worker.onerror = () => reject(new SearchFailure('missing'));
  });
}

async function inPage(address, receive) {
  await loadScript(address);
  return globalThis.dangjianSearchHere(receive);
}

async function connect(address, receive) {
  if (location.protocol !== 'file:' && typeof Worker === 'function') {
    try {
      return await inWorker(address, receive);
    } catch (error) {
      if (!(error instanceof SearchFailure) && !(error instanceof DOMException)) throw error;
    }
  }
  return inPage(address, receive);
}

/**
 * Asks for answers; only the answer to the latest question is handed on.
 * `script` is the address of the search script, `index` that of the index folder, both absolute.
 */
export class SearchClient {
  constructor(script, index) {
    this.latest = 0;
    this.waiting = null;
    this.index = index;
    this.link = connect(script, (message) => this.receive(message));
  }

  /** Loads ahead what any question needs. */
  async prepare() {
    const send = await this.link;
    send({prepare: true, index: this.index});
  }

  receive({ask, first, answer, failure}) {
    if (ask !== this.latest || !this.waiting) return;
    const {resolve, reject, early} = this.waiting;
    if (first) {
      early(first);
      return;
    }
    this.waiting = null;
    if (failure) reject(new SearchFailure(failure));
    else resolve(answer);
  }

  /**
   * The answer to a request; a promise that never resolves when a later request overtakes it.
   * `early` gets the answer when only the first of its results are there.
   */
  async ask(request, early) {
    this.latest += 1;
    const ask = this.latest;
    const send = await this.link;
    if (ask !== this.latest) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      this.waiting = {resolve, reject, early};
      send({ask, index: this.index, request, early: true});
    });
  }
}
