"""What is measured on an open page. Each measure returns the faults that it found, in words."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
MOST_SHIFT = 0.01
MOST_BYTES = 60_000
MOST_PRESSES = 1500
MOST_IN_ONE = 12
"""Presses within one field: a date has a part for each of its numbers, and a button."""

COLOURS = ("color-contrast", "link-in-text-block")
"""The rules whose outcome depends on the colours."""

RUN_AXE = """([type, values]) => axe.run(document, {runOnly: {type, values}, resultTypes: ['violations']})
  .then(found => found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')}`)))"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"
TOO_WIDE = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll('*')].filter(
    one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll'));
  return [`${page.scrollWidth} px of ${innerWidth}`,
    ...wide.slice(0, 5).map(one => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)];
}"""
SPACED_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility()
    && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).clipPath === 'none')
  .map(one => `cut off: ${one.tagName} ${one.className}`)"""
FIND_STOPS = """() => {
  const shown = one => one.checkVisibility({visibilityProperty: true});
  const chosen = one => one.type !== 'radio' || one.checked
    || ![...document.getElementsByName(one.name)].some(other => other.checked || other === one
      ? other.checked : other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  window.stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(one => one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden' && shown(one) && chosen(one));
  document.activeElement.blur();
  scrollTo(0, 0);
  return window.stops.map(one => `${one.tagName} ${(one.id || one.textContent || one.name).trim().slice(0, 40)}`);
}"""
AT_STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    place: window.stops.indexOf(one), seen, what: one.outerHTML.slice(0, 80),
    covered: !(top && (one.contains(top) || top.contains(one) || (one.labels && [...one.labels].includes(top)))),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && style.outlineColor !== getComputedStyle(document.body).backgroundColor,
  };
}"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  const observer = new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }));
  observer.observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 50)));
})"""
MOVES = """() => [...document.querySelectorAll('*')].filter(one => {
    const style = getComputedStyle(one);
    return style.animationName !== 'none' || /[1-9]/.test(style.transitionDuration)
      || style.scrollBehavior === 'smooth';
  }).map(one => `moves: ${one.tagName} ${one.className}`).concat(document.getAnimations().map(String))"""
PRINTED = """() => {
  const shown = name => [...document.querySelectorAll(name)].filter(one => one.checkVisibility());
  const faults = shown('form, nav, .skip, button').map(one => `printed: ${one.tagName} ${one.className}`);
  if (shown('main h1').length !== 1) faults.push('the heading is not printed');
  const text = document.querySelector('main').innerText.trim();
  if (text.length <= shown('main h1').map(one => one.innerText).join('').length)
    faults.push('nothing but the heading is printed');
  const bright = colour => colour.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  const style = getComputedStyle(document.body);
  if (bright(style.color) > 200 || bright(style.backgroundColor) < 700 && !style.backgroundColor.endsWith(', 0)'))
    faults.push(`printed as ${style.color} on ${style.backgroundColor}`);
  return faults;
}"""


def axe_faults(page: Page, axe: str, *, colours_alone: bool = False) -> list[str]:
    """Return what axe-core finds; it runs as the debugger does, so that the page's own policy stands."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe)
    what = ["rule", list(COLOURS)] if colours_alone else ["tag", list(TAGS)]
    return list(page.evaluate(RUN_AXE, what))


def open_everything(page: Page) -> None:
    """Open whatever is folded."""
    page.evaluate(OPEN_ALL)


def sideways(page: Page) -> list[str]:
    """Return what makes the page scroll sideways (WCAG 1.4.10), and what is cut off."""
    return [*page.evaluate(TOO_WIDE), *page.evaluate(CUT_OFF)]


def sideways_spaced_out(page: Page) -> list[str]:
    """Return the same with the text spaced out (WCAG 1.4.12)."""
    page.evaluate(SPACED_OUT)
    return [f"spaced out: {fault}" for fault in sideways(page)]


def stops(page: Page) -> tuple[list[str], list[str]]:
    """Press Tab through a page; return its stops, and where the focus was lost, hidden or out of order."""
    expected: list[str] = page.evaluate(FIND_STOPS)
    reached: list[int] = []
    faults: list[str] = []
    staying = 0
    for _ in range(MOST_PRESSES):
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(AT_STOP)
        if at is None or (reached and at["place"] == reached[0] and len(set(reached)) > 1):
            break
        staying = staying + 1 if reached and reached[-1] == at["place"] else 0
        if staying > MOST_IN_ONE:
            break
        if not staying:
            reached.append(at["place"])
            faults += _seen(at)
    missed = [words for place, words in enumerate(expected) if place not in reached]
    faults += [f"not reached by Tab: {words}" for words in missed]
    if reached != sorted(reached):
        faults.append(f"not in the order of the page: {reached}")
    return expected, faults


def _seen(at: dict[str, Any]) -> list[str]:
    faults = []
    if at["place"] < 0:
        faults.append(f"an unexpected stop: {at['what']}")
    if not at["outlined"]:
        faults.append(f"the focus is not to be seen on: {at['what']}")
    if not at["seen"] or at["covered"]:
        faults.append(f"the focus is out of sight on: {at['what']}")
    return faults


def shift(page: Page) -> float:
    """Return how much of what was shown has jumped (cumulative layout shift)."""
    return float(page.evaluate(SHIFT))


def moves(page: Page) -> list[str]:
    """Return what moves although the person wants less motion."""
    page.emulate_media(reduced_motion="reduce")
    return list(page.evaluate(MOVES))


def printed(page: Page) -> list[str]:
    """Return what is wrong with the page on paper, also where the screen is dark."""
    page.emulate_media(media="print", color_scheme="dark")
    return list(page.evaluate(PRINTED))


class Wire:
    """What a page costs on the wire, and who asked for each part of it."""

    def __init__(self, page: Page) -> None:
        self.total = 0
        self.asked: list[tuple[str, str, str]] = []
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._session = session

    def close(self) -> None:
        """Listen no more."""
        self._session.detach()

    def _asked(self, event: dict[str, Any]) -> None:
        initiator = event["initiator"]
        self.asked.append((event["request"]["url"], initiator["type"], initiator.get("url", "")))

    def _came(self, event: dict[str, Any]) -> None:
        self.total += int(event["encodedDataLength"])

    def faults(self, address: str) -> list[str]:
        """Return what is too heavy, and what was asked for by anything but the page itself."""
        asked = [one for one in self.asked if not one[0].startswith("data:") and one[0] != address]
        faults = [
            f"{url} was asked for by {kind} {by}"
            for url, kind, by in asked
            if kind != "parser" or by != address
        ]
        if self.total > MOST_BYTES:
            faults.append(f"{self.total} bytes on the wire")
        return faults
