// The page of all components: shows how things look under the pointer and in focus without either.
// Each rule for a state gets a copy for the attribute that marks a sample, so none can differ.

const STATES = [[/:hover/g, '[data-shown="hover"]'], [/:focus(?:-visible|-within)?(?![\w-])/g, '[data-shown="focus"]']];

function copyRules(owner) {
  for (let place = owner.cssRules.length - 1; place >= 0; place -= 1) {
    const rule = owner.cssRules[place];
    if (rule.cssRules && rule.cssRules.length) copyRules(rule);
    if (!rule.selectorText) continue;
    for (const [state, mark] of STATES) {
      const selector = rule.selectorText.replace(state, mark);
      if (selector !== rule.selectorText) {
        owner.insertRule(`${selector} {${rule.style.cssText}}`, place + 1);
      }
    }
  }
}

// From a folder on disk, no page may read its style sheets: there, samples look as usual.
if (location.protocol !== 'file:') {
  for (const sheet of document.styleSheets) copyRules(sheet);
}
