// What answers the search page's questions.

import {startSearchWorker} from './search/worker.js';

startSearchWorker();
