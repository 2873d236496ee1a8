// The search page's script.

import {startSearchPage} from './search/page.js';

startSearchPage(document.getElementById('search-app'));
