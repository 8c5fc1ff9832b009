// In the frame of a notebook the page has no address: `#entry` would be worked out from the notebook's own,
// and a frame may not go there.  What is a fragment alone is put behind the frame's address instead.
(() => {
  const own = (url) => (String(url).startsWith("#") ? location.href.replace(/#.*$/s, "") + url : location.href);
  for (const name of ["pushState", "replaceState"]) {
    const plain = history[name].bind(history);
    history[name] = (state, title, url) => plain(state, title, url === undefined ? undefined : own(url));
  }
  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = link.getAttribute("href");
  });
})();
