// What every page does once it is there. Nothing here is needed to read.

import {startCarousel} from './carousel.js';
import {startFontSize} from './fontsize.js';
import {startHeader} from './header.js';
import {startJustify} from './justify.js';
import {startLeaving} from './leaving.js';
import {startLightbox} from './lightbox.js';
import {startReadAloud} from './readaloud.js';
import {highlightOnArrival} from './search/highlight.js';
import {startSettings} from './settings.js';
import {startTables} from './tables.js';
import {startTools, toolWord} from './tools.js';

startHeader();
startSettings();
startFontSize();
startCarousel();
startTools();
startReadAloud(toolWord);
startLightbox();
startTables();
startJustify(document.getElementById('text'));
startLeaving();
highlightOnArrival(document.getElementById('text'));

// The first screen is shown; now the rest is laid out, which one long task would have held up.
requestAnimationFrame(() => setTimeout(() => document.documentElement.classList.add('settled')));
