// Before the first paint: what the browser can do, and what the reader chose on earlier pages.

import {CHOICES_OF, keptChoices, showChoice} from './choices.js';

document.documentElement.dataset.js = '';
if ('speechSynthesis' in window) document.documentElement.dataset.speech = '';
if (navigator.share) document.documentElement.dataset.share = '';
// The search page keeps room for what is to come: results, or ways to browse.
if (location.search) document.documentElement.dataset.asked = '';
const chosenBefore = keptChoices();
for (const name of Object.keys(CHOICES_OF)) {
  showChoice(name, chosenBefore[name]);
}
