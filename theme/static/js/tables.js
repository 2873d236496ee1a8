// Tables wider than the screen scroll sideways; the keyboard must be able to reach them.

/** Makes the text's wide tables stops of the Tab key, as long as they are wide. */
export function startTables() {
  const tables = Array.from(document.querySelectorAll('.prose table'));
  if (!tables.length) return;
  const watch = new ResizeObserver((entries) => {
    for (const {target} of entries) {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute('tabindex');
    }
  });
  tables.forEach((table) => watch.observe(table));
}
