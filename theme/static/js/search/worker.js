// The search script: listens as a worker, or hands itself to the page where workers can't run.

import {SearchEngine, OtherFormat} from './engine.js';
import {MissingFile, Overtaken} from './files.js';

function failureKind(error) {
  if (error instanceof MissingFile) return 'missing';
  if (error instanceof OtherFormat) return 'outdated';
  // Any error from a damaged index is reported to the user as a message.
  console.error(error);
  return 'broken';
}

function makeListener(send) {
  const engines = new Map();
  let latest = 0;
  const engineFor = (index) => {
    if (!engines.has(index)) engines.set(index, new SearchEngine(index));
    return engines.get(index);
  };
  return async ({ask, index, request, prepare, early}) => {
    const engine = engineFor(index);
    if (prepare) {
      engine.prepare().catch(() => {});
      return;
    }
    latest = ask;
    const alive = () => {
      if (ask !== latest) throw new Overtaken();
    };
    const first = early && ((answer) => send({ask, first: answer}));
    try {
      send({ask, answer: await engine.answer(request, {alive, early: first})});
    } catch (error) {
      if (!(error instanceof Overtaken)) send({ask, failure: failureKind(error)});
    }
  };
}

/** Begins to listen, or leaves the way to in the page. */
export function startSearchWorker() {
  if (typeof document !== 'undefined') {
    globalThis.dangjianSearchHere = makeListener;
    return;
  }
  const listener = makeListener((message) => self.postMessage(message));
  self.onmessage = (event) => listener(event.data);
  self.postMessage({ready: true});
}
