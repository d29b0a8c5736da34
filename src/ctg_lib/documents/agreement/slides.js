(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const nav = document.querySelector("nav");
  const told = nav.querySelector("output");
  let at = 0;
  const tell = () => { told.textContent = `${at + 1} / ${slides.length}`; };
  const go = (to) => {
    at = Math.max(0, Math.min(slides.length - 1, to));
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    slides[at].scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    slides[at].focus({ preventScroll: true });
    history.replaceState(null, "", `#${slides[at].id}`);
    tell();
  };
  nav.hidden = false;
  nav.querySelector(".back").addEventListener("click", () => go(at - 1));
  nav.querySelector(".next").addEventListener("click", () => go(at + 1));
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("summary, button, a") && [" ", "Enter"].includes(event.key)) return;
    const step = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step) { event.preventDefault(); go(at + step); }
    if (event.key === "Home") { event.preventDefault(); go(0); }
    if (event.key === "End") { event.preventDefault(); go(slides.length - 1); }
  });
  const watch = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) { at = slides.indexOf(one.target); tell(); }
  }, { rootMargin: "-45% 0px -45% 0px" });
  slides.forEach((slide) => watch.observe(slide));
  const first = slides.findIndex((slide) => `#${slide.id}` === location.hash);
  if (first > 0) go(first); else tell();
})();
