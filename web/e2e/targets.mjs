/** What a finger can hit: how large each target of a page is, as the browser itself answers taps. */

/**
 * The targets of the page that are smaller than 44 px, and what they measure. What counts is not what
 * is drawn but what takes the tap: a label takes it for its box, a field for its input, and a small word
 * may have room around it. Exempt are, as in WCAG 2.5.8, a link within running text, and 24 px suffice
 * for a cell of a grid and for a point of a chart, which has a table besides.
 */
export function smallTargets(page, within = "body") {
  return page.evaluate(measure, within);
}

/** Runs in the page, once what moves on it has come to its place. */
async function measure(within) {
  const ends = ({ effect }) => Number.isFinite(effect?.getComputedTiming().iterations);
  const moving = document.getAnimations().filter(ends);
  await Promise.allSettled(moving.map(({ finished }) => finished));
  const tapped =
    "a[href], button, summary, input, select, textarea, [contenteditable=true], " +
    ":is([role=button], [role=tab], [role=menuitem], [role=option], [role=switch])";
  const field = ".ant-select, .ant-picker, .ant-input-affix-wrapper, .ant-input-number";
  const least = (element) =>
    element.closest("[role=grid], table, [data-testid='chart.line']") ? 24 : 44;
  const takesTaps = (element) =>
    !element.disabled &&
    !element.closest(".unseen, [inert], [aria-hidden=true]") &&
    element.checkVisibility({ visibilityProperty: true }) &&
    getComputedStyle(element).pointerEvents !== "none";
  const isRunningText = (element) =>
    element.localName === "a" &&
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 1,
    );
  const partsOf = (element) =>
    [element.closest(field), element.closest("label"), ...(element.labels ?? []), element].filter(
      Boolean,
    );
  const fits = ({ width, height }, size) => width >= size && height >= size;
  /** How far around its middle the taps are the target's own. */
  const reach = (element) => {
    const parts = partsOf(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    const takes = (x, y) => {
      const hit = document.elementFromPoint(left + width / 2 + x, top + height / 2 + y);
      return hit !== null && parts.some((part) => part.contains(hit));
    };
    const far = (across, down) => {
      let step = 0;
      while (step < 50 && takes(across * step, down * step)) step += 0.5;
      return step;
    };
    return { width: far(-1, 0) + far(1, 0), height: far(0, -1) + far(0, 1) };
  };
  const found = [];
  for (const element of document.querySelector(within).querySelectorAll(tapped)) {
    if (!takesTaps(element) || isRunningText(element)) continue;
    const size = least(element);
    if (partsOf(element).some((part) => fits(part.getBoundingClientRect(), size))) continue;
    element.scrollIntoView({ block: "center", inline: "nearest" });
    const reached = reach(element);
    if (fits(reached, size)) continue;
    const name = element.getAttribute("aria-label") ?? element.textContent.slice(0, 30);
    const place = element.closest("[data-testid]")?.dataset.testid;
    found.push(`${element.localName} “${name}” in ${place}: ${reached.width} × ${reached.height}`);
  }
  return found;
}
