/** What the test of the report looks for; runs within the page. Each function answers what is wrong, in words. */

const leaves = (group) =>
  [...group.querySelectorAll('*')].filter(
    (element) => element.children.length === 0 && element.textContent.trim() !== '' && !element.closest('svg'),
  );

/** Boxes of text that lie on each other, within what could put them there. */
function overlaps() {
  const groups = [...document.querySelectorAll('.marks, .ticks, .columns, tr, .legend, .outcome')];
  return groups.flatMap((group) => {
    const boxes = leaves(group).map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }));
    return boxes.flatMap(({ text, box }, index) =>
      boxes.slice(index + 1).flatMap(({ text: other, box: its }) => {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        return across > 1 && down > 1 ? [`${group.className}: "${text}" and "${other}"`] : [];
      }),
    );
  });
}

/** What sticks out of the window, or has less room than its text needs. */
function outside() {
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || element.closest('svg')) return [];
    const out = box.left < -0.5 || box.right > window.innerWidth + 0.5;
    const cut = leaves(element.parentElement).includes(element) && element.scrollWidth > element.clientWidth + 1;
    const isCut = cut && getComputedStyle(element).display !== 'inline';
    return out || isCut ? [`${element.tagName} ${element.className}: ${element.textContent.slice(0, 40)}`] : [];
  });
}

/** Figures and labels of plots that are broken into lines. */
function broken() {
  return [...document.querySelectorAll('td, td *, .columns span, .ticks span')].flatMap((element) => {
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    return texts.filter(isBroken).map(({ data }) => `${element.tagName}: ${data.trim()}`);
  });
}

function isBroken(text) {
  const range = document.createRange();
  const from = text.data.search(/\S/);
  range.setStart(text, from);
  range.setEnd(text, from + text.data.trim().length);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
}

/** Of each plot: whether it has room, and something in it. */
function plots() {
  return [...document.querySelectorAll('svg')].map((svg) => {
    const { width, height } = svg.getBoundingClientRect();
    const drawn = [...svg.querySelectorAll('rect')].filter((rect) => rect.getBoundingClientRect().width > 0);
    return {
      label: svg.getAttribute('aria-label') ?? '',
      hasRoom: width >= 200 && height >= 15,
      drawn: drawn.length > 0,
    };
  });
}

/** The smallest text, in pixels. */
function smallestText() {
  const texts = leaves(document.body).map((element) => parseFloat(getComputedStyle(element).fontSize));
  return Math.min(...texts);
}

/** The least contrast of any text with the page, as WCAG 2 counts it. */
function leastContrast() {
  const luminance = (colour) => {
    const [red, green, blue] = colour
      .match(/\d+/g)
      .slice(0, 3)
      .map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const back = luminance(getComputedStyle(document.body).backgroundColor);
  const ratios = leaves(document.body).map((element) => {
    const text = luminance(getComputedStyle(element).color);
    return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
  });
  return Math.min(...ratios);
}
